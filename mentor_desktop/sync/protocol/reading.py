"""Who may read which stream: one table, for the server that gives and the device that must let go."""

from collections.abc import Collection

ALL_WORKSHOPS = "*"
_READS = """
stream     admin  organiser  trainer  mentor   reader
members    all    all        all      all      all
people     all    all        all      granted  granted
programme  all    all        all      all      all
secrets    all    all        -        -        -
w          all    all        granted  granted  granted
"""
_USER, _WORKSHOP = "u", "w"


def parsed_table(table: str, keys: int) -> dict[tuple[str, ...], str]:
    """Return the cells of a table by the first words of their line and the role above them."""
    head, *lines = (line.split() for line in table.strip().splitlines())
    return {
        (*line[:keys], role): cell
        for line in lines
        for role, cell in zip(head[keys:], line[keys:], strict=True)
    }


READS = parsed_table(_READS, 1)


def stream_kind(stream: str) -> tuple[str, str]:
    """Return ("w", workshop), ("u", user), or (name, "")."""
    kind, colon, rest = stream.partition(":")
    return (kind, rest) if colon else (stream, "")


def may_read(stream: str, *, user: str, role: str, workshops: Collection[str]) -> bool:
    """Tell whether somebody may read a stream; a role of a later version may read nothing."""
    kind, rest = stream_kind(stream)
    if kind == _USER:
        return rest == user
    cell = READS.get((kind, role))
    if cell != "granted":
        return cell == "all"
    if kind == _WORKSHOP:
        return ALL_WORKSHOPS in workshops or rest in workshops
    return bool(workshops)


def is_role(role: str) -> bool:
    """Tell whether this is a role of this version."""
    return any(known == role for _kind, known in READS)
