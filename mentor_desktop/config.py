"""Paths, and the settings of one person on one computer.

The only module that asks appdirs. Settings hold nothing about participants.
"""

import json
import sys
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

import appdirs

APP_NAME = "MentorDesktop"
ColourScheme = Literal["system", "light", "dark"]

_SETTINGS_FILE = "settings.json"


def resource_path(*parts: str) -> Path:
    """Return the path of a shipped file, from source or inside the packaged program."""
    return _root() / "resources" / Path(*parts)


def translations_path() -> Path:
    """Return the folder with one sub-folder per language."""
    return _root() / "translations"


def _root() -> Path:
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen else Path(__file__).resolve().parent.parent


def config_dir() -> Path:
    """Return this person's settings folder (not created)."""
    return Path(appdirs.user_config_dir(APP_NAME, appauthor=False, roaming=True))


def device_dir() -> Path:
    """Return this person's folder on this computer alone: it never roams (not created)."""
    return Path(appdirs.user_data_dir(APP_NAME, appauthor=False, roaming=False)) / "device"


def log_dir() -> Path:
    """Return the folder of the program's own log (not created)."""
    return Path(appdirs.user_log_dir(APP_NAME, appauthor=False))


def default_server_dir() -> Path:
    """Return where a server keeps its folder unless told otherwise."""
    return Path(appdirs.user_data_dir(APP_NAME, appauthor=False)) / "server"


def default_workspace_dir() -> Path:
    """Return where a first workspace is proposed."""
    return Path(appdirs.user_data_dir(APP_NAME, appauthor=False)) / "workspace"


@dataclass(frozen=True)
class Settings:
    """Choices of one person on one computer; written as they are made.

    `text_scale` is a percentage from 100 to 200; `language` is empty for the system's own.
    `presentation` hides everything private while a projector is on. `last_place` is the page of
    `last_workspace` that was shown last, with ids but never names.
    """

    language: str = ""
    colour_scheme: ColourScheme = "system"
    text_scale: int = 100
    reduced_motion: bool = False
    last_workspace: str = ""
    recent_workspaces: tuple[str, ...] = ()
    remember_key: bool = False
    presentation: bool = False
    auto_lock_minutes: int = 0
    window_geometry: str = ""
    last_place: str = ""

    def changed(self, **values: Any) -> "Settings":  # Any: one value per field, checked by replace
        """Return a copy with the given fields replaced."""
        return replace(self, **values)


def load_settings(folder: Path) -> Settings:
    """Return the settings kept in `folder`; defaults for what is missing or damaged."""
    try:
        stored = json.loads((folder / _SETTINGS_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return Settings()
    if not isinstance(stored, dict):
        return Settings()
    return _from_json(stored)


def _from_json(stored: dict[str, Any]) -> Settings:  # Any: parsed JSON
    defaults = Settings()
    known: dict[str, Any] = {}
    for one in fields(Settings):
        value = stored.get(one.name, getattr(defaults, one.name))
        if one.name == "recent_workspaces" and isinstance(value, list):
            value = tuple(str(item) for item in value)
        if one.name == "colour_scheme" and value not in get_args(ColourScheme):
            continue
        if type(value) is type(getattr(defaults, one.name)):
            known[one.name] = value
    return Settings(**known)


def save_settings(folder: Path, settings: Settings) -> None:
    """Write the settings so that a power cut leaves the old or the new file, never half."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / (_SETTINGS_FILE + ".new")
    draft.write_text(json.dumps(asdict(settings), indent=1), "utf-8")
    draft.replace(folder / _SETTINGS_FILE)
