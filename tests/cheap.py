"""Passphrases that cost nothing to try: tests open workspaces often, and nobody attacks these."""

from dataclasses import asdict, replace
from pathlib import Path

from mentor_desktop.crypto import Argon2Cost
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile

CHEAP = Argon2Cost(iterations=1, lanes=1, memory_kib=64)


def lock_cheaply(root: Path, passphrase: str) -> bytes:
    """Let the same passphrase of a workspace that a command made be cheap; return the key."""
    path = WorkspaceFolder(root).key_file
    key_file = KeyFile.load(path)
    key = key_file.open_with_passphrase(passphrase)
    replace(key_file, **asdict(CHEAP)).with_passphrase(key, passphrase).save(path)
    return key
