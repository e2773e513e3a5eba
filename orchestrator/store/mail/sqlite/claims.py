"""Claims and pauses in the mail file."""

import sqlite3
from collections.abc import Collection

from orchestrator.core.mail.claims import Claim
from orchestrator.core.mail.rate_limits import Pause
from orchestrator.store.mail.codec import CLAIM, PAUSE


def load_claims(db: sqlite3.Connection) -> tuple[Claim, ...]:
    """Every stored claim, also expired ones, in the order of storing."""
    return tuple(CLAIM.load(body) for (body,) in db.execute("SELECT body FROM claims ORDER BY rowid"))


def keep_claims(db: sqlite3.Connection, claims: Collection[Claim]) -> None:
    """Replaces all stored claims by these. Call it in a transaction."""
    db.execute("DELETE FROM claims")
    db.executemany("INSERT INTO claims VALUES (?)", [(CLAIM.dump(each),) for each in claims])


def load_pauses(db: sqlite3.Connection) -> tuple[Pause, ...]:
    """As `MailStore.paused`."""
    return tuple(PAUSE.load(body) for (body,) in db.execute("SELECT body FROM pauses ORDER BY a, b"))
