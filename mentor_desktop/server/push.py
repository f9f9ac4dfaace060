"""Taking batches in: read and verified before any lock, then judged and appended.

A batch whose author has no right to one of its operations is stored all the same; the
server's own signed `reject` batch follows it in the same transaction, so that every replica, also one
that got the batch from a stick, leaves the same operations out. A device that may not even read
the stream has its push quarantined: kept, listed by `mentor-server audit`, told with the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlalchemy import Connection

from mentor_desktop.server import change_log, quarantine, refusals, room
from mentor_desktop.server.accounts import Member, devices_of, find_member
from mentor_desktop.server.change_log import Rejection, Tail
from mentor_desktop.server.limits import MOST_BATCHES, MOST_VALUES
from mentor_desktop.server.members_log import tell_ended
from mentor_desktop.server.membership import Membership
from mentor_desktop.server.merged_rows import purged_rows
from mentor_desktop.server.own_batches import batches_for
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.rejecting import reject
from mentor_desktop.server.rights import ROLES, ServerAccess
from mentor_desktop.server.service import Service
from mentor_desktop.sync.keys.members import INVITING_ROLES
from mentor_desktop.sync.keys.sessions import Session
from mentor_desktop.sync.merge.spans import Spans
from mentor_desktop.sync.protocol.batches import BadBatch, Batch, Header, read_batch, read_frames
from mentor_desktop.sync.protocol.messages import PushReply, Rejected
from mentor_desktop.sync.protocol.operations import DELETE, Content, Run, expand
from mentor_desktop.sync.protocol.streams import MEMBERS

NO_RIGHT, NO_STREAM, REVOKED, OPEN = "no_right", "no_stream", "revoked", "open"
MOST_MEMBER_OPS = 1_000  # of one push, as in one batch: each is judged under the workspace's lock
# Of `members`, from each device of somebody who may end access, where there is no room.
_MOST_MEMBERS_BYTES = 8_000_000


@dataclass(frozen=True)
class Verified:
    """A batch whose shape, hash and signature are right, and what is in it.

    Values are there for the members alone: those of a push of 64 batches would fill the memory.
    """

    batch: Batch
    content: Content

    @property
    def first_seq(self) -> int:
        return self.batch.header.from_seq

    @property
    def last_seq(self) -> int:
        return self.batch.header.to_seq


def push(service: Service, caller: Session, ws: str, stream: str, body: bytes) -> PushReply:
    """Append the batches of one author to a stream, or find that they are there.

    The author is the caller, or another device of the workspace whose batches it carries.

    Raises:
        Refusal: 400 for what is no batch, 401 or 403 without access, 409 `gap` or `fork` with
            the last number and hash the server holds, or `withheld`; nothing was stored. 403 `quarantined`:
            the batches were stored aside. 413 `quota`: the workspace keeps as much as it may;
            `too_large`: fewer batches of `members` at once.
    """
    batches = _parsed(body, ws, stream)
    if stream == MEMBERS and len(batches) > 1:
        _require_few([one.header for one in batches])
    caller_now, author = service.database.read(
        ws, lambda connection: _people(service, connection, caller, batches[0].header)
    )
    verified = _all_verified(batches, author, stream)
    reason = _without_any_right(caller_now, author, stream)
    if reason:
        quarantine.keep(service, ws, stream, batches, reason)
        raise Refusal(
            "quarantined",
            "This device may not write here. Its changes were set aside.",
            detail=reason,
        )
    pushed = service.database.write(
        ws, lambda connection: _append(service, connection, caller, verified)
    )
    service.meter.add("batches_total", len(batches))
    service.meter.add(
        "rejected_total", sum(one.last_seq - one.first_seq + 1 for one in pushed.rejected)
    )
    service.unfolded.add(ws, stream)
    return pushed


def _parsed(body: bytes, ws: str, stream: str) -> list[Batch]:
    try:
        batches = read_frames(body)
    except BadBatch as error:
        raise refusals.bad_request("frames") from error
    headers = [one.header for one in batches]
    if not headers or len(headers) > MOST_BATCHES:
        raise refusals.bad_request("count")
    if any((one.ws, one.stream, one.device) != (ws, stream, headers[0].device) for one in headers):
        raise refusals.bad_request("header")
    for before, after in pairwise(headers):
        if after.from_seq != before.to_seq + 1 or after.prev_hash != before.hash:
            raise refusals.bad_request("chain")
    return batches


def _require_few(headers: Sequence[Header]) -> None:
    if sum(one.count for one in headers) > MOST_MEMBER_OPS:
        raise Refusal("too_large", "Send fewer changes of members at once.", detail="members")


def _people(
    service: Service, connection: Connection, caller: Session, header: Header
) -> tuple[Member, Member]:
    """Return who sends and who wrote: the same device, a colleague's, or the server of before."""
    if caller.ws != header.ws:
        raise refusals.no_right()
    sender = find_member(connection, header.ws, caller.device)
    if sender is None:
        raise refusals.unknown_device()
    if header.device == caller.device:
        return sender, sender
    author = find_member(connection, header.ws, header.device)
    if author is None:  # then it is the server's own, or its signature will say no
        access = ServerAccess(user="", role=ROLES[0])
        author = replace(
            sender, device=header.device, sign_bytes=service.keys.public_key, access=access
        )
    return sender, author


def _all_verified(batches: Sequence[Batch], author: Member, stream: str) -> list[Verified]:
    verified: list[Verified] = []
    held = 0
    for batch in batches:
        one = _verified(batch, author)
        if stream == MEMBERS:
            held += sum(len(run.rows) * len(run.columns) for run in one.content.runs)
            if verified and held > MOST_VALUES:
                raise refusals.too_large(sum(len(one.batch.body) for one in verified))
        else:
            one = replace(one, content=_without_values(one.content))
        verified.append(one)
    return verified


def _without_values(content: Content) -> Content:
    def bare(run: Run) -> Run:
        return replace(run, columns={}, bases=())

    actions = tuple(replace(action, text="", values={}) for action in content.actions)
    return Content(tuple(map(bare, content.runs)), actions)


def _verified(batch: Batch, author: Member) -> Verified:
    try:
        return Verified(batch, read_batch(batch, author.sign_key))
    except BadBatch as error:
        if isinstance(author.access, ServerAccess) and error.code == "signature":
            raise Refusal(
                "unknown_author", "The device that made this is not known here yet."
            ) from error
        raise Refusal(
            "bad_batch", "A batch is damaged or not signed.", detail=error.code
        ) from error


def _without_any_right(caller: Member, author: Member, stream: str) -> str:
    """Return why nothing of this may enter the stream; empty when it is judged one by one.

    Whose access ended hands in nothing. What a colleague carries of theirs was acknowledged
    before, by a server that was brought back since, or came by a file before anybody knew.
    """
    if caller.is_revoked:
        return REVOKED
    # Who reads a stream sees the rejection of what they may not write there, and so do others.
    if not author.access.may_read(stream) or not caller.access.may_read(stream):
        return NO_STREAM
    return ""


def _append(
    service: Service, connection: Connection, caller: Session, verified: Sequence[Verified]
) -> PushReply:
    header = verified[0].batch.header
    ws, stream, device = header.ws, header.stream, header.device
    sender, author = _people(service, connection, caller, header)
    if _without_any_right(sender, author, stream):
        raise refusals.no_right()  # lost while this was verified; a second try is quarantined
    before = change_log.tail_of(connection, ws, stream, device)
    fresh = _fresh(connection, verified, before)
    if not fresh:
        last = verified[-1].last_seq
        known = change_log.rejections_of(
            connection, ws, stream, device, verified[0].first_seq, last
        )
        return _reply(before.last_seq, change_log.stream_head(connection, ws, stream), known)
    if sender.device != author.device:
        _require_values(connection, ws, stream, fresh)
    membership = Membership(service, connection, ws)
    rejections, after = _judged(connection, author, stream, fresh, before, membership)
    dialect, now = service.database.dialect, service.now_ms()
    change_log.move_tail(dialect, connection, ws, stream, device, before, after)
    count = len(fresh) + batches_for(len(rejections)) + batches_for(len(membership.ended))
    batches = [one.batch for one in fresh]
    taken = change_log.take_numbers(
        connection,
        ws,
        count,
        author.access_version,
        changes_access=membership.has_changed,
        size=sum(len(one.body) for one in batches),
    )
    if not _may_go_over(connection, author, stream):
        room.require_room(service, taken.kept)
    start = taken.before
    change_log.store(dialect, connection, ws, stream, batches, start + 1, now)
    if rejections:
        number = start + len(fresh) + 1
        reject(service, connection, ws, stream, device, rejections, number)
    if membership.ended:
        number = start + count - batches_for(len(membership.ended)) + 1
        tell_ended(service, connection, ws, membership.ended, number)
    return _reply(after.last_seq, start + count, rejections)


def _may_go_over(connection: Connection, author: Member, stream: str) -> bool:
    """Tell whether this is kept though there is no room: access must end there too."""
    if stream != MEMBERS or author.is_revoked or author.access.role not in INVITING_ROLES:
        return False
    kept = change_log.size_of_chain(connection, author.ws, stream, author.device)
    return kept <= _MOST_MEMBERS_BYTES


def _reply(acked_to: int, head: int, rejections: Sequence[Rejection]) -> PushReply:
    rejected = [
        Rejected(first_seq=one.first_seq, last_seq=one.last_seq, reason=one.reason)
        for one in rejections
    ]
    return PushReply(acked_to=acked_to, head=head, rejected=rejected)


def _fresh(connection: Connection, verified: Sequence[Verified], before: Tail) -> list[Verified]:
    """Return the batches behind the end of the chain; those the log holds already are no-ops.

    Raises:
        Refusal: 409 with what the server holds: `gap`, or `fork` where the contents differ.
    """
    for number, one in enumerate(verified):
        header = one.batch.header
        if header.from_seq > before.last_seq + 1:
            raise _out_of_step("gap", before)
        if header.from_seq == before.last_seq + 1:
            if header.prev_hash != before.last_hash:
                raise _out_of_step("fork", before)
            return list(verified[number:])
        if change_log.stored_hash(connection, header) != header.hash:
            raise _out_of_step("fork", before)
    return []


def _require_values(
    connection: Connection, ws: str, stream: str, fresh: Sequence[Verified]
) -> None:
    """Take from others than its author no batch whose values were taken out on the way.

    It would stay so here, and what its author sends would count as known. What was erased for ever
    comes once that is known.

    Raises:
        Refusal: 409 `withheld`.
    """
    erased = {
        (run.entity, row)
        for one in fresh
        for run in one.content.runs
        if run.erased
        for row in run.rows
    }
    if erased - purged_rows(connection, ws, stream, erased):
        raise Refusal("withheld", "Values of this batch are missing. Its author has them.")


def _out_of_step(code: str, before: Tail) -> Refusal:
    return Refusal(
        code,
        "The server holds other changes of this device than those before these.",
        last_seq=before.last_seq,
        last_hash=before.last_hash,
    )


def _judged(
    connection: Connection,
    author: Member,
    stream: str,
    fresh: Sequence[Verified],
    before: Tail,
    membership: Membership,
) -> tuple[list[Rejection], Tail]:
    """Return what has no right, whole actions at a time, and the end of the chain behind it.

    An action is seen whole or not at all: one refused operation takes its action along, also
    the part of it that an earlier push brought or a later one will bring. Of `members`, where what
    is seen is in force at once, an action lies in one batch.
    """
    own: set[str] = set()
    rejections: list[Rejection] = []
    open_from, open_reason = before.open_from, before.open_reason
    for one in fresh:
        if not own and any(run.kind == DELETE for run in one.content.runs):
            own = devices_of(connection, author.ws, author.access.user)
        refused = _refused_in(one, author, stream, own)
        ops = list(expand(one.content)) if stream == MEMBERS else []
        for first, last, is_ended in _actions(one, open_from):
            reason = open_reason or (NO_RIGHT if refused.meet(first, last) else "")
            if not reason and stream == MEMBERS:
                part = ops[max(0, first - one.first_seq) : last + 1 - one.first_seq]
                reason = membership.take(part, author) if is_ended else OPEN
            if reason:
                rejections.append(Rejection(first, last, reason))
            open_from, open_reason = (0, "") if is_ended else (first, reason)
    last_header = fresh[-1].batch.header
    after = Tail(last_header.to_seq, last_header.hash, open_from, open_reason)
    return _joined(rejections), after


def _refused_in(one: Verified, author: Member, stream: str, own: set[str]) -> Spans:
    """Return the numbers of what the author has no right to."""
    refused = Spans()
    for run in one.content.runs:
        numbers = author.access.refuses(stream, run.entity, run.kind, run.seens, own)
        if numbers is None:
            refused.add(run.first_seq, run.last_seq)
        else:
            for at in numbers:
                refused.add(run.first_seq + at, run.first_seq + at)
    return refused


def _actions(one: Verified, open_from: int) -> list[tuple[int, int, bool]]:
    """Return first and last number of each action in a batch, and whether it ends there."""
    spans, first = [], open_from or one.first_seq
    for action in one.content.actions:
        spans.append((first, action.last_seq, True))
        first = action.last_seq + 1
    if first <= one.last_seq:
        spans.append((first, one.last_seq, False))
    return spans


def _joined(rejections: list[Rejection]) -> list[Rejection]:
    """Return the same rejections with those that touch or overlap as one."""
    joined: list[Rejection] = []
    for one in rejections:
        last = joined[-1] if joined else None
        if last and last.reason == one.reason and one.first_seq <= last.last_seq + 1:
            joined[-1] = replace(last, last_seq=max(last.last_seq, one.last_seq))
        else:
            joined.append(one)
    return joined
