"""Whether this computer may issue certificates: not every one that helps is meant to."""

from mentor_desktop.errors import ConflictError
from mentor_desktop.i18n import _
from mentor_desktop.store.unit_of_work import Reader


def issuing_trouble(uow: Reader) -> str:
    """Return why this computer issues no certificates, in one sentence; "" when it may."""
    if uow.raw.execute("SELECT 1 FROM sync_self").fetchone() is None:
        return ""  # shared with nobody

    from mentor_desktop.sync.shares import may_issue  # keys: Today is drawn before

    if may_issue(uow.raw):
        return ""
    return _(
        "This computer helps and issues no certificates. Issue them on one of an administrator "
        "or organiser that has the whole workspace."
    )


def require_issuing(uow: Reader) -> None:
    """Look that this computer may issue certificates.

    Raises:
        ConflictError: it may not.
    """
    if trouble := issuing_trouble(uow):
        raise ConflictError(trouble)
