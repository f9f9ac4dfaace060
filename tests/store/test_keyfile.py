"""The key file opens with passphrase and recovery code, and refuses everything else in words."""

import json
from pathlib import Path

import pytest

from mentor_desktop import crypto
from mentor_desktop.errors import StoreError, ValidationError
from mentor_desktop.store.keyfile import (
    KeyFile,
    change_passphrase,
    fingerprint_of,
    renew_recovery_code,
)
from tests.workspaces import files_limited_to

KEY = bytes(range(32))
PASSPHRASE = "Žirafa žvýká žito"


@pytest.fixture(scope="module")
def made() -> tuple[KeyFile, str]:
    """Return a key file and its recovery code."""
    return KeyFile.make("w1", KEY, PASSPHRASE)


@pytest.fixture
def path(made: tuple[KeyFile, str], tmp_path: Path) -> Path:
    """Return where the key file was saved."""
    made[0].save(tmp_path / "workspace.key.json")
    return tmp_path / "workspace.key.json"


def test_what_was_saved_is_read_back(made: tuple[KeyFile, str], path: Path) -> None:
    assert KeyFile.load(path) == made[0]
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_the_file_holds_neither_key_nor_passphrase_nor_code(
    made: tuple[KeyFile, str], path: Path
) -> None:
    content = path.read_text()
    for secret in (KEY.hex(), PASSPHRASE, made[1], made[1].replace("-", "")):
        assert secret not in content


def test_it_opens_with_the_passphrase_however_it_is_typed(made: tuple[KeyFile, str]) -> None:
    import unicodedata

    assert made[0].open_with_passphrase(unicodedata.normalize("NFD", PASSPHRASE)) == KEY


@pytest.mark.parametrize("wrong", ["", "žirafa žvýká žito", PASSPHRASE + " "])
def test_another_passphrase_is_refused(made: tuple[KeyFile, str], wrong: str) -> None:
    with pytest.raises(StoreError, match="does not open this workspace"):
        made[0].open_with_passphrase(wrong)


def test_it_opens_with_the_recovery_code_however_it_is_typed(made: tuple[KeyFile, str]) -> None:
    code = made[1]
    for typed in (code, code.lower(), code.replace("-", " "), f" {code}\n", code.replace("0", "O")):
        assert made[0].open_with_recovery_code(typed) == KEY


@pytest.mark.parametrize("wrong", ["", "ABCD", "UUUU-" * 9])
def test_a_wrong_recovery_code_is_refused(made: tuple[KeyFile, str], wrong: str) -> None:
    with pytest.raises(StoreError, match="recovery code does not open"):
        made[0].open_with_recovery_code(wrong)


def test_a_code_with_one_wrong_letter_is_refused(made: tuple[KeyFile, str]) -> None:
    code = made[1]
    wrong = ("1" if code[0] != "1" else "2") + code[1:]
    with pytest.raises(StoreError, match="recovery code does not open"):
        made[0].open_with_recovery_code(wrong)


def test_the_sheet_of_another_workspace_is_refused(made: tuple[KeyFile, str]) -> None:
    with pytest.raises(StoreError):
        made[0].open_with_recovery_code(KeyFile.make("w2", KEY, "x y z")[1])


def test_a_changed_passphrase_replaces_the_old_one_and_leaves_the_code(
    made: tuple[KeyFile, str], path: Path
) -> None:
    change_passphrase(path, KEY, "new words")
    changed = KeyFile.load(path)
    assert changed.open_with_passphrase("new words") == KEY
    assert changed.open_with_recovery_code(made[1]) == KEY
    with pytest.raises(StoreError):
        changed.open_with_passphrase(PASSPHRASE)


def test_a_new_recovery_code_voids_the_old_sheet(made: tuple[KeyFile, str], path: Path) -> None:
    code = renew_recovery_code(path, KEY)
    changed = KeyFile.load(path)
    assert changed.open_with_recovery_code(code) == KEY
    assert changed.open_with_passphrase(PASSPHRASE) == KEY
    with pytest.raises(StoreError):
        changed.open_with_recovery_code(made[1])


def test_an_empty_passphrase_is_refused(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ValidationError, match="needs a passphrase"):
        change_passphrase(path, KEY, " ")
    assert path.read_bytes() == before


def test_a_key_file_of_another_workspace_is_not_changed(path: Path) -> None:
    with pytest.raises(StoreError, match="belongs to another workspace"):
        change_passphrase(path, bytes(32), "new words")


def test_a_full_disk_leaves_the_old_key_file(path: Path) -> None:
    before = path.read_bytes()
    with files_limited_to(10), pytest.raises(StoreError, match=r"is full|reported an error"):
        change_passphrase(path, KEY, "new words")
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "change",
    [
        {"salt": "zz"},
        {"salt": ""},
        {"salt": 5},
        {"iterations": 0},
        {"iterations": 10**9},
        {"iterations": "3"},
        {"iterations": True},
        {"memory_kib": 10**9},
        {"memory_kib": 1},
        {"lanes": 0},
        {"by_passphrase": None},
        {"workspace_id": None},
        {"format": "1"},
        {"surprise": 1},
    ],
)
def test_a_damaged_key_file_is_a_sentence(path: Path, change: dict[str, object]) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(StoreError, match="is damaged"):
        KeyFile.load(path)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"format": 1}'])
def test_what_is_no_key_file_is_a_sentence(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged"):
        KeyFile.load(path)


@pytest.mark.parametrize("damage", ["", "AAAA", "not base64!", "ÄÖ"])
def test_a_damaged_wrapped_key_is_like_a_wrong_passphrase(path: Path, damage: str) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), "by_passphrase": damage}))
    with pytest.raises(StoreError):
        KeyFile.load(path).open_with_passphrase(PASSPHRASE)


def test_a_missing_key_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no workspace in"):
        KeyFile.load(tmp_path / "workspace.key.json")


def test_a_fingerprint_tells_keys_apart_and_is_not_the_key(made: tuple[KeyFile, str]) -> None:
    assert made[0].fits(KEY)
    assert not made[0].fits(crypto.new_key())
    assert fingerprint_of(KEY) not in KEY.hex()
