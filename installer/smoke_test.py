"""Try the packaged program as a stranger's computer would: no Python, an empty PATH, a new home.

What it packs, a whole workshop day by commands, and the demo workshop in a real window.
Prints one line per step; exits 1 with a sentence at the first thing that is wrong.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from PyInstaller.archive.readers import CArchiveReader

from installer.build import BUILD, PROGRAM, ROOT, size_mb
from tools.display import close, colours_shown, display, window_named

EXECUTABLE = PROGRAM / "mentor-desktop"
PICTURE = BUILD / "smoke" / "window.png"
WORKSHOP = "WS-2026-01"
TITLE = "Mentor Desktop"
MAX_SIZE_MB = 190
MIN_CERTIFICATES = 20
MIN_COLOURS = 200  # a blank window has one or two, a page without a workshop a hundred
MIN_WIDTH = 1100
START_LIMIT_S = 30.0
SETTLE_S = 2.0  # for the picture that a person looks at later
CLOSE_LIMIT_S = 30.0
COMMAND_LIMIT_S = 180

PACKED = frozenset(
    [
        "PIL",
        "PySide6",
        "alembic",
        "anyio",
        "appdirs",
        "babel",
        "backports",
        "charset_normalizer",
        "cryptography",
        "h11",
        "httpcore2",
        "httpx2",
        "idna",
        "importlib_metadata",
        "jaraco",
        "jeepney",
        "keyring",
        "lazy_importer",
        "lucide",
        "mako",
        "markupsafe",
        "mentor_desktop",
        "more_itertools",
        "msgspec",
        "pypdfium2",
        "pypdfium2_cfg",
        "pypdfium2_raw",
        "python_calamine",
        "reportlab",
        "secretstorage",
        "shiboken6",
        "sqlalchemy",
        "sqlcipher3",
        "truststore",
        "typing_extensions",
        "tzdata",
        "uharfbuzz",
        "xlrd",
        "zipp",
        "zxcvbn",
        "zxingcpp",
    ]
)
# Qt Charts and its kin are GPL only; the rest is size without use.
FORBIDDEN = (
    "QtCharts",
    "QtGraphs",
    "QtDataVisualization",
    "VirtualKeyboard",
    "QtQml",
    "libgtk",
    "numpy",
)


class SmokeError(Exception):
    """The packaged program is not as it must be."""


def say(step: str) -> None:
    """Report one finished step."""
    print(f"smoke: {step}", flush=True)


def packed_packages() -> set[str]:
    """Return the top-level packages in the program that are not of the standard library."""
    modules = CArchiveReader(str(EXECUTABLE)).open_embedded_archive("PYZ.pyz").toc
    names = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names
    return {name for name in names if not name.startswith("_")}


def check_contents() -> None:
    """Check what is in the folder and how large it is."""
    strangers = packed_packages() - PACKED
    if strangers:
        raise SmokeError(f"packed without being asked for: {sorted(strangers)}")
    unwanted = [path for path in PROGRAM.rglob("*") if any(one in path.name for one in FORBIDDEN)]
    if unwanted:
        raise SmokeError(f"not to be shipped: {unwanted[0]}")
    dangling = [path for path in PROGRAM.rglob("*") if path.is_symlink() and not path.exists()]
    if dangling:
        raise SmokeError(f"points nowhere: {dangling[0]}")
    size = size_mb(PROGRAM)
    if size > MAX_SIZE_MB:
        raise SmokeError(f"{size:.0f} MB is more than {MAX_SIZE_MB}")
    say(f"{size:.0f} MB, {len(packed_packages())} packages, all known")


def bare_environment(home: Path, display_name: str = "") -> dict[str, str]:
    """Return the environment of a computer without Python or anything else on the PATH."""
    bare = {"HOME": str(home), "PATH": "", "LANG": "C.UTF-8", "TMPDIR": str(home)}
    return {**bare, "DISPLAY": display_name} if display_name else bare


def command(home: Path, *arguments: str) -> dict[str, object]:
    """Run one command of the program and return the object it prints."""
    done = subprocess.run(
        [str(EXECUTABLE), *_keys(home), *arguments, "--json"],
        env=bare_environment(home),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_LIMIT_S,
    )
    if done.returncode:
        raise SmokeError(f"`{' '.join(arguments)}` ended with {done.returncode}: {done.stderr}")
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def _keys(home: Path) -> list[str]:
    return ["--workspace", str(home / "W"), "--passphrase-file", str(home / "P")]


def check_workshop_day(home: Path) -> None:
    """Do the workshop day by commands: marks, certificates, prints, and the proof of one."""
    today = datetime.now().astimezone().date()
    command(home, "demo", "--starts-on", today.isoformat())
    samples = ROOT / "resources" / "samples"
    command(home, "import", "attendance", str(samples / "attendance.csv"), "--workshop", WORKSHOP)
    command(home, "issue", "certificates", "--workshop", WORKSHOP)
    papers = home / "papers"
    command(home, "print", "list", "--workshop", WORKSHOP, "--out", str(papers))
    before = set(papers.rglob("*.pdf"))
    if not before:
        raise SmokeError("no attendance list was printed")
    command(home, "print", "certificates", "--workshop", WORKSHOP, "--out", str(papers))
    certificates = sorted(set(papers.rglob("*.pdf")) - before)
    if len(certificates) < MIN_CERTIFICATES:
        raise SmokeError(f"only {len(certificates)} certificates were printed")
    if not all(path.read_bytes().startswith(b"%PDF-") for path in papers.rglob("*.pdf")):
        raise SmokeError("a print is not a PDF")
    command(home, "verify", str(certificates[0]))
    say(f"workshop day done, {len(certificates)} certificates printed, the first one verified")


def check_window(home: Path) -> None:
    """Open the demo workshop in a window, look at it and close it."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with display() as name:
        started = time.monotonic()
        program = subprocess.Popen(
            [str(EXECUTABLE), *_keys(home)], env=bare_environment(home, name), cwd=home
        )
        try:
            window_named(TITLE, name, program, START_LIMIT_S)
            shown_s = time.monotonic() - started
            # The lock page comes first and opens by the passphrase file; the workshop is wider.
            window = window_named(TITLE, name, program, START_LIMIT_S, at_least_wide=MIN_WIDTH)
            colours = _wait_for_colours(window, name)
            close(window, name)
            code = program.wait(timeout=CLOSE_LIMIT_S)
        finally:
            program.kill()
            program.wait()
    if code:
        raise SmokeError(f"closing the window ended the program with {code}")
    say(f"window after {shown_s:.1f} s, {colours} colours, closed cleanly; see {PICTURE}")


def _wait_for_colours(window: str, display_name: str) -> int:
    deadline = time.monotonic() + START_LIMIT_S
    settled = time.monotonic() + SETTLE_S
    colours = 0
    while colours < MIN_COLOURS or time.monotonic() < settled:
        colours = colours_shown(window, display_name, PICTURE)
        if time.monotonic() > deadline:
            raise SmokeError(f"the window stayed blank: {colours} colours")
    return colours


def main() -> int:
    """Run every step."""
    with tempfile.TemporaryDirectory(prefix="mentor-smoke-") as folder:
        home = Path(folder)
        (home / "P").write_text("correct horse battery staple\n", "utf-8")
        try:
            check_contents()
            check_workshop_day(home)
            check_window(home)
        except (SmokeError, RuntimeError) as error:
            print(f"smoke: {error}", file=sys.stderr)
            return 1
    say("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
