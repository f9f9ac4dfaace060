"""The few words that Qt itself shows: its file dialog, and the menu of a field.

Qt's own catalogues lack some of our languages, so its texts go through ours.
"""

from collections.abc import Mapping

from PySide6.QtCore import QTranslator

from mentor_desktop.i18n import N_, _

# Qt's text, with the mark of its Alt key, to the word as it stands in our catalogues.
_WORDS: Mapping[str, str] = {
    "&Undo": N_("Undo"),
    "&Redo": N_("Redo"),
    "Cu&t": N_("Cut"),
    "&Copy": N_("Copy"),
    "&Paste": N_("Paste"),
    "Delete": N_("Delete"),
    "&Delete": N_("Delete"),
    "Select All": N_("Select all"),
    "&Open": N_("Open"),
    "Open": N_("Open"),
    "&Save": N_("Save"),
    "Save": N_("Save"),
    "&Choose": N_("Choose"),
    "Cancel": N_("Cancel"),
    "&Rename": N_("Rename"),
    "&New Folder": N_("New folder"),
    "Create New Folder": N_("New folder"),
    "Create a New Folder": N_("New folder"),
    "Show &hidden files": N_("Show hidden files"),
    "&Look in:": N_("Look in:"),
    "Directory:": N_("Folder:"),
    "File &name:": N_("File name:"),
    "Files of &type:": N_("Kind of file:"),
    "All Files (*)": N_("All files (*)"),
    "Directories": N_("Folders"),
    "Files": N_("Files"),
    "Back": N_("Back"),
    "Go back": N_("Back"),
    "Forward": N_("Forward"),
    "Go forward": N_("Forward"),
    "Parent Directory": N_("The folder above"),
    "Go to the parent directory": N_("The folder above"),
    "List View": N_("As a list"),
    "Change to list view mode": N_("As a list"),
    "Detail View": N_("With details"),
    "Change to detail view mode": N_("With details"),
    "Computer": N_("Computer"),
    "Name": N_("Name"),
    "Size": N_("Size"),
    "Type": N_("Kind"),
    "Date Modified": N_("Changed"),
    "Drive": N_("Drive"),
    "Folder": N_("Folder"),
    "Sidebar": N_("Places"),
    "List of places and bookmarks": N_("Places"),
}


class QtWords(QTranslator):
    """Answers Qt's own texts from our catalogue; what it does not know stays as Qt has it."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self,
        _context: str,
        source: str,
        _disambiguation: str | None = None,
        _n: int = -1,
    ) -> str | None:
        known = _WORDS.get(source)
        words = _(known) if known else None
        # None, not "": Qt would show nothing.
        return words if words != known else None
