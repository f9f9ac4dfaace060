"""Before the workspace is open: the lock, the recovery sheet, the first start."""

from mentor_desktop.ui.entrance.window import Entrance

__all__ = ["Entrance"]
