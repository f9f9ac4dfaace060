"""The merged state of one row: what competes for each group, is it alive; no values.

A function of the set of operations (docs/sync.md, 1), kept up by `fold`. Its text is
canonical: equal states have equal texts.
"""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from mentor_desktop.sync.protocol.operations import OpId, Version

# How `conflicted_groups` names, at once, every group that no set has touched.
UNTOUCHED: Final = ""

_Numbered = list[tuple[int, int]]  # place of the device in `devices`, number
_Heads = list[tuple[int, int, int]]  # the same and the hlc


class _Text(msgspec.Struct, array_like=True):
    devices: list[str]
    creates: _Heads
    heads: dict[str, _Heads]
    touched: _Numbered
    deleted: _Numbered
    purged: int
    early: list[tuple[str, str, int]]


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(_Text)


@dataclass(slots=True)
class RowState:
    """What the operations on one row come to.

    `heads` has only groups that a set has touched; the creates are the heads of all others.
    `early` are operations that a set named as its base before they arrived: they will be no
    heads of that group. What it holds depends on the order of arrival, all else does not; those that
    were passed over, and never come, leave it when the state is written.
    """

    creates: dict[OpId, int] = field(default_factory=dict)
    heads: dict[str, dict[OpId, int]] = field(default_factory=dict)
    early: set[tuple[str, OpId]] = field(default_factory=set)
    touched: dict[str, int] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    purged: bool = False

    @property
    def is_alive(self) -> bool:
        """Whether some device touched the row after everything that a delete had seen."""
        deleted = self.deleted
        return not self.purged and any(
            seq > deleted.get(device, 0) for device, seq in self.touched.items()
        )

    @property
    def is_created(self) -> bool:
        """Whether a create has arrived; until then there is not a value for every column."""
        return bool(self.creates)

    @property
    def is_plain(self) -> bool:
        """Whether there is one create and nothing else, so that its version says it all."""
        if len(self.creates) != 1 or self.heads or self.early or self.deleted or self.purged:
            return False
        ((device, seq),) = self.creates
        return self.touched == {device: seq}

    @property
    def conflicted_groups(self) -> list[str]:
        """The touched groups with several heads, sorted; `UNTOUCHED` when creates compete."""
        groups = sorted(group for group, heads in self.heads.items() if len(heads) > 1)
        return [UNTOUCHED, *groups] if len(self.creates) > 1 else groups

    def heads_of(self, group: str) -> dict[OpId, int]:
        """Return the operations, with their hlc, whose values of the group nobody replaced."""
        return self.heads.get(group, self.creates)

    def winner(self, group: str) -> OpId | None:
        """Return the head to show; None while no operation with the group's values is there."""
        heads = self.heads_of(group)
        if len(heads) == 1:  # by far the most frequent
            return next(iter(heads))
        return max(heads, key=lambda op: _version(op, heads[op])) if heads else None

    def losers(self, group: str) -> list[OpId]:
        """Return the other heads, best first."""
        heads = self.heads_of(group)
        return sorted(heads, key=lambda op: _version(op, heads[op]), reverse=True)[1:]

    def to_text(self) -> str:
        """Return everything as compact JSON, to be kept."""
        early = sorted(
            (group, op.device, op.seq)
            for group, op in self.early
            if op.seq > self.touched.get(op.device, 0)  # else it was one of another row or group
        )
        return _encoder.encode(self._text(early)).decode()

    def digest_text(self) -> str:
        """Return what all replicas agree on: the text without what depends on order."""
        if self.is_plain:
            (((device, seq), hlc),) = self.creates.items()
            return plain_text(device, seq, hlc)
        return _encoder.encode(self._text([])).decode()

    @classmethod
    def from_text(cls, text: str) -> "RowState":
        """Return the state of a text; raise ValueError when it is none."""
        try:
            read = _decoder.decode(text)
            ids = _Reader(read.devices)
            return cls(
                creates=ids.heads(read.creates),
                heads={group: ids.heads(heads) for group, heads in read.heads.items()},
                early={(group, OpId(device, seq)) for group, device, seq in read.early},
                touched=ids.numbered(read.touched),
                deleted=ids.numbered(read.deleted),
                purged=bool(read.purged),
            )
        except (msgspec.MsgspecError, UnicodeError, IndexError) as error:
            raise ValueError("this is no state of a row") from error

    def _text(self, early: list[tuple[str, str, int]]) -> _Text:
        named = {device for device, _ in self.creates}
        for heads in self.heads.values():
            named.update(device for device, _ in heads)
        devices = sorted(named.union(self.touched, self.deleted))
        places = {device: place for place, device in enumerate(devices)}
        return _Text(
            devices,
            _written(self.creates, places),
            {group: _written(heads, places) for group, heads in self.heads.items()},
            sorted((places[device], seq) for device, seq in self.touched.items()),
            sorted((places[device], seq) for device, seq in self.deleted.items()),
            int(self.purged),
            early,
        )


def plain_text(device: str, seq: int, hlc: int) -> str:
    """Return the text of a row with this create and nothing else, without making its state."""
    return f'[["{device}"],[[0,{seq},{hlc}]],{{}},[[0,{seq}]],[],0,[]]'


def plain_state(device: str, seq: int, hlc: int) -> RowState:
    """Return the state of a row with this create and nothing else."""
    return RowState(creates={OpId(device, seq): hlc}, touched={device: seq})


class _Reader:
    """Reads places of devices back to devices; a place that is not there is an IndexError."""

    def __init__(self, devices: list[str]) -> None:
        self._devices = devices

    def heads(self, written: _Heads) -> dict[OpId, int]:
        return {OpId(self._device(place), seq): hlc for place, seq, hlc in written}

    def numbered(self, written: _Numbered) -> dict[str, int]:
        return {self._device(place): seq for place, seq in written}

    def _device(self, place: int) -> str:
        if place < 0:
            raise IndexError(place)
        return self._devices[place]


def _written(heads: dict[OpId, int], places: dict[str, int]) -> _Heads:
    return sorted((places[device], seq, hlc) for (device, seq), hlc in heads.items())


def _version(op: OpId, hlc: int) -> Version:
    return Version(hlc, op.device, op.seq)
