"""Bundles: what goes in comes out, or one sentence; nothing readable is ever on the disk."""

import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from mentor_desktop.errors import Cancelled, StoreError, ValidationError
from mentor_desktop.progress import Progress
from mentor_desktop.sync.bundle import Bundle, open_bundle, write_bundle
from mentor_desktop.sync.bundle_sections import CONTENTS, MOST_FILE_BYTES, Offer, Span, section
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import SignedInvitation
from mentor_desktop.sync.keys.invitations import new_invitation
from mentor_desktop.sync.keys.members import Anchors, members_of
from mentor_desktop.sync.keys.words import new_words
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, frames
from mentor_desktop.sync.sealed_file import PartWriter, lid_for_key, lid_for_words
from tests.canaries import CANARIES, search
from tests.cheap import CHEAP
from tests.sync.histories import DEVICE, OTHER_DEVICE, STREAM, WS, content_of, mark, op, sealed
from tests.sync.keys.people import Device, hex_id

NOW = 1_800_000_000_000


@pytest.fixture
def words() -> str:
    return new_words()


def some_batches(count: int = 3, note: str = "on time") -> list[Batch]:
    batches: list[Batch] = []
    for seq in range(1, count + 1):
        prev_hash = batches[-1].header.hash if batches else NO_HASH
        batches.append(sealed(content_of(mark(seq, hex_id(seq), note=note)), prev_hash))
    return batches


def write(path: Path, words: str, **more: object) -> object:
    given: dict[str, object] = {"ws": WS, "made_by": DEVICE, "made_at": NOW} | more
    return write_bundle(path, lid_for_words(words, CHEAP), **given)  # type: ignore[arg-type]


def test_batches_and_files_come_out_as_they_went_in(tmp_path: Path, words: str) -> None:
    path = tmp_path / "for-jonas.mentor"
    batches = some_batches()
    stray = sealed(content_of(op(7, device=OTHER_DEVICE)), bytes(32))
    files = [b"logo", bytes(3 << 20)]
    told = write(path, words, batches=iter([*batches, stray]), files=iter(files))
    bundle = open_bundle(path, words, ws=WS)
    assert bundle.contents == told
    assert bundle.contents.spans == (Span(STREAM, DEVICE, 1, 3), Span(STREAM, OTHER_DEVICE, 7, 7))
    assert list(bundle.batches()) == [*batches, stray]
    assert [content for _address, content in bundle.files()] == files
    assert [len(address) for address, _content in bundle.files()] == [64, 64]
    assert (bundle.offer, bundle.answer) == (None, None)
    assert [child.name for child in tmp_path.iterdir()] == ["for-jonas.mentor"]


def test_a_gap_in_what_was_put_in_shows_in_the_contents(tmp_path: Path, words: str) -> None:
    first, _second, third = some_batches()
    write(tmp_path / "b", words, batches=[first, third])
    spans = open_bundle(tmp_path / "b", words).contents.spans
    assert spans == (Span(STREAM, DEVICE, 1, 1), Span(STREAM, DEVICE, 3, 3))


def test_a_bundle_without_anything_is_one_too(tmp_path: Path, words: str) -> None:
    write(tmp_path / "b", words)
    assert list(open_bundle(tmp_path / "b", words, ws=WS).batches()) == []


def test_another_workspace_and_wrong_words_say_so(tmp_path: Path, words: str) -> None:
    write(tmp_path / "b", words, batches=some_batches())
    with pytest.raises(StoreError, match="another workspace"):
        open_bundle(tmp_path / "b", words, ws="f" * 32)
    with pytest.raises(ValidationError, match="do not open"):
        open_bundle(tmp_path / "b", new_words(), ws=WS)
    with pytest.raises(StoreError, match="cannot be read"):
        open_bundle(tmp_path / "nothing", words)
    with pytest.raises(StoreError, match="cannot be read"):
        open_bundle(tmp_path, words)


def test_every_byte_changed_is_refused(tmp_path: Path) -> None:
    keys, path = DeviceKeys.make(), tmp_path / "b"
    write_bundle(
        path, lid_for_key(keys.seal_key), ws=WS, made_by=DEVICE, made_at=NOW,
        batches=some_batches(1), files=[b"x"],
    )  # fmt: skip
    whole = path.read_bytes()
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1 << (at % 8)
        path.write_bytes(changed)
        with pytest.raises(StoreError):
            open_bundle(path, keys)
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(StoreError):
            open_bundle(path, keys)


def test_nothing_is_given_out_of_a_bundle_with_a_damaged_end(tmp_path: Path, words: str) -> None:
    path = tmp_path / "b"
    write(path, words, batches=some_batches(), files=[bytes(3 << 20)])
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StoreError):
        open_bundle(path, words)


def test_a_bundle_changed_after_it_was_opened_is_refused(tmp_path: Path, words: str) -> None:
    path = tmp_path / "b"
    write(path, words, batches=some_batches())
    bundle = open_bundle(path, words)
    write(path, words, batches=some_batches())  # the same words, another salt
    with pytest.raises(StoreError):
        list(bundle.batches())
    path.unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        list(bundle.batches())


def test_no_plain_byte_is_on_the_disk_at_any_moment(tmp_path: Path, words: str) -> None:
    path = tmp_path / "b"
    seen: list[int] = []

    def watched() -> Iterator[bytes]:
        for canary in CANARIES.values():
            yield canary.encode() * 20_000
            seen.append(sum(child.stat().st_size for child in tmp_path.iterdir()))
            assert not search([tmp_path])

    batches = [batch for text in CANARIES.values() for batch in some_batches(2, text)]
    write(path, words, batches=batches, files=watched())
    assert max(seen) > 1 << 20
    assert not search([tmp_path])
    plain = tmp_path / "plain"
    plain.write_bytes(b"".join(content for _a, content in open_bundle(path, words).files()))
    assert search([tmp_path])  # the search does find them where they lie open


@pytest.mark.parametrize("breaks", ["file", "cancel", "disk"])
def test_what_breaks_off_leaves_what_was_there(tmp_path: Path, words: str, breaks: str) -> None:
    path = tmp_path / "b"
    write(path, words, batches=some_batches(1))
    before = path.read_bytes()

    def files() -> Iterator[bytes]:
        yield bytes(2 << 20)
        if breaks == "file":
            raise KeyError("no such file")
        if breaks == "disk":
            raise OSError(28, "No space left on device")
        yield b"more"

    steps = iter([False, False, True])
    progress = Progress(is_cancelled=lambda: breaks == "cancel" and next(steps))
    expected = {"file": KeyError, "cancel": Cancelled, "disk": StoreError}[breaks]
    with pytest.raises(expected):
        write(path, words, batches=some_batches(1), files=files(), progress=progress)
    assert path.read_bytes() == before
    assert [child.name for child in tmp_path.iterdir()] == ["b"]


def test_opening_can_be_cancelled(tmp_path: Path, words: str) -> None:
    write(tmp_path / "b", words, batches=some_batches())
    with pytest.raises(Cancelled):
        open_bundle(tmp_path / "b", words, progress=Progress(is_cancelled=lambda: True))


def test_a_batch_of_another_workspace_is_not_put_in(tmp_path: Path, words: str) -> None:
    with pytest.raises(ValueError, match="one workspace"):
        write(tmp_path / "b", words, ws="f" * 32, batches=some_batches())
    with pytest.raises(ValueError, match="too large"):
        write(tmp_path / "b", words, files=[bytes(MOST_FILE_BYTES + 1)])
    assert list(tmp_path.iterdir()) == []


def forged(path: Path, words: str, *sections: bytes) -> None:
    """Write a bundle as somebody who has the words and a program of his own would."""
    file = io.BytesIO()
    writer = PartWriter(file, lid_for_words(words, CHEAP))
    for each in sections:
        writer.write(each)
    writer.close()
    path.write_bytes(file.getvalue())


def contents(**changed: object) -> bytes:
    fields: dict[str, object] = {
        "version": 1, "ws": WS, "made_by": DEVICE, "made_at": NOW, "spans": [], "batches": 0,
        "files": 0, "has_offer": False, "has_answer": False,
    }  # fmt: skip
    return section(CONTENTS, msgspec.json.encode(fields | changed))


@pytest.mark.parametrize(
    "sections",
    [
        [],
        [b"x"],
        [section(b"F", b"x")],
        [section(b"F", b"x"), contents()],
        [contents(files=1)],
        [contents(), contents()],
        [contents(), section(b"F", b"x")],
        [contents(), b"\0"],
        [contents(spans=[["members", DEVICE, 1, 2]])],
        [contents(ws="../..")],
        [contents(has_offer=True)],
        [section(CONTENTS, b"{}")],
        [section(CONTENTS, b"[" * 9_999)],
        [section(b"B", b"\x90"), contents(batches=1)],
        [section(b"B", b"x"), contents(batches=1)],
        [section(b"I", b"{}"), contents(has_offer=True)],
        [section(b"A", b"{}"), contents(has_answer=True)],
        [b"Z" + (1).to_bytes(8) + b"x", contents()],
        [b"F" + (2**63).to_bytes(8) + b"x", contents()],
    ],
)
def test_an_inside_that_does_not_fit_together_is_refused(
    tmp_path: Path, words: str, sections: list[bytes]
) -> None:
    forged(tmp_path / "b", words, *sections)
    with pytest.raises(StoreError, match="does not fit together"):
        open_bundle(tmp_path / "b", words)


def test_a_batch_of_another_workspace_inside_is_refused(tmp_path: Path, words: str) -> None:
    write(tmp_path / "b", words, batches=some_batches(1))
    (batch,) = open_bundle(tmp_path / "b", words).batches()
    inside = section(b"B", frames([batch]))
    spans = [[STREAM, DEVICE, 1, 1]]
    forged(tmp_path / "b", words, inside, contents(batches=1, spans=spans))
    assert open_bundle(tmp_path / "b", words).contents.batches == 1
    forged(tmp_path / "b", words, inside, contents(batches=1, spans=spans, ws="f" * 32))
    with pytest.raises(StoreError, match="does not fit together"):
        open_bundle(tmp_path / "b", words)


def test_a_newer_inside_says_so(tmp_path: Path, words: str) -> None:
    forged(tmp_path / "b", words, contents(version=2))
    with pytest.raises(StoreError, match="newer version"):
        open_bundle(tmp_path / "b", words)


def offered(ona: Device, jonas: Device) -> tuple[Offer, SignedInvitation]:
    invitation = new_invitation("https://host", ona.draft.ws)
    given = ona.invite(invitation, jonas)
    return Offer(given, invitation.secret, ona.founder()), given


def test_a_new_laptop_joins_by_two_files_without_a_server(tmp_path: Path, words: str) -> None:
    ona, jonas = Device(1), Device(2, user=2, role="trainer")
    offer, _given = offered(ona, jonas)
    ws = ona.draft.ws
    write(tmp_path / "to", words, ws=ws, made_by=ona.id, offer=offer)

    found = open_bundle(tmp_path / "to", words).offer
    assert found is not None
    entry = jonas.entry(found.sender.device, found.signer().sign, invitation=found.invitation)
    write_bundle(
        tmp_path / "back", lid_for_key(found.sender.seal_key), ws=ws, made_by=jonas.id,
        made_at=NOW, answer=entry,
    )  # fmt: skip

    answer = open_bundle(tmp_path / "back", ona.keys, ws=ws).answer
    assert answer == entry
    anchors = Anchors(founders={ona.id: ona.keys.sign_key})
    members = members_of(ws, anchors, [ona.founder(), answer])
    assert members.has_access(jonas.id)
    for stranger in (jonas.keys, words):
        with pytest.raises(StoreError):
            open_bundle(tmp_path / "back", stranger)


def test_a_forged_offer_is_refused(tmp_path: Path, words: str) -> None:
    ona, jonas, thief = Device(1), Device(2, user=2), Device(3)
    offer, given = offered(ona, jonas)
    replace = msgspec.structs.replace
    wrong = [
        replace(offer, secret=bytes(16)),
        replace(offer, invitation=replace(given, role="admin")),
        replace(offer, sender=thief.founder()),
        replace(offer, sender=thief.entry(thief.id, thief.keys.sign, device=ona.id)),
        replace(offer, sender=ona.entry(ona.id, ona.keys.sign, ws="b" * 32)),
    ]
    for each in wrong:
        write(tmp_path / "b", words, ws=ona.draft.ws, offer=each)
        with pytest.raises(StoreError, match="does not fit together"):
            open_bundle(tmp_path / "b", words)


def test_secrets_of_a_bundle_are_not_shown(tmp_path: Path, words: str) -> None:
    ona, jonas = Device(1), Device(2, user=2)
    offer, _given = offered(ona, jonas)
    write(tmp_path / "b", words, ws=ona.draft.ws, offer=offer)
    bundle = open_bundle(tmp_path / "b", words)
    assert isinstance(bundle, Bundle)
    assert isinstance(bundle.offer, Offer)
    shown = repr((bundle, bundle.offer, str(bundle.offer)))
    for secret in (offer.secret, bundle._lid.key):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown
