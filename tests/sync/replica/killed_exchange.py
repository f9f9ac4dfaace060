"""Seals or applies until it is killed: `seal` or `apply`, the file, its key, the file of pages."""

import json
import sys
from pathlib import Path

from mentor_desktop.store.connection import connect
from mentor_desktop.sync.protocol.batches import read_frames
from mentor_desktop.sync.replica.applying import apply_page
from mentor_desktop.sync.replica.sealing import Sealer
from mentor_desktop.sync.replica.state import Cursor, cursor


def main() -> None:
    """Say that the work begins, do it, say that it is done."""
    what, database, key, pages = sys.argv[1:]
    raw = connect(Path(database), bytes.fromhex(key))
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    if what == "seal":
        Sealer(raw).seal_all()
    else:
        for number, (stream, message) in enumerate(json.loads(Path(pages).read_text()), 1):
            if cursor(raw, stream).since < number:
                apply_page(
                    raw, stream, read_frames(bytes.fromhex(message)), cursor=Cursor("e", number)
                )
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main()
