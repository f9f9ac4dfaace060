"""Put the programs that cold starts are measured beside into build/peers, from the registry.

Usage: python benchmarks/_peers.py   (a few hundred MB; once)
"""

import os
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).resolve().parent.parent / "build" / "peers"
PACKAGES = {"vorta": "vorta", "picard": "picard", "aqt": "aqt[qt6]"}

# Anki asks questions at its first start; a profile with some notes is what its users have.
ANKI_PROFILE = """
import sys
from pathlib import Path
from aqt.qt import QApplication
from aqt.profiles import ProfileManager
from anki.collection import Collection
app = QApplication([])
profiles = ProfileManager(Path(sys.argv[1])); profiles.setupMeta(); profiles.setLang("en_US")
profiles.meta.update(firstRun=False, updates=False, suppressUpdate="x", lastMsg=10**9)
profiles.create("User 1"); profiles.openProfile("User 1")
profiles.profile["autoSync"] = False; profiles.save()
collection = Collection(profiles.collectionPath())
basic = collection.models.by_name("Basic")
for number in range(2000):
    note = collection.new_note(basic); note["Front"] = f"Front {number}"; note["Back"] = "Back text " * 10
    collection.add_note(note, collection.decks.id(f"Course {number % 20}"))
collection.close()
"""


def main() -> None:
    """Install what is missing."""
    PEERS.mkdir(parents=True, exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    for name, package in PACKAGES.items():
        folder, made = PEERS / name, PEERS / f"{name}.made"
        if made.exists():
            continue
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin/pip"), "install", "-q", package], check=True)
        subprocess.run(
            [str(folder / "bin/python"), "-m", "compileall", "-q", str(folder / "lib")],
            env=environment,
            check=False,
        )
        made.touch()  # what was interrupted is made anew
    base = PEERS / "anki-base"
    if not base.exists():
        base.mkdir()
        command = [str(PEERS / "aqt/bin/python"), "-c", ANKI_PROFILE, str(base)]
        subprocess.run(command, env={**environment, "QT_QPA_PLATFORM": "offscreen"}, check=True)


if __name__ == "__main__":
    main()
