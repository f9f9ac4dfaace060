"""Invariant 23: whatever leaves a device of the sealed stream holds nothing that was written."""

import base64
import json
from pathlib import Path

import pytest

from mentor_desktop.crypto import Argon2Cost
from mentor_desktop.sync.bundle import write_bundle
from mentor_desktop.sync.keys.journal import Place, UnreadableEntry, open_entry, seal_entry
from mentor_desktop.sync.keys.key_records import ENTITY, Card, Seal, Statement, row_of, to_values
from mentor_desktop.sync.keys.keyring import Keyring
from mentor_desktop.sync.keys.recovery import holder_of_code, make_copy
from mentor_desktop.sync.keys.words import new_words
from mentor_desktop.sync.protocol.batches import (
    NO_HASH,
    Batch,
    frames,
    make_batch,
    op_hash,
    open_batch,
)
from mentor_desktop.sync.protocol.operations import KEY, Action, Content, Op, runs_of, tick
from mentor_desktop.sync.sealed_file import lid_for_words
from tests.canaries import CANARIES, search
from tests.sync.keys.journal_devices import JOURNAL, SCHEMA, USER, Laptop, pair
from tests.sync.keys.people import WS, hex_id

PASSPHRASE = "Wombatgasse-Schlüsselblume"
NOON = tick(0, 1_764_000_000_000)


def what_is_sent(laptop: Laptop, *, is_sealed: bool = True) -> tuple[Batch, list[bytes]]:
    """Return a journal of all canaries as a batch, and the secrets that must not be in it."""
    epoch, _made = laptop.keys.writing_epoch(JOURNAL, 1)
    code, _made = laptop.keys.print_sheet(2)
    sheet = holder_of_code(code, WS, USER)
    laptop.keys.receive([make_copy(sheet, PASSPHRASE, 3, Argon2Cost(1, 1, 128))])
    ops: list[Op] = []
    for record in laptop.ledger.records():
        ops.append(op(laptop, len(ops) + 1, KEY, ENTITY, row_of(record), to_values(record)))
    prev = ""
    for n, text in enumerate(CANARIES.values()):
        seq = len(ops) + 1
        place = Place(WS, USER, JOURNAL, hex_id(n), laptop.id, seq, SCHEMA)
        values = seal_entry(laptop.keys.keyring, place, epoch.id, prev, text.encode())
        if not is_sealed:
            values["sealed"] = text
        ops.append(op(laptop, seq, "create", "journal_entry", place.entry, values))
        prev = op_hash(ops[-1]).hex()
    content = Content(runs_of(ops), (Action(ops[-1].seq, 1, USER, "Wrote in the journal"),))
    stream = f"u:{USER}"
    sign = laptop.holder.keys.sign
    batch = make_batch(WS, stream, laptop.id, 1, NO_HASH, content, SCHEMA, sign)
    key = laptop.keys.keyring.get(JOURNAL, epoch.id)
    assert key is not None
    holders = (laptop.holder.keys, sheet.keys)
    halves = [half for keys in holders for half in (keys.signing, keys.receiving)]
    return batch, [key, *halves, code.encode(), code.replace("-", "").encode(), PASSPHRASE.encode()]


def op(laptop: Laptop, seq: int, kind: str, entity: str, row: str, values: dict[str, str]) -> Op:
    return Op(laptop.id, seq, NOON + seq, entity, row, kind, values=values)


def opened(batch: Batch) -> bytes:
    """Return everything a server can read of a batch: header, operations, decoded base64 too."""
    content = open_batch(batch)
    shown = [repr(batch.header).encode()]
    for run in content.runs:
        for values in run.columns.values():
            for value in values:
                text = str(value)
                shown.append(text.encode())
                shown += decoded(text)
    return b"\n".join(shown)


def decoded(text: str) -> list[bytes]:
    candidates = [text]
    if text.startswith("{"):
        candidates += [part for part in json.loads(text).values() if isinstance(part, str)]
    found = []
    for candidate in candidates:
        try:
            found.append(base64.b64decode(candidate, validate=True))
        except ValueError:
            continue
    return found


@pytest.mark.parametrize("is_sealed", [True, False])
def test_no_canary_and_no_key_is_in_anything_sent(tmp_path: Path, *, is_sealed: bool) -> None:
    laptop, other = Laptop(1), Laptop(2)
    pair(laptop, other)
    batch, secrets = what_is_sent(laptop, is_sealed=is_sealed)
    kinds = {type(record) for record in laptop.ledger.records()}
    assert {Card, Statement, Seal} <= kinds
    (tmp_path / "push").write_bytes(frames([batch]))
    (tmp_path / "opened").write_bytes(opened(batch))
    write_bundle(
        tmp_path / "bundle", lid_for_words(new_words(), Argon2Cost(1, 1, 64)),
        ws=WS, made_by=laptop.id, made_at=1, batches=[batch],
    )  # fmt: skip
    # The one that was written without sealing shows that the search would find it.
    assert bool(search([tmp_path])) is not is_sealed
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        for secret in secrets:
            for form in (secret, secret.hex().encode(), base64.b64encode(secret)):
                assert form not in content


def test_a_refused_entry_says_nothing_of_what_is_in_it() -> None:
    keyring = Keyring(WS, USER)
    epoch = keyring.add_new(JOURNAL)
    place = Place(WS, USER, JOURNAL, hex_id(1), hex_id(2), 3, SCHEMA)
    note = CANARIES["note"]
    values = seal_entry(keyring, place, epoch, "", note.encode())
    with pytest.raises(UnreadableEntry) as caught:
        open_entry(keyring, place, values | {"prev": "0" * 64})
    key = keyring.get(JOURNAL, epoch)
    assert key is not None
    error: BaseException | None = caught.value
    while error is not None:
        assert not any(note in str(arg) or key.hex() in str(arg) for arg in error.args)
        assert repr(key) not in repr(error.args)
        error = error.__cause__
