"""Settings of the whole workspace, shared by everybody who works in it."""

from sqlalchemy.orm import Mapped, mapped_column

from mentor_desktop.models.base import Synced


class WorkspaceSetting(Synced):
    """One named value; its id derives from its name, so that two devices mean the same row."""

    __tablename__ = "workspace_setting"
    stream = "people"

    name: Mapped[str]
    value: Mapped[str] = mapped_column(default="")


class SecretSetting(Synced):
    """A named value that only devices of administrators and organisers with everything get."""

    __tablename__ = "secret_setting"
    stream = "secrets"

    name: Mapped[str]
    value: Mapped[str] = mapped_column(default="")
