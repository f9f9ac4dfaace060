"""A program that is killed while it seals or applies has done each step whole or not at all."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mentor_desktop.sync.protocol.batches import NO_HASH, frames, read_batch
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.recompute import check_stream
from tests import factories
from tests.sync.replica.devices import Device, Devices, same

PROGRAM = Path(__file__).with_name("killed_exchange.py")
ROOT = Path(__file__).resolve().parents[3]
ACTIONS = 40
A_TIME = 60
LONGEST_S = 0.4
MOST_ROUNDS = 10


def _work(device: Device) -> None:
    for number in range(ACTIONS):
        with device.acting() as uow:
            for _ in range(A_TIME):
                factories.organisation(uow.session)
            uow.raw.execute(
                "UPDATE organisation SET city = ? WHERE rowid % 7 = ?", (f"C{number}", number % 7)
            )


def _run_and_kill(device: Device, what: str, pages: Path, after_s: float | None) -> bool:
    """Let the program work for a while; say whether it came to its end."""
    order = [
        sys.executable, str(PROGRAM), what, str(device.workspace.folder.database),
        device.workspace.key.hex(), str(pages),
    ]  # fmt: skip
    with subprocess.Popen(order, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "begun\n"
        try:
            program.wait(after_s)
        except subprocess.TimeoutExpired:
            program.kill()
        return program.stdout.read() == "done\n"


def _kill_until_done(device: Device, what: str, pages: Path, dice: Random) -> int:
    """Kill it again and again, later each time, until it ends; return how often it was killed."""
    for killed in range(MOST_ROUNDS):
        if _run_and_kill(device, what, pages, dice.random() * LONGEST_S * (1 + killed / 2)):
            return killed
    assert _run_and_kill(device, what, pages, None)
    return MOST_ROUNDS


def test_killed_while_sealing_every_change_is_sealed_once(devices: Devices, tmp_path: Path) -> None:
    a, b = devices(2)
    _work(a)
    changes = a.raw.execute("SELECT count(*) FROM change").fetchone()[0]
    killed = _kill_until_done(a, "seal", tmp_path, Random(1))
    assert killed > 0, "it was never killed: nothing was tried"
    batches = a.batches("people")
    assert sum(one.header.count for one in batches) == changes
    key = next(one.sign_key for one in state.peers(a.raw) if one.device == a.id)
    previous = NO_HASH
    for batch in batches:
        read_batch(batch, Ed25519PublicKey.from_public_bytes(key or b""))
        assert batch.header.prev_hash == previous
        previous = batch.header.hash
    assert check_stream(a.raw, "people").was_right
    b.receive("people", batches, with_consent=True)
    same(a, b)


def test_killed_while_applying_the_cursor_stands_for_what_is_there(
    devices: Devices, tmp_path: Path
) -> None:
    a, b = devices(2)
    _work(a)
    pages = tmp_path / "pages.json"
    pages.write_text(json.dumps([("people", frames([one]).hex()) for one in a.batches("people")]))
    killed = 0
    dice = Random(2)
    for _ in range(MOST_ROUNDS):
        ended = _run_and_kill(b, "apply", pages, dice.random() * LONGEST_S * (1 + killed / 2))
        held = b.raw.execute("SELECT count(*) FROM sync_batch").fetchone()[0]
        assert held == state.cursor(b.raw, "people").since
        if ended:
            break
        killed += 1
        assert check_stream(b.raw, "people").was_right
    assert killed > 0, "it was never killed: nothing was tried"
    assert _run_and_kill(b, "apply", pages, None)
    same(a, b)
