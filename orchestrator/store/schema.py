"""The journal's tables, and the numbered steps by which an older file comes to have them."""

import sqlite3
from pathlib import Path


class JournalError(Exception):
    """The journal can't be used; says why and what to do."""


MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE events (
        seq  INTEGER PRIMARY KEY,
        at   REAL NOT NULL,
        card TEXT NOT NULL,
        kind TEXT NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_by_card ON events (card, seq);
    CREATE TABLE snapshots (
        seq   INTEGER PRIMARY KEY,
        shape TEXT NOT NULL,
        body  BLOB NOT NULL
    ) STRICT;
    """,
)
"""Step n brings a file of version n to version n + 1. Steps are only ever added."""


def connect(path: Path) -> sqlite3.Connection:
    """An open connection to a file of the newest version; an older one is migrated after a backup copy.

    Raises `JournalError` when a newer program wrote the file, or when it is no journal.
    """
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA busy_timeout = 5000")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise JournalError(
                f"{path} was written by a newer orch (schema {version}, this one knows {len(MIGRATIONS)}). "
                "Upgrade orch, or point ORCH_HOME at another directory."
            )
        if 0 < version < len(MIGRATIONS):
            _back_up(connection, path.with_name(f"{path.name}.v{version}.bak"))
        for number in range(version, len(MIGRATIONS)):
            connection.executescript(
                f"BEGIN IMMEDIATE; {MIGRATIONS[number]}; PRAGMA user_version = {number + 1}; COMMIT;"
            )
    except sqlite3.DatabaseError as error:
        raise JournalError(
            f"{path} can't be used as a journal: {error}. Move it away to begin anew, or restore a copy."
        ) from error
    return connection


def _back_up(connection: sqlite3.Connection, copy: Path) -> None:
    target = sqlite3.connect(copy)
    try:
        connection.backup(target)
        copy.chmod(0o600)
    finally:
        target.close()
