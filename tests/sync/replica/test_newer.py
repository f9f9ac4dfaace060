"""What a newer program sends is carried, shown to nobody, and there once the program is updated."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from mentor_desktop.ids import new_id
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, frames, make_batch
from mentor_desktop.sync.protocol.operations import Action, Content, Op, OpId, runs_of
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.recompute import check_stream
from tests.sync.replica.devices import Device, Devices, same

NEWER = Path(__file__).with_name("newer_program.py")
HLC = 1_773_129_900_000 << 16


def _newer_batch(device: Device) -> tuple[Batch, str, str]:
    """Return what a newer program on this device would have sealed; a person and a badge."""
    own = state.identity(device.raw)
    person, badge = new_id(), new_id()
    known = {**entities()["person"].defaults, "given_name": "Ona", "created_at": 1}
    known.pop("id")
    ops = [
        ("person", person, "create", "", {**known, "nickname": "Onutė"}, ()),
        ("badge", badge, "create", "", {"person_id": person, "colour": "red", "size": "S"}, ()),
        ("badge", badge, "set", "look", {"colour": "blue", "size": "M"}, (OpId(own.device, 2),)),
        ("person", person, "set", "email", {"email": "ona@example.org"}, (OpId(own.device, 1),)),
    ]
    made = [
        Op(own.device, seq, HLC + seq, entity, row, kind, group, values, base)
        for seq, (entity, row, kind, group, values, base) in enumerate(ops, 1)
    ]
    content = Content(runs_of(made), (Action(4, 1, "Rasa", "Made {what} of tomorrow", {}),))
    batch = make_batch(own.workspace, "people", own.device, 1, NO_HASH, content, 99, own.signer())
    return batch, person, badge


def _newer(device: Device, pages: dict[str, list[Batch]]) -> dict[str, Any]:
    order = {
        "database": str(device.workspace.folder.database),
        "key": device.workspace.key.hex(),
        "pages": {stream: frames(batches).hex() for stream, batches in pages.items()},
    }
    done = subprocess.run(
        [sys.executable, str(NEWER)],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_what_is_unknown_is_carried_and_the_rest_shown(devices: Devices) -> None:
    a, b, c = devices(3)
    batch, person, badge = _newer_batch(a)
    for one in (b, c):
        one.receive("people", [batch])
        assert one.value("person", person, "email") == "ona@example.org"
        assert {(row[0], row[1], row[5]) for row in one.shelf()} == {
            ("badge", badge, f'{{"colour":"red","person_id":"{person}","size":"S"}}'),
            ("badge", badge, '{"colour":"blue","size":"M"}'),
            ("person", person, '{"nickname":"Onutė"}'),
        }
        assert check_stream(one.raw, "people").was_right
    same(b, c)
    # It is passed on as it came.
    assert b.batches("people", of=a.id) == [batch]
    # An older program changes what it knows, and loses nothing of the rest.
    b.set("person", person, note="edited by an older program")
    c.receive_all(b)
    assert {row[5] for row in c.shelf() if row[0] == "person"} == {'{"nickname":"Onutė"}'}
    same(b, c)


def test_after_an_update_it_is_as_if_the_program_had_always_known(devices: Devices) -> None:
    a, b, c = devices(3)
    batch, person, badge = _newer_batch(a)
    b.receive("people", [batch])
    updated = _newer(b, {})
    always_new = _newer(c, {"people": [batch]})
    assert updated.pop("caught_up") == ["people"]
    assert always_new.pop("caught_up") == []
    assert updated == always_new
    assert updated == {
        "again": [],
        "badges": [[badge, person, "blue", "M"]],
        "nicknames": [[person, "Onutė"]],
        "shelf": [],
        "is_right": True,
    }
