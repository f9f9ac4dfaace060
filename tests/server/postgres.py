"""A PostgreSQL of its own for the tests: a cluster in a temporary folder, reached by a socket file."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, text

from mentor_desktop.ids import new_id

START_LIMIT_S = 60
_USER = "postgres"  # the server refuses to run as root
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # the tests kill our processes, never this one
    "shared_buffers": "16MB",
    "max_connections": "60",
    "logging_collector": "off",
}


def _tools() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    if named is None:
        raise FileNotFoundError("no PostgreSQL: tools/system_packages.py installs it as root")
    return Path(named).parent


def _as_server() -> dict[str, Any]:  # Any: as subprocess takes them
    """Return what makes a subprocess run as the database's own user, where this is root."""
    if os.geteuid():
        return {}
    user = pwd.getpwnam(_USER)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


@contextmanager
def cluster(**settings: str) -> Iterator[str]:
    """Give the URL of an empty database whose user is neither superuser nor above policies.

    `settings` are PostgreSQL's own, instead of those of the tests.
    """
    # Not under the tests' own folder: the database's user must be able to enter it.
    folder = Path(tempfile.mkdtemp(prefix="mentor-pg-"))
    who = _as_server()
    if who:
        os.chown(folder, int(who["user"]), int(who["group"]))
    environment = {**os.environ, "HOME": str(folder), "TZ": "UTC"}
    tools, files = _tools(), folder / "files"

    def run(*command: object, text: str = "") -> None:
        subprocess.run(
            [str(one) for one in command], check=True, input=text.encode(), cwd=folder,
            env=environment, stdout=subprocess.DEVNULL, timeout=START_LIMIT_S, **who,
        )  # fmt: skip

    run(tools / "initdb", "-D", files, "-A", "trust", "-U", _USER, "-E", "UTF8", "--locale=C",
        "--no-sync")  # fmt: skip
    options = " ".join(f"-c {name}={value}" for name, value in (_SETTINGS | settings).items())
    run(
        tools / "pg_ctl", "-D", files, "-w", "-l", folder / "log", "start",
        "-o", f"{options} -c unix_socket_directories={folder}",
    )  # fmt: skip
    server = psutil.Process(int((files / "postmaster.pid").read_text("utf-8").splitlines()[0]))
    try:
        run(tools / "psql", "-q", "-h", folder, "-U", _USER, "-d", "postgres", text=_ROLES)
        yield f"postgresql://mentor@/mentor?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)  # fast: it ends its own children
        server.wait(START_LIMIT_S)
        shutil.rmtree(folder, ignore_errors=True)


_ROLES = """
create role mentor login nosuperuser nobypassrls createdb;
create database mentor owner mentor;
"""


def fresh_database(url: str) -> str:
    """Make one more empty database in the cluster and return its address."""
    name = f"mentor_{new_id()}"
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"create database {name}"))
    engine.dispose()
    return url.replace("/mentor?", f"/{name}?")
