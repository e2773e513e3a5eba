"""Delivering messages, and settling them."""

import json
import sqlite3
from collections.abc import Collection, Sequence

from orchestrator.core.mail.leases import NOT_DONE, TOO_LATE, Acked, GivenBack, Outcome, why_dead
from orchestrator.core.mail.message import SendStatus
from orchestrator.core.mail.message_limits import room
from orchestrator.core.mail.order import Leased, Received, ReceiveFilter, fitting
from orchestrator.store.mail.sqlite.rows import message_of
from orchestrator.store.mail.sqlite.sending import bury

_Returned = tuple[int, str, int, float | None, str]
"""Of a returned delivery: seq, box, times, expires, and the gather that its message opened."""
_LOST = "its message became a dead letter"


def choose(
    db: sqlite3.Connection, box: str, now: float, want: ReceiveFilter
) -> tuple[list[tuple[int, Leased]], bool]:
    """The deliveries that would be made, in order, and whether there are more."""
    rows = _chosen_rows(db, box, now, want)
    count = fitting((row[1] for row in rows), want)
    chosen = []
    for seq, _, times in rows[:count]:
        head, subject, body = db.execute(
            "SELECT m.head, m.subject, m.body FROM deliveries d JOIN messages m ON m.seq = d.message "
            "WHERE d.seq = ?",
            (seq,),
        ).fetchone()
        chosen.append((seq, Leased(message_of(head, subject, body), 0, 0.0, times)))
    return chosen, len(rows) > count


def receive(
    db: sqlite3.Connection, box: str, session: str, want: ReceiveFilter, *, now: float, until: float
) -> Received:
    """The work behind `MailStore.receive`."""
    chosen, more = choose(db, box, now, want)
    if not chosen:
        return Received((), more)
    (last,) = db.execute("SELECT last FROM fence").fetchone()
    handed = []
    for fence, (seq, leased) in enumerate(chosen, last + 1):
        db.execute(
            "UPDATE deliveries SET place = 'leased', times = times + 1, session = ?, fence = ?, until = ?, "
            "at = ? WHERE seq = ?",
            (session, fence, until, now, seq),
        )
        handed.append(Leased(leased.message, fence, until, leased.times + 1))
    db.execute("UPDATE fence SET last = ?", (last + len(chosen),))
    return Received(tuple(handed), more)


def held(db: sqlite3.Connection, box: str, session: str) -> tuple[Leased, ...]:
    """As `MailStore.held`: ordered by delivery number."""
    rows = db.execute(
        "SELECT m.head, m.subject, m.body, d.fence, d.until, d.times "
        "FROM deliveries d JOIN messages m ON m.seq = d.message "
        "WHERE d.box = ? AND d.session = ? AND d.place = 'leased' ORDER BY d.seq",
        (box, session),
    )
    return tuple(Leased(message_of(*row[:3]), *row[3:]) for row in rows)


def ack(
    db: sqlite3.Connection, box: str, one: tuple[str, int], outcome: Outcome, *, now: float, note: str
) -> Acked:
    """Settles one message, or says why not."""
    message, fence = one
    found = db.execute(
        "SELECT d.seq, d.place, d.fence, d.times, d.expires, d.opens FROM deliveries d "
        "JOIN messages m ON m.seq = d.message WHERE m.id = ? AND d.box = ?",
        (message, box),
    ).fetchone()
    if found is None:
        return Acked.UNKNOWN
    seq, place, current, times, expires, opens = found
    if place == "done" and current == fence:
        return Acked.DONE
    if place != "leased" or current != fence:
        return Acked.STALE
    if outcome is Outcome.DONE:
        db.execute("UPDATE deliveries SET place = 'done', why = ?, at = ? WHERE seq = ?", (note, now, seq))
        return Acked.DONE
    if outcome is Outcome.FAILED:
        _die(db, (seq, box, opens), note or NOT_DONE, now)
        return Acked.DEAD
    return Acked.DEAD if _return(db, (seq, box, times, expires, opens), now) else Acked.REQUEUED


def renew(db: sqlite3.Connection, sessions: Collection[tuple[str, str]], until: float) -> None:
    """Extends these leases to `until` (seconds since the epoch), never shortens them."""
    db.executemany(
        "UPDATE deliveries SET until = max(until, ?) WHERE box = ? AND session = ? AND place = 'leased'",
        [(until, box, session) for box, session in sessions],
    )


def give_back(db: sqlite3.Connection, box: str, session: str, now: float) -> GivenBack:
    """As `MailStore.give_back`: ends leases; deliveries past their limits become dead letters."""
    rows = db.execute(
        "SELECT d.seq, d.box, d.times, d.expires, d.opens, m.id FROM deliveries d "
        "JOIN messages m ON m.seq = d.message WHERE d.box = ? AND d.session = ? AND d.place = 'leased' "
        "ORDER BY d.seq",
        (box, session),
    ).fetchall()
    return _given_back(db, rows, now)


def expire(db: sqlite3.Connection, now: float) -> GivenBack:
    """As `MailStore.expire`: expired leases first, then expired waiting messages."""
    rows = db.execute(
        "SELECT d.seq, d.box, d.times, d.expires, d.opens, m.id FROM deliveries d "
        "JOIN messages m ON m.seq = d.message WHERE d.place = 'leased' AND d.until <= ? ORDER BY d.seq",
        (now,),
    ).fetchall()
    returned = _given_back(db, rows, now)
    late = db.execute(
        "SELECT d.seq, d.box, d.opens, m.id FROM deliveries d JOIN messages m ON m.seq = d.message "
        "WHERE d.place = 'waiting' AND d.expires <= ? ORDER BY d.seq",
        (now,),
    ).fetchall()
    for seq, box, opens, _ in late:
        _die(db, (seq, box, opens), TOO_LATE, now)
    return GivenBack(returned.waiting, (*returned.dead, *((box, message) for _, box, _, message in late)))


def redrive(db: sqlite3.Connection, box: str, messages: Sequence[str], now: float) -> tuple[str, ...]:
    """The work behind `MailStore.redrive`."""
    taken = []
    for message in dict.fromkeys(messages):
        found = db.execute(
            "SELECT d.seq, d.size FROM deliveries d JOIN messages m ON m.seq = d.message "
            "WHERE m.id = ? AND d.box = ? AND d.place = 'dead'",
            (message, box),
        ).fetchone()
        if found is None:
            continue
        count, size = db.execute(
            "SELECT count(*), ifnull(sum(size), 0) FROM deliveries "
            "WHERE box = ? AND place IN ('waiting', 'leased')",
            (box,),
        ).fetchone()
        if room(count, size, found[1]) is SendStatus.FULL:
            break
        db.execute(
            "UPDATE deliveries SET seq = (SELECT max(seq) + 1 FROM deliveries), place = 'waiting', "
            "times = 0, expires = NULL, why = '', at = ? WHERE seq = ?",
            (now, found[0]),
        )
        taken.append(message)
    return tuple(taken)


def _chosen_rows(
    db: sqlite3.Connection, box: str, now: float, want: ReceiveFilter
) -> list[tuple[int, int, int]]:
    """(seq, size, times) of the matching deliveries, in order: one more than the maximum of one call."""
    return db.execute(
        "SELECT d.seq, d.size, d.times FROM deliveries d JOIN messages m ON m.seq = d.message "
        "WHERE d.box = ?1 AND d.place = 'waiting' AND (d.expires IS NULL OR d.expires > ?2) "
        "AND (?3 IS NULL OR d.kind IN (SELECT value FROM json_each(?3))) "
        "AND (?4 IS NULL OR m.sender IN (SELECT value FROM json_each(?4))) "
        "AND (?5 IS NULL OR m.id IN (SELECT value FROM json_each(?5))) "
        "AND (?6 = '' OR m.thread = ?6) ORDER BY d.urgent DESC, d.seq LIMIT ?7",
        (box, now, _any(want.kinds), _any(want.senders), _any(want.ids), want.thread, want.most + 1),
    ).fetchall()


def _any(words: Sequence[str]) -> str | None:
    return json.dumps(words) if words else None


def _given_back(
    db: sqlite3.Connection, rows: Sequence[tuple[int, str, int, float | None, str, str]], now: float
) -> GivenBack:
    waiting: list[tuple[str, str]] = []
    dead: list[tuple[str, str]] = []
    for seq, box, times, expires, opens, message in rows:
        died = _return(db, (seq, box, times, expires, opens), now)
        (dead if died else waiting).append((box, message))
    return GivenBack(tuple(waiting), tuple(dead))


def _return(db: sqlite3.Connection, row: _Returned, now: float) -> bool:
    """Returns a leased message to its place in the mailbox; returns whether it became a dead letter
    instead."""
    seq, box, times, expires, opens = row
    if why := why_dead(times, expires, now):
        _die(db, (seq, box, opens), why, now)
        return True
    db.execute(
        "UPDATE deliveries SET place = 'waiting', session = '', until = NULL, at = ? WHERE seq = ?",
        (now, seq),
    )
    return False


def _die(db: sqlite3.Connection, row: tuple[int, str, str], why: str, now: float) -> None:
    seq, box, opens = row
    db.execute(
        "UPDATE deliveries SET place = 'dead', session = '', until = NULL, why = ?, at = ? WHERE seq = ?",
        (why, now, seq),
    )
    if opens:
        bury(db, opens, box, f"{_LOST}: {why}", now)
