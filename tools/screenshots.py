"""`make screenshots`: every page in every variant, and the prints, to be looked at.

docs/screenshots/ gets each page in light and dark, the prints, and one contact sheet per
variant; build/screenshots/ keeps every single picture. The clock stands still, so that a
picture changes only when the page does.

Usage: python -m tools.screenshots [VARIANT …]
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageOps

from mentor_desktop.documents.recovery_sheet import RecoverySheet, render_recovery_sheet
from mentor_desktop.services import papers
from mentor_desktop.services.certificate_papers import render_certificate_register
from mentor_desktop.services.certificates import issue_certificates
from mentor_desktop.services.demo import DEMO_WORKSHOP, fill_with_samples, sample
from mentor_desktop.services.imports.run import ImportRequest, run_import
from mentor_desktop.services.people import search_people
from mentor_desktop.services.roll_call import render_roll_call
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.settings import setting
from mentor_desktop.store.workspace import Workspace
from tools.screenshot_exchange import share
from tools.screenshot_scenes import EVENING_AT, MORNING_AT, VARIANTS
from tools.two_laptops import meet

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "screenshots"
OUT = ROOT / "docs" / "screenshots"
KEPT_WHOLE = ("light", "dark")
PASSPHRASE = "a passphrase for pictures"  # noqa: S105 of a workspace that is thrown away
SHEET_CODE = "EXM6-SVBS-PH7E-1SD2-62N9-0269-PJND-RHKF-W1X6"  # opens nothing
HERE_SO_FAR = 23
MORNINGS = ("morning", "two-laptops")
COLUMNS = 4
_OFFSCREEN_REMARK = "does not support propagateSizeHints"
THUMBNAIL_WIDTH = 480
GAP = 12
PAPER_SCALE = 1.5
COLOURS = 128  # a page has few; a palette makes a picture a third as large


def _attendance(rows_of_first_slot: int | None) -> bytes:
    """Return the sample marks, or those of the first people in the first half-day only."""
    marks = sample("attendance.csv")
    if rows_of_first_slot is None:
        return marks
    table = list(csv.reader(io.StringIO(marks.decode("utf-8-sig"))))
    came = [row for row in table[1:] if row[1] == "D1-AM" and row[2] == "present"]
    kept = io.StringIO()
    csv.writer(kept).writerows([table[0], *came[:rows_of_first_slot]])
    return kept.getvalue().encode()


def make_workspace(name: str, moment: datetime) -> None:
    """Make one workspace beside a file with its key and the ids that scenes name."""
    root = WORK / name
    workspace, _code = Workspace.create(
        root,
        PASSPHRASE,
        clock=lambda: moment,
        actor="Rasa Jankauskaitė" if name == "shared" else "",
    )
    facts = {"workshop_id": "", "person_id": ""}
    if name != "empty":
        facts["workshop_id"] = fill_with_samples(workspace)
        marks = _attendance(HERE_SO_FAR if name in MORNINGS else None)
        request = ImportRequest(
            kind="attendance", file_name="attendance.csv", content=marks, workshop=DEMO_WORKSHOP
        )
        run_import(workspace, request)
        with workspace.reader() as reader:
            facts["person_id"] = search_people(reader, "mun")[0].id
    if name == "shared":
        share(workspace, WORK, lambda: moment)
    if name == "two-laptops":
        meet(workspace, facts["workshop_id"], WORK / "stick", PASSPHRASE)
    if name == "evening":
        with workspace.unit_of_work() as uow:
            issue_certificates(uow, facts["workshop_id"])
        draw_prints(workspace, facts["workshop_id"])
    with closing(workspace.plain_connection()) as connection:
        facts["incarnation"] = setting(connection, "incarnation")
    facts["key"] = KeyFile.load(workspace.folder.key_file).open_with_passphrase(PASSPHRASE).hex()
    workspace.close()
    (WORK / f"{name}.json").write_text(json.dumps(facts), "utf-8")


def draw_prints(workspace: Workspace, workshop_id: str) -> None:
    """Draw the first pages of every kind of paper, and one of each in Lithuanian."""
    for language, most in (("en", 2), ("lt", 1)):
        with workspace.reader() as reader:
            made = {
                "attendance-list": papers.render_attendance_list(
                    reader, workshop_id, language=language
                ).data,
                "roll-call": render_roll_call(reader, workshop_id, language=language).data,
                "hand-over-list": render_certificate_register(
                    reader, workshop_id, language=language
                ).data,
                "recovery-sheet": _recovery_sheet(workspace, language),
            }
            if language == "en":  # a certificate is in the languages of its workshop
                certificates = papers.certificate_papers(reader, workshop_id, single_file=True)
                made["certificate"] = certificates[0].data
        for name, content in made.items():
            pages = pypdfium2.PdfDocument(content)
            for number in range(min(len(pages), most)):
                picture = pages[number].render(scale=PAPER_SCALE).to_pil()
                in_language = "" if language == "en" else f"-{language}"
                _save(picture, OUT / f"print-{name}{in_language}-{number + 1}.png")


def _recovery_sheet(workspace: Workspace, language: str) -> bytes:
    now = workspace.clock()
    sheet = RecoverySheet("Mentors across borders", SHEET_CODE, now.date(), language=language)
    return render_recovery_sheet(sheet, created_at=now)


def _save(picture: Image.Image, path: Path) -> None:
    picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def contact_sheet(pictures: list[Path], path: Path) -> None:
    """Lay all pictures of a variant out on one sheet, each with its name."""
    tiles = []
    for one in pictures:
        with Image.open(one) as picture:
            height = round(picture.height * THUMBNAIL_WIDTH / picture.width)
            tile = picture.convert("RGB").resize(
                (THUMBNAIL_WIDTH, height), Image.Resampling.LANCZOS
            )
        tile = ImageOps.expand(tile, (GAP, 2 * GAP, GAP, 0), "#888888")
        ImageDraw.Draw(tile).text((GAP, GAP // 2), one.stem, fill="white")
        tiles.append(tile)
    width, height = tiles[0].size
    rows = -(-len(tiles) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * width, rows * height), "#888888")
    for index, tile in enumerate(tiles):
        sheet.paste(tile, (index % COLUMNS * width, index // COLUMNS * height))
    _save(sheet, path)


def draw_variant(name: str) -> None:
    """Draw every page in one variant, in a process of its own, and its contact sheet."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.screenshot_scenes", name, str(WORK)],
        cwd=ROOT,
        # The computer stands where the workshop is.
        env={**os.environ, "TZ": "Europe/Prague"},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if _OFFSCREEN_REMARK not in line]
    print("\n".join(told), end="\n" if told else "", file=sys.stderr)
    done.check_returncode()
    pictures = sorted(
        (WORK / "pictures" / name).glob("*.png"), key=lambda path: path.stat().st_mtime
    )
    contact_sheet(pictures, OUT / f"sheet-{name}.png")
    if name in KEPT_WHOLE:
        for picture in pictures:
            with Image.open(picture) as whole:
                _save(whole, OUT / f"{picture.stem}-{name}.png")
    print(f"{name}: {len(pictures)} pictures", flush=True)


def main(wanted: list[str]) -> int:
    """Draw the wanted variants; all of them when none is named."""
    unknown = set(wanted) - VARIANTS.keys()
    if unknown:
        print(f"No variant is called {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    OUT.mkdir(parents=True, exist_ok=True)
    moments = {
        "empty": MORNING_AT,
        "morning": MORNING_AT,
        "shared": MORNING_AT,
        "two-laptops": MORNING_AT,
        "closing": EVENING_AT,
        "evening": EVENING_AT,
    }
    for name, moment in moments.items():
        make_workspace(name, moment)
    for name in wanted or VARIANTS:
        draw_variant(name)
    print(f"Look at them: {OUT.relative_to(ROOT)}/sheet-*.png, {WORK.relative_to(ROOT)}/pictures/")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
