"""The people of a workspace as the stream `members` tells of them: name, role and workshops today.

A user's row counts where a device that may invite, or the server, wrote it: nobody gives
anything to themselves, also where no server looks at it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.keys.entries import DeviceEntry
from mentor_desktop.sync.keys.members import INVITING_ROLES, NEVER_SAID, ROLES, Members, Said
from mentor_desktop.sync.membership import USER_ENTITY
from mentor_desktop.sync.protocol.operations import MOST_INTEGER, Value
from mentor_desktop.sync.replica.digests import Digests
from mentor_desktop.sync.replica.rows import Book, OpenRow
from mentor_desktop.sync.replica.state import Numbers, peers

_NO_STREAM = 0  # for rows nobody knows, and these are known


@dataclass(frozen=True)
class User:
    """A person; `workshops` are None where only the entries of the devices tell of them.

    `said`: when the row was told what counts of it.
    """

    name: str = ""
    role: str = ""
    workshops: frozenset[str] | None = None
    said: Said = NEVER_SAID


def read_users(raw: StoreConnection, members: Members) -> Mapping[str, User]:
    """Return the people by id: as their row says today, else as they joined.

    Whoever has a device that was granted a role with more rights, since the row was told one, has that.
    """
    told = read_told(raw, members)
    return {one: _with_grants(user, one, members) for one, user in told.items()}


def read_told(raw: StoreConnection, members: Members) -> Mapping[str, User]:
    """Return the people by id as their row says today, else as they joined; no grant counts."""
    joined = {one.user: User(one.name, one.role) for one in members.entries.values()}
    ids = [
        row[0] for row in raw.execute("SELECT row FROM sync_row WHERE entity = ?", (USER_ENTITY,))
    ]
    book = Book(raw, Numbers(raw), Digests(raw))
    book.open(((USER_ENTITY, one) for one in ids), _NO_STREAM)
    trusted = {one.device for one in peers(raw) if one.is_server}
    users: dict[str, User] = joined
    with_grants = False
    while True:
        # Whose row says today that they may invite has a word on others from then on.
        fresh = {
            one.device
            for one in members.entries.values()
            if _roles_of(one, users[one.user], members, with_grants) & set(INVITING_ROLES)
        } - trusted
        if not fresh and users is not joined:
            if with_grants:
                return users
            with_grants = True  # by now it is known what was said since
            continue
        trusted |= fresh
        users = joined | {
            one: _told(book.rows[USER_ENTITY, one], trusted, joined.get(one, User())) for one in ids
        }


def _roles_of(entry: DeviceEntry, user: User, members: Members, with_grants: bool) -> set[str]:
    """Return the roles by which a device has a word on others: as it joined, as its user's row says."""
    grants = members.grants.get(entry.device, ()) if with_grants else ()
    return {entry.role, user.role, *map(user.said.role_in, grants)}


def _with_grants(user: User, id_: str, members: Members) -> User:
    """Return a user with the role that one of the devices was granted, where that is more."""
    granted = [user.said.role_in(one) for one in members.grants_of(id_)]
    known = [one for one in (user.role, *granted) if one in ROLES]
    return replace(user, role=min(known, key=ROLES.index)) if granted else user


def _told(row: OpenRow, trusted: set[str], before: User) -> User:
    values: dict[str, Value] = {}
    for group in ("", *row.state.heads):
        winner = row.state.winner(group)
        if winner is not None and winner.device in trusted:
            values |= row.values.get(winner, {})
    user = replace(
        before,
        said=Said(*(_said_at(row, name, trusted) for name in ("role", "workshops"))),
        name=str(values.get("name", before.name)),
        role=str(values.get("role", before.role)),
    )
    listed = values.get("workshops")
    return user if listed is None else replace(user, workshops=_ids(listed))


def _said_at(row: OpenRow, name: str, trusted: set[str]) -> int:
    """Return when a row was told something; behind all time where somebody without a word did that.

    Whoever covers with theirs what was taken from them gets nothing back by it.
    """
    winner = row.state.winner(name)
    if winner is None:
        return 0
    return row.state.heads_of(name)[winner] if winner.device in trusted else MOST_INTEGER + 1


def _ids(listed: Value) -> frozenset[str]:
    """Return the ids in a list as text, whatever a stranger's program wrote there."""
    try:
        ids = json.loads(str(listed))
    except ValueError:
        return frozenset()
    return frozenset(map(str, ids)) if isinstance(ids, list) else frozenset()
