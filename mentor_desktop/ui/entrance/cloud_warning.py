"""A word about a folder that some service synchronises, below the line it is typed into."""

from pathlib import Path

from mentor_desktop.i18n import _
from mentor_desktop.services.workspace_places import look_at
from mentor_desktop.ui.widgets.text import Text


def warn_of_cloud(warning: Text, folder: str) -> None:
    """Show the warning where the folder is such a one."""
    service = look_at(Path(folder).expanduser()).cloud_service if folder else ""
    warning.setVisible(bool(service))
    if service:
        warning.setText(
            _(
                "{service} synchronises this folder and may damage the workspace. Choose a folder outside it."
            ).format(service=service)
        )
