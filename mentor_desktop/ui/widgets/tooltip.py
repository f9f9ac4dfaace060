"""Words that come up under the pointer."""

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as RichText


def tip(text: str) -> str:
    """Return a text for a tooltip that shows it as it is written.

    Qt takes a name that looks like HTML for HTML, and would fetch the pictures it names.
    """
    if not RichText.mightBeRichText(text):
        return text
    return RichText.convertFromPlainText(text, Qt.WhiteSpaceMode.WhiteSpaceNormal)
