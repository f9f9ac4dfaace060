"""Making the one QApplication, so that the start costs as little as it can."""

from collections.abc import Sequence

from PySide6.QtWidgets import QApplication

_STYLED = "mentor_fusion"


def make_application(arguments: Sequence[str]) -> QApplication:
    """Return the application of this process, made if there is none; `arguments` as in `sys.argv`.

    The base style is asked for on the command line: `setStyle` hands back a QStyle, and its
    26 enums cost Python 6 ms.
    """
    application = QApplication.instance()
    if isinstance(application, QApplication):
        return application
    application = QApplication([*arguments[:1], "-style", "fusion"])
    application.setProperty(_STYLED, True)
    return application


def use_base_style(application: QApplication) -> None:
    """Make sure that the style sheet is drawn over Fusion on every system."""
    if not application.property(_STYLED):
        application.setStyle("Fusion")
        application.setProperty(_STYLED, True)
