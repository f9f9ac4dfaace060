"""Errors a person is shown: one sentence that says what, where and what to do.

Anything that is not a `UserFacingError` is a bug and reaches the report dialog
(window) or a traceback (command line).
"""


class UserFacingError(Exception):
    """An expected failure; `str(error)` is the translated sentence to show."""


class ValidationError(UserFacingError):
    """What was entered cannot be kept as it is."""


class NotFoundError(UserFacingError):
    """What was asked for is not in this workspace."""


class ConflictError(UserFacingError):
    """Somebody changed the same thing since; nothing was overwritten."""


class StoreError(UserFacingError):
    """The workspace, its key, a backup or the disk does not allow it."""


class Cancelled(UserFacingError):
    """A person pressed Cancel; nothing was changed."""
