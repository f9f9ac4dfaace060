"""Tells one walk again: python -m tests.sync.simulation.replay SEED [STEPS]."""

import os
import sys
import tempfile
from pathlib import Path

from tests.sync.simulation.base import make_base
from tests.sync.simulation.walking import walk

STEPS = 50


def main(seed: int, steps: int) -> None:
    """Print the story of a walk and the fingerprint of where it ends; a failure is raised."""
    with tempfile.TemporaryDirectory() as folder:
        # What notices copies is kept beside the settings of the person: not of this one.
        os.environ["XDG_DATA_HOME"] = folder
        walked = walk(make_base(Path(folder) / "base"), Path(folder) / "world", seed, steps)
    sys.stdout.write("\n".join((*walked.world.story, walked.fingerprint, "")))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else STEPS)
