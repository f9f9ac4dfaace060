"""Icons by role: which drawing stands for what, and its SVG text.

The drawings are Lucide's (ISC licence), taken from the `lucide` package without its
Python code. Drawing them in a colour is `theme.py`'s work.
"""

import struct
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ROLES: Mapping[str, str] = {
    # places
    "today": "sun",
    "workshops": "calendar-days",
    "programme": "book-open",
    "people": "users",
    "mentoring": "message-circle",
    "journal": "notebook-pen",
    "forms": "clipboard-list",
    "results": "chart-column",
    "practices": "sparkles",
    "plan": "target",
    "certificates": "award",
    "settings": "settings",
    "more": "ellipsis",
    # acts
    "add": "plus",
    "back": "arrow-left",
    "check-in": "user-check",
    "close": "x",
    "copy": "copy",
    "edit": "pencil",
    "export": "download",
    "filter": "funnel",
    "import": "file-down",
    "merge": "merge",
    "open-folder": "folder-open",
    "print": "printer",
    "redo": "redo-2",
    "remove": "trash-2",
    "scan": "scan-barcode",
    "search": "search",
    "sort": "arrow-up-down",
    "sync": "refresh-cw",
    "undo": "undo-2",
    "upload": "upload",
    "walk-in": "user-plus",
    "zoom-in": "zoom-in",
    "zoom-out": "zoom-out",
    "zoom-fit": "maximize",
    # things
    "backup": "hard-drive",
    "consent": "shield-check",
    "document": "file-text",
    "door": "door-open",
    "help": "circle-question-mark",
    "history": "history",
    "key": "key-round",
    "language": "languages",
    "list": "layout-list",
    "mail": "mail",
    "organisation": "building-2",
    "person": "user",
    "phone": "phone",
    "place": "map-pin",
    "presentation": "presentation",
    "project": "briefcase",
    "qr": "qr-code",
    "readiness": "clipboard-check",
    "register": "grid-3x3",
    "scheme": "sun-moon",
    "sheet": "file-spreadsheet",
    "time": "clock",
    # states
    "checked": "check",
    "done": "circle-check",
    "failed": "circle-x",
    "hidden": "eye-off",
    "info": "info",
    "locked": "lock",
    "offline": "cloud-off",
    "unlocked": "lock-open",
    "visible": "eye",
    "warning": "triangle-alert",
    # directions
    "down": "chevron-down",
    "left": "chevron-left",
    "menu": "menu",
    "right": "chevron-right",
    "up": "chevron-up",
}

# A little lighter than Lucide's own 2: calmer beside 13.5 px text.
STROKE_WIDTH = 1.75

# Records of a ZIP file and the offsets in them: PKWARE APPNOTE 6.3, 4.3.7 and 4.3.12.
_DIRECTORY_RECORD = struct.Struct("<4s6xH4x4xL4xHHH8xL")
_LOCAL_HEADER = struct.Struct("<26xHH")
_DIRECTORY_MARK = b"PK\x01\x02"
_RAW_DEFLATE, _DEFLATED = -15, 8


def svg_source(role: str, color: str) -> bytes:
    """Return the drawing of a role as SVG with its line in "#RRGGBB".

    Raises:
        KeyError: no such role, or the package has no such drawing.
    """
    name = ROLES[role] + ".svg"
    drawing = _member(_package_file(), name.encode())
    width = f'stroke-width="{STROKE_WIDTH}"'.encode()
    return drawing.replace(b"currentColor", color.encode()).replace(b'stroke-width="2"', width)


@cache
def _package_file() -> bytes:
    spec = find_spec("lucide")
    if spec is None or not spec.submodule_search_locations:
        raise KeyError("lucide")
    return (Path(next(iter(spec.submodule_search_locations))) / "lucide.zip").read_bytes()


def _member(archive: bytes, name: bytes) -> bytes:
    """Return one file of a ZIP archive.

    `zipfile` reads the whole directory of 1,745 drawings first, which costs 10 ms
    of the start; the window needs fifteen of them.

    Raises:
        KeyError: there is no such file in the archive.
    """
    size = _DIRECTORY_RECORD.size
    found = archive.rfind(name)
    while found >= size:
        start = found - size
        if archive[start : start + 4] == _DIRECTORY_MARK:
            _, method, packed, length, _, _, local = _DIRECTORY_RECORD.unpack_from(archive, start)
            if length == len(name):
                name_length, extra_length = _LOCAL_HEADER.unpack_from(archive, local)
                begin = local + 30 + name_length + extra_length
                content = archive[begin : begin + packed]
                return zlib.decompress(content, _RAW_DEFLATE) if method == _DEFLATED else content
        found = archive.rfind(name, 0, found)
    raise KeyError(name.decode())
