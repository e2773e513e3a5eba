"""The journal's schema, and its numbered migrations."""

import sqlite3
from pathlib import Path

from orchestrator.store import database


class JournalError(Exception):
    """The journal cannot be used; says why and what to do."""


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
    """
    CREATE TABLE meta (
        name  TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
    INSERT INTO meta VALUES ('id', lower(hex(randomblob(16))));
    INSERT INTO meta SELECT 'predates_id', 'yes' WHERE EXISTS (SELECT 1 FROM events);
    """,
)
"""Step n migrates a file of version n to version n + 1. Steps are only ever added."""


def connect(path: Path) -> sqlite3.Connection:
    """An open connection to a file of the newest version; an older one is migrated after a backup copy.

    Raises `JournalError` if a newer program wrote the file, or it is not a journal.
    """
    try:
        return database.connect(path, MIGRATIONS)
    except database.NewerFileError as error:
        raise JournalError(str(error)) from error
    except sqlite3.DatabaseError as error:
        raise JournalError(
            f"cannot use {path} as a journal: {error}. Move it away to start over, or restore a copy."
        ) from error
