"""A table out of the workspace: its fields are named before anything is written."""

import csv
from pathlib import Path

from mentor_desktop.ui.exporting import ExportPanel, open_export
from mentor_desktop.ui.widgets.buttons import Button
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office


def _open(office: Office, kind: str, workshop_id: str = "") -> ExportPanel:
    page = office.go("people")
    open_export(page.desk, kind, workshop_id)
    office.settle()
    panel = office.panel
    assert isinstance(panel, ExportPanel)
    return panel


def test_the_fields_are_named_and_the_file_is_called_open(office: Office, sample: Sample) -> None:
    panel = _open(office, "participants", sample.workshop_id)
    words = " ".join(office.texts(panel))
    assert "60 rows" in words
    assert "Support needs" in words
    assert "The file is not encrypted" in words
    assert office.find(Button, "Save the file", panel).isEnabled()


def test_a_csv_file_holds_what_was_said(office: Office, sample: Sample, tmp_path: Path) -> None:
    panel = _open(office, "participants", sample.workshop_id)
    panel.save_to(tmp_path / "people.csv")
    office.settle()
    text = (tmp_path / "people.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";" if ";" in text[:60] else ","))
    assert len(rows) == 60
    assert rows[0]["given_name"] == "Ștefania"
    assert office.window.frame.last_toast.startswith("Saved to ")


def test_a_place_that_cannot_be_written_is_named(
    office: Office, sample: Sample, tmp_path: Path
) -> None:
    panel = _open(office, "organisations")
    panel.save_to(tmp_path / "no such folder" / "x.csv")
    office.settle()
    assert any("cannot be written" in word for word in office.texts(panel))
