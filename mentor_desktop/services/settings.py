"""Settings of the whole workspace: named values shared by everybody who works in it.

Secrets are shared among the devices that may issue certificates alone.
"""

from collections.abc import Mapping

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_
from mentor_desktop.ids import derived_id
from mentor_desktop.models import SecretSetting, WorkspaceSetting
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork


def setting(uow: Reader, name: str, default: str = "") -> str:
    """Return the value of a setting; `default` when it was never set."""
    row = uow.session.get(WorkspaceSetting, _id_of(name))
    return default if row is None else row.value


def settings_with_prefix(uow: Reader, prefix: str) -> dict[str, str]:
    """Return name and value of every setting whose name begins with `prefix`."""
    rows = uow.raw.execute(
        "SELECT name, value FROM workspace_setting WHERE substr(name, 1, ?) = ? ORDER BY name",
        (len(prefix), prefix),
    )
    return {str(name): str(value) for name, value in rows}


def change_settings(uow: UnitOfWork, values: Mapping[str, str]) -> Changes:
    """Set several settings at once."""
    for name, value in values.items():
        put_setting(uow, name, value)
    uow.describe(N_("Changed settings of the workspace"))
    return uow.commit()


def put_setting(uow: UnitOfWork, name: str, value: str) -> None:
    """Set a setting as part of a larger action."""
    row = uow.session.get(WorkspaceSetting, _id_of(name))
    if row is None:
        uow.session.add(WorkspaceSetting(id=_id_of(name), name=name, value=value))
    else:
        row.value = value


def secret(uow: Reader, name: str) -> str:
    """Return a secret; "" when it was never made, or this device was not given it."""
    row = uow.session.get(SecretSetting, derived_id("secret_setting", name))
    return "" if row is None else row.value


def put_secret(uow: UnitOfWork, name: str, value: str) -> None:
    """Make a secret as part of a larger action; it is made once."""
    uow.session.add(SecretSetting(id=derived_id("secret_setting", name), name=name, value=value))


def _id_of(name: str) -> str:
    return derived_id("workspace_setting", name)
