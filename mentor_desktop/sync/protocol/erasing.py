"""Taking the values of some rows out of the batches of a stream; signatures and chains still hold.

What is told of an action that has one of the rows loses its values too, for they may name the
person. An action is told in the batch it ends in, which need not be the one the row is in.
"""

from collections.abc import Callable, Collection

from mentor_desktop.sync.protocol.batches import Batch, purged
from mentor_desktop.sync.protocol.operations import PURGE, REJECT, Action, Content
from mentor_desktop.sync.protocol.streams import MOST_READ_BYTES

Row = tuple[str, str]  # entity, row


class Eraser:
    """Takes the values of some rows out of batches; those of each device come in their order.

    `is_gone` says whose values go. `going_on` are the devices whose first batch goes on with an
    action that has such a row already; afterwards those whose last one ends within such an action.
    """

    def __init__(self, is_gone: Callable[[Row], bool], going_on: Collection[str] = ()) -> None:
        self._is_gone = is_gone
        self.going_on = set(going_on)
        self.links: set[str] = set()  # the ids of the actions that have such a row

    def without(
        self, batch: Batch, content: Content, *, most_bytes: int = MOST_READ_BYTES
    ) -> Batch:
        """Return a batch, whose content this is, without these values; itself if it has none."""
        device = batch.header.device
        is_begun = device in self.going_on
        has_values, seqs = self._found(content)
        told, goes_on = _told(content, batch.header.from_seq, seqs, is_begun=is_begun)
        self.links.update(one.link for one in told if one.link)
        if goes_on:
            self.going_on.add(device)
        else:
            self.going_on.discard(device)
        if not has_values and not any(one.values for one in told):
            return batch
        return purged(batch, seqs, is_begun=is_begun, most_bytes=most_bytes)

    def _found(self, content: Content) -> tuple[bool, frozenset[int]]:
        """Return the operations on such rows, and whether any has values that may go."""
        has_values, seqs = False, set[int]()
        for run in content.runs:
            if run.kind in (PURGE, REJECT):
                continue
            found = [
                run.first_seq + at
                for at, row in enumerate(run.rows)
                if self._is_gone((run.entity, row))
            ]
            has_values |= bool(found and run.columns)
            seqs.update(found)
        return has_values, frozenset(seqs)


def _told(
    content: Content, from_seq: int, seqs: frozenset[int], *, is_begun: bool
) -> tuple[list[Action], bool]:
    """Return the actions with one of these operations, and whether one with it goes on behind."""
    told, first = [], from_seq
    for action in content.actions:
        if is_begun or not seqs.isdisjoint(range(first, action.last_seq + 1)):
            told.append(action)
        is_begun, first = False, action.last_seq + 1
    last = from_seq + content.count - 1
    return told, first <= last and (is_begun or max(seqs, default=0) >= first)
