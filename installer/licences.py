"""Collect the licence of everything that travels with the packaged program.

Run in the packaging environment: `python installer/licences.py requirements.lock FOLDER`.
Standard library only.
"""

import re
import shutil
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

# Build tools of the fonts: only their product travels, and its licence lies beside it.
_LICENCE_FILE = re.compile(
    r"(^|/)(licen[cs]es?/.*|(licen[cs]e|copying|notice|authors)[^/]*)$", re.IGNORECASE
)


def locked_names(lock: Path) -> list[str]:
    """Return the names of all locked packages, in the order of the file."""
    return re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text("utf-8"), re.MULTILINE)


def _stated(package: Distribution) -> str:
    meta = dict(package.metadata.json)
    classifiers = [
        one.rpartition(" :: ")[2]
        for one in meta.get("classifier", [])
        if one.startswith("License ::")
    ]
    stated = meta.get("license_expression") or meta.get("license") or ", ".join(classifiers)
    return str(stated).strip().splitlines()[0][:80] if stated else "see its file"


def collect(lock: Path, folder: Path) -> list[str]:
    """Copy the licence files of installed packages; return one line for each package."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = []
    for name in locked_names(lock):
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # of another system
        lines.append(f"{name} {package.version}: {_stated(package)}")
        for file in package.files or []:
            if _LICENCE_FILE.search(str(file)) and file.suffix not in {".py", ".pyc"}:
                target = folder / name / file.name
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(str(package.locate_file(file)), target)
    (folder / "LIST.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return lines


if __name__ == "__main__":
    print(f"Licences of {len(collect(Path(sys.argv[1]), Path(sys.argv[2])))} packages collected.")
