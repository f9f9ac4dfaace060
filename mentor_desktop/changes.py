"""What a finished use case changed: the one refresh signal of the program."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# An action about these alone is nobody's business while a projector is on: consents tell of
# diet, health and access needs. The person's own row changes with some of them.
PRIVATE_ENTITY = "consent"
WITH_PRIVATE = frozenset({PRIVATE_ENTITY, "person"})


@dataclass(frozen=True)
class Changes:
    """Entities (table names) with the ids that were created, changed or deleted.

    `txn` is the number to undo it by, None when nothing was written. `action` is the
    translated sentence for history and toast, empty when the use case gave none.
    """

    entities: Mapping[str, frozenset[str]] = field(default_factory=dict)
    txn: int | None = None
    action: str = ""
    undoable: bool = True

    def touches(self, entities: Iterable[str]) -> bool:
        """Say whether any of the named entities changed."""
        return any(name in self.entities for name in entities)

    @property
    def is_private(self) -> bool:
        """Whether `action` must not be shown while a projector is on."""
        return PRIVATE_ENTITY in self.entities and WITH_PRIVATE.issuperset(self.entities)

    def __bool__(self) -> bool:
        return bool(self.entities)
