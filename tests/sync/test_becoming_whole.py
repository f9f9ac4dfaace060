"""A laptop that was handed one workshop gets the whole workspace, and loses nothing on the way."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from mentor_desktop.errors import StoreError
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.services.second_laptop import hand_over_choices, hand_to_known_laptop, receive
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.handing_over import KnownLaptop, hand_over, hand_round, hand_to
from mentor_desktop.sync.keys.members import Members
from mentor_desktop.sync.membership import USER_ENTITY
from mentor_desktop.sync.protocol.streams import MEMBERS
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.recompute import check_stream
from mentor_desktop.sync.replica.special import Author, add_record
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.shares import Share, kept_share, share_of
from mentor_desktop.sync.sharing import learn
from mentor_desktop.sync.status import State
from mentor_desktop.sync.taking_in import begin_from_file, take_in
from mentor_desktop.sync.users import read_users
from tests import factories
from tests.cheap import CHEAP
from tests.sync.laptops import PASSPHRASE, TwoLaptops
from tests.sync.pair import Pair, count
from tests.sync.simulation.devices import Laptop, claim


def names_in(workspace: Workspace, table: str, column: str) -> set[str]:
    with workspace.reader() as uow:
        return {row[0] for row in uow.raw.execute(f'SELECT "{column}" FROM "{table}"').fetchall()}


def is_sound(workspace: Workspace) -> bool:
    with closing(workspace.exchange_connection()) as raw:
        return all(check_stream(raw, one).was_right for one in state.streams(raw))


def device_of(sender: Workspace, receiver: Workspace) -> str:
    with sender.reader() as uow:
        known = hand_over_choices(uow).laptops
    return next(one.device for one in known if one.tag == receiver.device)


@dataclass
class Limited:
    """Laptop A with two workshops, and B that was handed one of them and has answered."""

    laptops: TwoLaptops
    b: Workspace

    @property
    def a(self) -> Workspace:
        return self.laptops.a


@pytest.fixture
def limited(laptops: TwoLaptops) -> Limited:
    with laptops.a.unit_of_work() as uow:
        other = factories.workshop(uow.session, code="WS-2026-02").id
        stranger = factories.person(uow.session, given_name="Stranger").id
        factories.registration(uow.session, workshop_id=other, person_id=stranger)
        factories.consent(uow.session, person_id=stranger)
        uow.describe("Added {name}", name="Stranger")
        uow.commit()
    b = laptops.second()
    laptops.mark(b, "P001", "present")
    laptops.bring(b, laptops.a)
    return Limited(laptops, b)


def test_file_with_everything_makes_a_limited_laptop_a_whole_one(limited: Limited) -> None:
    a, b, laptops = limited.a, limited.b, limited.laptops
    assert "Stranger" not in names_in(b, "person", "given_name")
    laptops.mark(b, "P002", "late")  # marked meanwhile, and told to nobody
    file = laptops.stick / "everything"
    hand_to_known_laptop(a, file, device=device_of(a, b), with_everything=True)

    received = receive(b, file)

    assert received.has_become_whole
    assert names_in(b, "person", "id") == names_in(a, "person", "id")
    assert names_in(b, "consent", "id") == names_in(a, "consent", "id")
    assert names_in(b, "workshop", "code") == {"WS-2026-01", "WS-2026-02"}
    assert is_sound(b)
    laptops.bring(b, a)
    assert names_in(a, "attendance_mark", "status") == {"present", "late"}
    again = receive(b, file)
    assert (again.is_new, again.has_become_whole) == (False, False)


def test_laptop_that_became_whole_is_given_and_gives_everything_from_then_on(
    limited: Limited,
) -> None:
    a, b, laptops = limited.a, limited.b, limited.laptops
    with a.reader() as uow:
        assert [one.is_limited for one in hand_over_choices(uow).laptops] == [True]
    file = laptops.stick / "everything"
    hand_to_known_laptop(a, file, device=device_of(a, b), with_everything=True)
    receive(b, file)
    with a.reader() as uow:
        assert [one.is_limited for one in hand_over_choices(uow).laptops] == [False]
    with a.unit_of_work() as uow:
        factories.person(uow.session, given_name="Later")
        uow.commit()
    laptops.bring(a, b)
    handed = hand_over(b, laptops.stick / "for a third", cost=CHEAP)
    c = laptops.begin(handed, "Petr")
    assert {"Stranger", "Later"} <= names_in(c, "person", "given_name")


def say_of(workspace: Workspace, device: str, **values: str) -> None:
    """Let the administrator say what the user of a laptop may do from now on."""
    with closing(workspace.exchange_connection()) as raw, writing(raw):
        user = next(one.user for one in state.peers(raw) if one.device == device)
        author = Author("Rasa", to_milliseconds(workspace.clock()))
        add_record(raw, MEMBERS, (USER_ENTITY, user), dict(values), "Changed", author)


def given_to(workspace: Workspace, device: str) -> tuple[str, Share]:
    """Return role and share of a laptop as another one knows them."""
    with closing(workspace.exchange_connection()) as raw:
        members = learn(workspace, raw)
        user = read_users(raw, members)[members.entries[device].user]
        return user.role, share_of(raw, members, device)


def test_what_is_said_of_a_user_since_counts_and_not_the_grant(limited: Limited) -> None:
    a, b, laptops = limited.a, limited.b, limited.laptops
    device, only = device_of(a, b), limited.laptops.sample.workshop_id
    hand_to_known_laptop(a, laptops.stick / "old", device=device, with_everything=True)
    assert given_to(a, device) == ("admin", Share(has_secrets=True))
    say_of(a, device, role="trainer", workshops=f'["{only}"]')
    assert given_to(a, device) == ("trainer", Share(frozenset({only})))
    receive(b, laptops.stick / "old")  # comes late
    laptops.bring(a, b)
    for one in (a, b):
        assert given_to(one, device) == ("trainer", Share(frozenset({only})))
    for role in ("admin", "reader"):  # what it says itself covers what others said
        say_of(b, device, role=role, workshops='["*"]')
        laptops.bring(b, a)
        assert given_to(a, device) == ("trainer", Share(frozenset({only})))


def test_grant_counts_again_whatever_the_clock_of_who_gives_it(limited: Limited) -> None:
    a, b, laptops = limited.a, limited.b, limited.laptops
    device = device_of(a, b)
    laptops.clock.advance(days=1)
    say_of(a, device, role="reader", workshops="[]")
    laptops.clock.advance(days=-1)
    for number in range(2):
        file = laptops.stick / f"everything {number}"
        hand_to_known_laptop(a, file, device=device, with_everything=True)
        assert given_to(a, device) == ("admin", Share(has_secrets=True))
        say_of(a, device, role="reader", workshops="[]")
        assert given_to(a, device) == ("reader", Share(frozenset()))


def test_limited_laptop_cannot_make_itself_or_others_whole(limited: Limited) -> None:
    a, b = limited.a, limited.b
    own = device_of(a, b)
    with pytest.raises(StoreError, match="Only a laptop of an administrator"):
        hand_to(b, limited.laptops.stick / "self", device=own, with_everything=True)


def test_file_of_everything_for_others_is_not_for_a_limited_laptop(limited: Limited) -> None:
    handed = hand_round(limited.a, limited.laptops.stick / "round", cost=CHEAP)
    with pytest.raises(StoreError, match="holds more than the workshop"):
        receive(limited.b, handed.path, handed.words)
    assert "Stranger" not in names_in(limited.b, "person", "given_name")
    handed = hand_round(
        limited.a, limited.laptops.stick / "one",
        workshop_id=limited.laptops.sample.workshop_id, cost=CHEAP,
    )  # fmt: skip
    limited.laptops.mark(limited.a, "P003", "present")
    assert not receive(limited.b, handed.path, handed.words).is_new


@dataclass
class OnServer:
    """A pair on a server, and a laptop that was handed one workshop by a file of the first."""

    pair: Pair
    b: Laptop
    stranger: str


@pytest.fixture
def on_server(pair: Pair, tmp_path: Path) -> OnServer:
    first = pair.first

    def fill(uow: object) -> tuple[str, str]:
        session = uow.session  # type: ignore[attr-defined]
        given, other = factories.workshop(session), factories.workshop(session)
        people = [factories.person(session).id for _number in range(2)]
        for workshop, person in zip((given, other), people, strict=True):
            factories.registration(session, workshop_id=workshop.id, person_id=person)
        return given.id, people[1]

    given, stranger = first.act(fill)
    pair.exchange()
    handed = hand_over(first.workspace, tmp_path / "begin", workshop_id=given, cost=CHEAP)
    workspace = begin_from_file(
        handed.path, handed.words, name="Jana", now_ms=pair.time.now_ms,
        make_workspace=lambda new: Workspace.create(
            tmp_path / "b", PASSPHRASE, clock=first.clock, actor="Jana", new=new, cost=CHEAP
        )[0],
    )  # fmt: skip
    b = Laptop("Jana", workspace, first.clock, pair.network, pair.time)
    pair.laptops.append(b)
    back = tmp_path / "back"
    with closing(workspace.exchange_connection()) as raw:
        device = next(one.device for one in state.peers(raw) if one.tag == first.workspace.device)
    hand_to(workspace, back, device=device)
    take_in(first.workspace, back)
    pair.exchange()
    return OnServer(pair, b, stranger)


def members_at(laptop: Laptop) -> Members:
    with closing(laptop.workspace.exchange_connection()) as raw:
        return learn(laptop.workspace, raw)


def test_invitation_of_a_full_role_makes_a_limited_laptop_a_whole_one(
    on_server: OnServer,
) -> None:
    pair, b = on_server.pair, on_server.b
    assert count(b, "person") == 1
    person = b.act(lambda uow: factories.person(uow.session, given_name="Meanwhile").id)
    claim(b, pair.server.invite("organiser", pair.ws), pair.network)
    assert pair.exchange(b).state is State.IDLE
    pair.exchange(pair.second)
    assert count(b, "person") == 3
    assert is_sound(b.workspace)
    for one in (b, pair.second):
        sql = "SELECT count(*) FROM person WHERE id IN (?, ?)"
        assert one.look.execute(sql, (person, on_server.stranger)).fetchone() == (2,)
    with closing(b.workspace.exchange_connection()) as raw:
        assert kept_share(raw).is_whole
        own = state.identity(raw).device
    assert members_at(pair.second).role_of(own) == "organiser"


def test_invitation_of_the_same_role_for_a_workshop_leaves_it_limited(
    on_server: OnServer,
) -> None:
    pair, b = on_server.pair, on_server.b
    claim(b, pair.server.invite("trainer", pair.ws), pair.network)
    assert pair.exchange(b).state is State.IDLE
    with closing(b.workspace.exchange_connection()) as raw:
        assert not kept_share(raw).is_whole


def test_what_was_handed_before_is_not_all_where_somebody_else_gave_more(
    laptops: TwoLaptops,
) -> None:
    a, b = laptops.a, laptops.second()
    c = laptops.begin(laptops.hand_over(workshop_id=""), "Petr")
    with a.unit_of_work() as uow:
        factories.workshop(uow.session)
        uow.commit()
    for other in (b, c):
        laptops.bring(other, a)
        laptops.bring(a, other)

    def told() -> KnownLaptop:
        with a.reader() as uow:
            return next(one for one in hand_over_choices(uow).laptops if one.tag == b.device)

    laptops.bring(a, b)
    assert told().since_then == 0
    hand_to_known_laptop(c, laptops.stick / "all", device=device_of(c, b), with_everything=True)
    laptops.bring(c, a)
    assert told().since_then > len(names_in(a, "person", "id"))


def test_server_hears_of_what_a_file_granted(on_server: OnServer, tmp_path: Path) -> None:
    pair, b = on_server.pair, on_server.b
    device = device_of(pair.first.workspace, b.workspace)
    file = tmp_path / "everything"
    hand_to(pair.first.workspace, file, device=device, with_everything=True)
    assert take_in(b.workspace, file).has_become_whole
    pair.exchange()
    claim(b, pair.server.invite("trainer", pair.ws), pair.network)  # gives it the address alone
    workshop = b.act(lambda uow: factories.workshop(uow.session).id)  # no trainer's right
    assert pair.exchange(b).not_shared == 0
    pair.exchange(pair.second)
    sql = "SELECT 1 FROM workshop WHERE id = ?"
    assert pair.second.look.execute(sql, (workshop,)).fetchone() == (1,)
