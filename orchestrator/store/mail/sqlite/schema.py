"""The schema of the mail file, and its numbered migrations."""

import sqlite3
from pathlib import Path

from orchestrator.store import database
from orchestrator.store.mail.protocol import MailError

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE messages (
        seq     INTEGER PRIMARY KEY,
        id      TEXT NOT NULL UNIQUE,
        sender  TEXT NOT NULL,
        idem    TEXT NOT NULL,
        thread  TEXT NOT NULL,
        at      REAL NOT NULL,
        subject TEXT NOT NULL,
        body    TEXT NOT NULL,
        head    TEXT NOT NULL,
        sent    TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX messages_by_idem ON messages (sender, idem) WHERE idem <> '';
    CREATE INDEX messages_by_thread ON messages (thread, seq);
    CREATE INDEX messages_by_time ON messages (at);
    CREATE VIRTUAL TABLE words USING fts5 (subject, body, content = 'messages', content_rowid = 'seq');

    CREATE TABLE deliveries (
        seq     INTEGER PRIMARY KEY AUTOINCREMENT,
        box     TEXT NOT NULL,
        message INTEGER NOT NULL REFERENCES messages (seq),
        place   TEXT NOT NULL,
        urgent  INTEGER NOT NULL,
        kind    TEXT NOT NULL,
        size    INTEGER NOT NULL,
        expires REAL,
        opens   TEXT NOT NULL,
        times   INTEGER NOT NULL DEFAULT 0,
        session TEXT NOT NULL DEFAULT '',
        fence   INTEGER NOT NULL DEFAULT 0,
        until   REAL,
        why     TEXT NOT NULL DEFAULT '',
        at      REAL NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX deliveries_of_message ON deliveries (message, box);
    CREATE INDEX deliveries_by_box ON deliveries (box, seq);
    CREATE INDEX deliveries_waiting ON deliveries (box, urgent DESC, seq) WHERE place = 'waiting';
    CREATE INDEX deliveries_leased ON deliveries (box, session) WHERE place = 'leased';
    CREATE INDEX deliveries_unsettled ON deliveries (box, size) WHERE place IN ('waiting', 'leased');
    CREATE INDEX deliveries_running_out ON deliveries (until) WHERE place = 'leased';
    CREATE INDEX deliveries_expiring ON deliveries (expires) WHERE place = 'waiting' AND expires NOT NULL;
    CREATE INDEX deliveries_dead ON deliveries (box) WHERE place = 'dead';
    CREATE TABLE fence (last INTEGER NOT NULL) STRICT;
    INSERT INTO fence VALUES (0);

    CREATE TABLE gathers (
        id   TEXT PRIMARY KEY,
        open INTEGER NOT NULL,
        at   REAL NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX gathers_open ON gathers (at) WHERE open = 1;
    CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT;
    CREATE TABLE claims (body TEXT NOT NULL) STRICT;
    CREATE TABLE pauses (a TEXT NOT NULL, b TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (a, b)) STRICT;
    """,
    """
    CREATE TABLE loose (sha256 TEXT PRIMARY KEY, since REAL NOT NULL) STRICT;
    """,
)
"""Step n migrates a file of version n to version n + 1. Steps are only ever added."""


def connect(path: Path) -> sqlite3.Connection:
    """An open connection to a file of the newest version; an older one is migrated after a backup copy.

    Raises `MailError` if a newer program wrote the file, or it is not a mail file.
    """
    try:
        return database.connect(path, MIGRATIONS)
    except database.NewerFileError as error:
        raise MailError(str(error)) from error
    except sqlite3.Error as error:
        raise MailError(
            f"cannot use {path} for mail: {error}. Move it away to start over, or restore a copy."
        ) from error
