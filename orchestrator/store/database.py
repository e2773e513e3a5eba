"""Opens a SQLite file whose schema has numbered migrations."""

import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path


class NewerFileError(Exception):
    """A newer program wrote the file; says so, and what to do."""


def connect(path: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    """An open connection to a file of the newest version; an older one is migrated after a backup copy.

    Step n of `migrations` migrates a file of version n to version n + 1. Commits are durable.

    Raises `NewerFileError`, and `sqlite3.Error` if the file cannot be used.
    """
    with ExitStack() as unless_usable:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        unless_usable.callback(connection.close)
        _make_usable(connection, path, migrations)
        unless_usable.pop_all()
    return connection


def _make_usable(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    path.chmod(0o600)
    if connection.execute("PRAGMA page_count").fetchone() == (0,):
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # so that it can shrink in steps, see `space`
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 5000")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        raise NewerFileError(
            f"{path} was written by a newer orch (schema {version}, this one knows {len(migrations)}). "
            "Upgrade orch, or point ORCH_HOME at another directory."
        )
    if 0 < version < len(migrations):
        _back_up(connection, path.with_name(f"{path.name}.v{version}.bak"))
    for number in range(version, len(migrations)):
        connection.executescript(
            f"BEGIN IMMEDIATE; {migrations[number]}; PRAGMA user_version = {number + 1}; COMMIT;"
        )


def _back_up(connection: sqlite3.Connection, copy: Path) -> None:
    target = sqlite3.connect(copy)
    try:
        connection.backup(target)
        copy.chmod(0o600)
    finally:
        target.close()
