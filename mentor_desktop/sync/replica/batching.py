"""Cutting sealed operations into batches and appending them to the log."""

from collections.abc import Iterator, Sequence

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.version import HEAD
from mentor_desktop.sync.protocol.batches import BadBatch, Batch, make_batch
from mentor_desktop.sync.protocol.operations import Action, Content, Run
from mentor_desktop.sync.protocol.streams import MOST_OPS
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.log import Chain
from mentor_desktop.sync.replica.state import Identity

SCHEMA = int(HEAD)


def add_batches(
    raw: StoreConnection,
    own: Identity,
    stream: str,
    number: int,
    device: int,
    chain: Chain,
    runs: Sequence[Run],
    actions: Sequence[Action],
) -> None:
    """Append operations to the log, as few batches; `chain` moves on."""
    for content in _cut(runs, actions):
        for batch in _sealed(own, stream, chain.hash, content):
            header = batch.header
            ends = [
                one.last_seq for one in actions if header.from_seq <= one.last_seq <= header.to_seq
            ]
            log.add_own(raw, number, device, batch, ends_at=max(ends, default=0))
            chain.hash = header.hash
            chain.held = header.to_seq
    log.keep_chain(raw, number, device, chain)


def _cut(runs: Sequence[Run], actions: Sequence[Action]) -> Iterator[Content]:
    """Give the operations in parts that a batch may hold by their number."""
    part: list[Run] = []
    room = MOST_OPS
    for run in runs:
        start = 0
        while start < len(run.rows):
            stop = min(start + room, len(run.rows))
            part.append(run.part(start, stop))
            room -= stop - start
            start = stop
            if not room:
                yield _content(part, actions)
                part, room = [], MOST_OPS
    if part:
        yield _content(part, actions)


def _content(runs: Sequence[Run], actions: Sequence[Action]) -> Content:
    first, last = runs[0].first_seq, runs[-1].last_seq
    return Content(tuple(runs), tuple(one for one in actions if first <= one.last_seq <= last))


def _sealed(own: Identity, stream: str, prev_hash: bytes, content: Content) -> Iterator[Batch]:
    """Give the batches of a part: one, or more where it is too large for one."""
    first = content.runs[0].first_seq
    try:
        yield make_batch(
            own.workspace, stream, own.device, first, prev_hash, content, SCHEMA, own.signer()
        )
    except BadBatch as exc:
        if exc.code != "size" or content.count == 1:
            raise
        for half in _halves(content):
            for batch in _sealed(own, stream, prev_hash, half):
                prev_hash = batch.header.hash
                yield batch


def _halves(content: Content) -> Iterator[Content]:
    middle = content.runs[0].first_seq + content.count // 2
    before: list[Run] = []
    after: list[Run] = []
    for run in content.runs:
        cut = min(max(middle - run.first_seq, 0), len(run.rows))
        before += [run.part(0, cut)] if cut else []
        after += [run.part(cut, len(run.rows))] if cut < len(run.rows) else []
    yield _content(before, content.actions)
    yield _content(after, content.actions)
