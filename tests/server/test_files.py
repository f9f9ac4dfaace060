"""Attached files: whole or not there, in a folder and in an object store, read through a stream."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest

from mentor_desktop.errors import StoreError
from mentor_desktop.ids import new_id
from mentor_desktop.server import blob_store
from mentor_desktop.server.blob_store import WrongContentError, store_for
from mentor_desktop.server.limits import MOST_CHUNK_BYTES
from mentor_desktop.server.room import kept_by
from tests.server.uploads import Upload, code_of, read_file
from tests.server.world import Device, World

START_LIMIT_S = 60
WORKSPACE = "a" * 32
STREAM = "people"


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


@pytest.fixture(scope="module")
def two_chunks() -> bytes:
    return bytes(range(256)) * (MOST_CHUNK_BYTES // 256) + b"the end"


def test_file_comes_back_as_it_went(ana: Device, two_chunks: bytes) -> None:
    upload = Upload(ana, two_chunks)
    assert upload.missing() == [0, 1]
    assert upload.put(1).status_code == 200
    assert upload.missing() == [0]
    assert code_of(upload.seal()) == "missing"
    assert read_file(ana, upload.address).status_code == 404
    assert upload.put(1).status_code == 200
    assert upload.put(0).status_code == 200
    assert upload.seal().json() == {"size": len(two_chunks)}
    assert upload.seal().status_code == 200
    assert upload.missing() == []
    assert read_file(ana, upload.address).content == two_chunks


def test_no_chunks_are_left_of_a_whole_file(world: World, ana: Device) -> None:
    reader = world.colleague(ana, "reader")
    upload = Upload(ana, b"a small one")
    begun = Upload(reader, upload.content, f"u:{reader.user}")
    assert begun.put(0, b"a part").status_code == 200
    upload.all()
    assert not _has_chunks(world, upload)
    assert begun.missing() == [0]


def _has_chunks(world: World, upload: Upload) -> bool:
    blobs = world.service.blobs
    assert isinstance(blobs, blob_store.FolderBlobs)
    folder = blobs._parts(upload.device.ws, upload.address, "")
    return any(one.is_file() for one in folder.rglob("*"))


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=4194300-", 4_194_300, None),
        ("bytes=-7", -7, None),
        ("bytes=4194300-99999999999", 4_194_300, None),
    ],
)
def test_part_of_a_file(
    ana: Device, two_chunks: bytes, span: str, start: int, end: int | None
) -> None:
    upload = Upload(ana, two_chunks)
    upload.all()
    answer = read_file(ana, upload.address, span)
    assert answer.status_code == 206
    assert answer.content == two_chunks[start:end]
    first = start % len(two_chunks)
    said = f"bytes {first}-{first + len(answer.content) - 1}/{len(two_chunks)}"
    assert answer.headers["content-range"] == said


@pytest.mark.parametrize("span", ["bytes=99999999-", "bytes=5-2"])
def test_part_that_is_not_there(ana: Device, span: str) -> None:
    upload = Upload(ana, b"a small one")
    upload.all()
    assert read_file(ana, upload.address, span).status_code == 416


@pytest.mark.parametrize(
    "span",
    [
        b"lines=1-2", b"bytes=", b"bytes=a-b", b"bytes=0-1,4-5", b"x" * 200,
        b"bytes=\xb2-", b"bytes=-\xb3", b"bytes=0-\xb9",
    ],
)  # fmt: skip
def test_range_that_means_nothing_gives_the_whole(ana: Device, span: bytes) -> None:
    upload = Upload(ana, b"a small one")
    upload.all()
    answer = read_file(ana, upload.address, span)
    assert (answer.status_code, answer.content) == (200, b"a small one")


def test_damaged_chunk_is_refused(ana: Device) -> None:
    upload = Upload(ana, b"a small one")
    query = {"ws": ana.ws, "stream": "people", "sha256": upload.address}
    answer = ana.http.put(
        f"/v1/blob/{upload.address}/chunk/0", params=query, content=b"a smalL one",
        headers=ana.headers,
    )  # fmt: skip
    assert (answer.status_code, code_of(answer)) == (409, "wrong_hash")


def test_whole_that_is_another_file_never_gets_the_name(world: World, ana: Device) -> None:
    upload = Upload(ana, b"a small one")
    assert upload.put(0, b"another one").status_code == 200
    assert _has_chunks(world, upload)
    answer = upload.seal()
    assert (answer.status_code, code_of(answer)) == (409, "wrong_hash")
    assert read_file(ana, upload.address).status_code == 404
    assert not _has_chunks(world, upload)  # they would lie there and count for nobody
    assert upload.missing() == [0]
    upload.all()
    assert read_file(ana, upload.address).content == b"a small one"


def test_file_is_read_through_a_stream_not_by_knowing_its_hash(world: World, ana: Device) -> None:
    workshop, other = new_id(), new_id()
    trainer = world.colleague(ana, "trainer", other)
    upload = Upload(ana, b"a private scan", f"w:{workshop}")
    upload.all()
    answer = read_file(trainer, upload.address)
    nowhere = read_file(trainer, "0" * 64)
    assert answer.status_code == nowhere.status_code == 404
    assert answer.content == nowhere.content


def test_who_says_to_have_a_file_shows_it(world: World, ana: Device) -> None:
    workshop, other = new_id(), new_id()
    trainer = world.colleague(ana, "trainer", other)
    content = b"a private scan"
    Upload(ana, content, f"w:{workshop}").all()
    claim = Upload(trainer, content, f"w:{other}")
    assert claim.missing() == [0]
    assert code_of(claim.seal()) == "missing"
    assert claim.put(0, b"something else").status_code == 409
    assert read_file(trainer, claim.address).status_code == 404
    claim.all()
    assert read_file(trainer, claim.address).content == content


def test_part_of_a_file_proves_not_the_whole(world: World, ana: Device, two_chunks: bytes) -> None:
    reader = world.colleague(ana, "reader")
    Upload(ana, two_chunks).all()
    claim = Upload(reader, two_chunks, f"u:{reader.user}")
    assert claim.put(0).status_code == 200  # a beginning that many files have
    assert code_of(claim.seal(1)) == "missing"
    assert read_file(reader, claim.address).status_code == 404
    assert claim.put(1).status_code == 200
    assert claim.seal(1).status_code == 200
    assert read_file(reader, claim.address).content == two_chunks


@pytest.mark.parametrize("when", ["before it is sealed", "behind"])
def test_chunk_of_another_content_proves_nothing(world: World, ana: Device, when: str) -> None:
    reader = world.colleague(ana, "reader")
    file = Upload(ana, b"a private scan")
    claim = Upload(reader, file.content, f"u:{reader.user}")
    assert claim.put(0, b"rubbish").status_code == 200  # only the hash is known
    assert file.put(0).status_code == 200
    if when == "behind":
        assert file.seal().status_code == 200
    assert claim.seal().status_code == 409
    assert read_file(reader, file.address).status_code == 404
    assert file.seal().status_code == 200
    assert read_file(ana, file.address).content == file.content


def test_chunk_that_comes_while_others_seal_the_file_is_asked_for_again(
    world: World, ana: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, blobs = world.colleague(ana, "reader"), world.service.blobs
    file = Upload(ana, b"a private scan")
    claim = Upload(reader, file.content, f"u:{reader.user}")
    put_chunk = blobs.put_chunk

    def seal_and_put(*arguments: object) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(blobs, "put_chunk", put_chunk)
            file.all()
        put_chunk(*arguments)  # type: ignore[arg-type]  # passed through

    with monkeypatch.context() as patch:
        patch.setattr(blobs, "put_chunk", seal_and_put)
        assert claim.put(0, b"rubbish").status_code == 503
    assert code_of(claim.seal()) == "missing"
    assert read_file(reader, file.address).status_code == 404


def test_chunk_whose_folder_goes_when_others_seal_the_file_is_asked_for_again(
    world: World, ana: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, write_whole = Upload(ana, b"a small one"), blob_store._write_whole
    mine.put(0)

    def seal_and_write(*arguments: object) -> int:
        monkeypatch.setattr(blob_store, "_write_whole", write_whole)
        assert mine.seal().status_code == 200
        return write_whole(*arguments)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(blob_store, "_write_whole", seal_and_write)
    assert mine.put(0).status_code == 503
    assert mine.put(0).status_code == 200
    assert read_file(ana, mine.address).content == mine.content


@pytest.mark.parametrize("count", [65, 3_000_000])
def test_no_more_chunks_are_sealed_than_a_file_may_have(ana: Device, count: int) -> None:
    assert Upload(ana, b"a small one").seal(count).status_code == 400


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_file_the_server_lost_can_be_sent_again(world: World, ana: Device, damage: str) -> None:
    upload, blobs = Upload(ana, b"a small one"), world.service.blobs
    upload.all()
    assert isinstance(blobs, blob_store.FolderBlobs)
    lost = blobs._path(ana.ws, upload.address)
    if damage == "gone":
        lost.unlink()
    else:
        lost.write_bytes(b"a small")
    assert read_file(ana, upload.address).status_code == 404
    before = world.service.database.read(ana.ws, lambda one: kept_by(one, ana.ws))
    assert upload.missing() == [0]
    assert code_of(upload.seal()) == "missing"
    upload.all()
    assert read_file(ana, upload.address).content == upload.content
    assert world.service.database.read(ana.ws, lambda one: kept_by(one, ana.ws)) == before


def test_members_refer_to_no_file(world: World, ana: Device) -> None:
    for device in (ana, world.colleague(ana, "reader")):
        upload = Upload(device, b"a small one", "members")
        assert upload.put(0).status_code == 403
        assert upload.seal().status_code == 403


def test_stream_without_the_right_to_write_takes_no_file(world: World, ana: Device) -> None:
    reader = world.colleague(ana, "reader", "*")
    upload = Upload(reader, b"a small one", f"w:{new_id()}")
    assert upload.put(0).status_code == 403
    assert upload.seal().status_code == 403


def test_files_of_other_workspaces_do_not_exist(world: World, ana: Device) -> None:
    eve = world.founder()
    upload = Upload(ana, b"a private scan")
    upload.all()
    assert read_file(eve, upload.address).status_code == 404
    assert Upload(eve, b"a private scan").missing() == [0]
    answer = eve.http.get(f"/v1/blob/{upload.address}", params={"ws": ana.ws}, headers=eve.headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("number", ["64", "-1", "x", "999999", "1e3", "%2e%2e", "١"])
def test_number_of_a_chunk_that_is_none(ana: Device, number: str) -> None:
    chunk = b"a small one"
    address = sha256(chunk).hexdigest()
    answer = ana.http.put(
        f"/v1/blob/{address}/chunk/{number}",
        params={"ws": ana.ws, "stream": "people", "sha256": address},
        content=chunk,
        headers=ana.headers,
    )
    assert answer.status_code in {400, 404, 413}


# ---------------------------------------------------------------- the stores themselves


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """Give the address of an object store that runs on this computer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = "import sys; from moto.server import main; main(sys.argv[1:])"
    store = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            try:
                httpx2.put(f"{address}/files", timeout=10).raise_for_status()
                break
            except httpx2.TransportError:
                assert time.monotonic() < deadline
                assert store.poll() is None
                time.sleep(0.1)
        yield address
    finally:
        store.terminate()
        store.wait(START_LIMIT_S)


@pytest.fixture(params=["folder", "s3"])
def blobs(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> blob_store.BlobStore:
    if request.param == "folder":
        return store_for(str(tmp_path / "blobs"))
    for name, value in {
        "AWS_ENDPOINT": request.getfixturevalue("object_store"),
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    return store_for(f"s3://files/{new_id()}")


def test_store_seals_what_is_whole(blobs: blob_store.BlobStore) -> None:
    parts = [b"one " * 1_000, b"two"]
    whole = b"".join(parts)
    address = sha256(whole).hexdigest()
    for number, part in enumerate(parts):
        blobs.put_chunk(WORKSPACE, address, STREAM, number, part)
    assert blobs.size(WORKSPACE, address) is None
    assert blobs.seal(WORKSPACE, address, STREAM, 2) == len(whole)
    assert blobs.size(WORKSPACE, address) == len(whole)
    assert b"".join(blobs.read(WORKSPACE, address, 3, 4_002)) == whole[3:4_002]
    assert blobs.size("b" * 32, address) is None


@pytest.mark.parametrize("count", [1, 3])
def test_store_seals_nothing_that_is_not(blobs: blob_store.BlobStore, count: int) -> None:
    address = sha256(b"onetwo").hexdigest()
    for number, part in enumerate((b"one", b"two")):
        blobs.put_chunk(WORKSPACE, address, STREAM, number, part)
    with pytest.raises(WrongContentError):
        blobs.seal(WORKSPACE, address, STREAM, count)
    assert blobs.size(WORKSPACE, address) is None
    assert blobs.seal(WORKSPACE, address, STREAM, 2) == 6


def test_file_of_a_backup_is_checked_on_its_way(blobs: blob_store.BlobStore) -> None:
    address = sha256(b"onetwo").hexdigest()
    with pytest.raises(WrongContentError):
        blobs.put_whole(WORKSPACE, address, iter((b"one", b"three")))
    assert blobs.size(WORKSPACE, address) is None
    blobs.put_whole(WORKSPACE, address, iter((b"one", b"two")))
    assert blobs.size(WORKSPACE, address) == 6


def test_store_says_that_a_file_is_not_there(blobs: blob_store.BlobStore) -> None:
    address = sha256(b"nothing").hexdigest()
    with pytest.raises(FileNotFoundError):
        list(blobs.read(WORKSPACE, address, 0, 7))
    blobs.remove(WORKSPACE, address)


def test_chunks_of_two_streams_lie_apart(blobs: blob_store.BlobStore) -> None:
    address, other = sha256(b"onetwo").hexdigest(), f"u:{new_id()}"
    blobs.put_chunk(WORKSPACE, address, STREAM, 0, b"one")
    blobs.put_chunk(WORKSPACE, address, other, 0, b"rubbish")
    blobs.put_chunk(WORKSPACE, address, other, 1, b"two")
    for stream in (STREAM, other):
        with pytest.raises(WrongContentError):
            blobs.seal(WORKSPACE, address, stream, 2)
    blobs.drop_chunks(WORKSPACE, address, other)
    blobs.put_chunk(WORKSPACE, address, STREAM, 1, b"two")
    assert blobs.seal(WORKSPACE, address, STREAM, 2) == 6
    blobs.drop_chunks(WORKSPACE, address)
    with pytest.raises(WrongContentError):
        blobs.seal(WORKSPACE, address, STREAM, 2)
    assert blobs.size(WORKSPACE, address) == 6


def test_store_takes_away_a_file_and_what_arrived_of_one(blobs: blob_store.BlobStore) -> None:
    whole, arriving, other = (sha256(one).hexdigest() for one in (b"whole", b"onetwo", b"other"))
    for address, part in ((whole, b"whole"), (arriving, b"one"), (other, b"other")):
        blobs.put_chunk(WORKSPACE, address, STREAM, 0, part)
    for address in (whole, other):
        blobs.seal(WORKSPACE, address, STREAM, 1)
    for address in (whole, whole, arriving):
        blobs.remove(WORKSPACE, address)
    assert blobs.size(WORKSPACE, whole) is None
    blobs.put_chunk(WORKSPACE, arriving, STREAM, 1, b"two")
    with pytest.raises(WrongContentError):
        blobs.seal(WORKSPACE, arriving, STREAM, 2)
    assert blobs.size(WORKSPACE, other) == 5


def test_store_nobody_knows_is_refused_with_a_sentence() -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        store_for("carrier-pigeon://loft")
