"""Anki's client against Anki's own server on loopback: notes up, then down, by its normal sync.

Each note carries the fields of one record in its two fields, as `sync_records.py` writes them.
"""

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

INTERPRETER = Path(__file__).resolve().parent.parent / "build" / "peers" / "aqt" / "bin" / "python"
STEP_LIMIT_S = 300

# One step of one profile, in a process of its own so that its CPU is its own.
STEP = """
import csv, json, resource, sys, time
from anki.collection import AddNoteRequest, Collection

def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime

def note_of(front, back):
    note = collection.new_note(kind)
    note["Front"], note["Back"] = front, back
    return note

step, path, endpoint, table = sys.argv[1:5]
collection = Collection(path)
kind, deck = collection.models.by_name("Basic"), collection.decks.id("Default")
login = None
if step != "add":
    login = collection.sync_login(username="user", password="pass", endpoint=endpoint)
started, cpu = time.perf_counter(), cpu_s()
if step in ("seed", "fetch_all"):
    if step == "seed":
        collection.add_note(note_of("seed", "seed"), deck)
    answer = collection.sync_collection(login, False)
    collection.close_for_full_sync()
    collection.full_upload_or_download(
        auth=login, server_usn=answer.server_media_usn, upload=step == "seed"
    )
    collection.reopen(after_full_sync=True)
elif step == "add":
    with open(table, encoding="utf-8", newline="") as file:
        notes = [note_of(" ".join(row[:3]), " ".join(row[3:])) for row in csv.reader(file)]
    collection.add_notes([AddNoteRequest(note=note, deck_id=deck) for note in notes])
else:
    answer = collection.sync_collection(login, False)
    assert answer.required == answer.NO_CHANGES, "a full sync was asked for"
figures = {"wall_s": time.perf_counter() - started, "cpu_s": cpu_s() - cpu}
collection.close()
print(json.dumps(figures))
"""


class Figures(NamedTuple):
    """Wall and CPU seconds of one step; the server's CPU is that of its process meanwhile."""

    wall_s: float
    cpu_s: float
    server_cpu_s: float


def measure(table: Path, folder: Path, port: int) -> tuple[Figures, Figures]:
    """Return the figures of sending the records of `table` and of fetching them elsewhere."""
    environment = {
        **os.environ,
        "SYNC_USER1": "user:pass",
        "SYNC_BASE": str(folder / "server"),
        "SYNC_HOST": "127.0.0.1",
        "SYNC_PORT": str(port),
        "RUST_LOG": "error",
    }
    (folder / "server").mkdir()
    server = subprocess.Popen(
        [str(INTERPRETER), "-m", "anki.syncserver"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        sender, receiver = folder / "a.anki2", folder / "b.anki2"
        _step("seed", sender, port, table, server.pid)
        _step("fetch_all", receiver, port, table, server.pid)
        _step("add", sender, port, table, server.pid)
        up = _step("sync", sender, port, table, server.pid)
        down = _step("sync", receiver, port, table, server.pid)
    finally:
        server.terminate()
        server.wait(10)
    return up, down


def wait_for_port(port: int, timeout_s: float = 20.0) -> None:
    """Return when somebody listens there.

    Raises:
        TimeoutError: nobody does.
    """
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        with socket.socket() as one:
            one.settimeout(0.2)
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on port {port}")


def process_cpu_s(pid: int) -> float:
    """Return the user and system seconds of a living process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _step(name: str, collection: Path, port: int, table: Path, server: int) -> Figures:
    before = process_cpu_s(server)
    done = subprocess.run(
        [
            str(INTERPRETER),
            "-c",
            STEP,
            name,
            str(collection),
            f"http://127.0.0.1:{port}/",
            str(table),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=STEP_LIMIT_S,
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    return Figures(figures["wall_s"], figures["cpu_s"], process_cpu_s(server) - before)
