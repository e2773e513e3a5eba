"""The journal's retention: removes old events in small steps, between which the writer continues."""

import asyncio
import logging
import sqlite3
from functools import partial

from orchestrator.core.retention import Removable, total
from orchestrator.store import past, space
from orchestrator.store.journal import Journal
from orchestrator.store.schema import JournalError

_AT_ONCE = 200
"""Events that one step removes."""

_log = logging.getLogger(__name__)


def old(journal: Journal, before: float) -> Removable:
    """About how much `let_go` would remove. Thread-safe; raises `JournalError`."""
    return total(_gone(journal, before, journal.on_disk.seq).values())


async def let_go(journal: Journal, before: float) -> int:
    """Removes the events of removed cards and runs that all ended before that time, except those that are
    kept forever (see `core.retention`); returns how many. The journal is consistent after an interruption at
    any point.

    Raises `JournalError` if it cannot be done now.
    """
    if not await asyncio.to_thread(_gone, journal, before, journal.on_disk.seq):
        return 0
    through = await journal.snapshot()
    count = 0
    for subject in await asyncio.to_thread(_gone, journal, before, through):
        try:
            found = await asyncio.to_thread(past.past, journal.path, subject)
        except (KeyError, ValueError) as error:
            _log.warning("the events of %s stay in the journal, cannot read one: %s", subject, error)
            continue
        except sqlite3.Error as error:
            raise JournalError(f"cannot read {journal.path}: {error}") from error
        for at in range(0, len(found.numbers), _AT_ONCE):
            some = found.numbers[at : at + _AT_ONCE]
            first = found if at == 0 and found.begun else None
            await journal.between(partial(past.let_go, some, first, journal.on_disk, through))
            count += len(some)
    return count


async def shrink(journal: Journal) -> None:
    """Returns free space in the file to the disk, in small steps. Raises `JournalError`."""
    while await journal.between(lambda db: space.shrink(db, journal.path)):
        await asyncio.sleep(0)


def _gone(journal: Journal, before: float, through: int) -> dict[str, Removable]:
    on_disk = journal.on_disk
    known = {*on_disk.cards, *on_disk.departed, *on_disk.runs}
    try:
        return past.gone_subjects(journal.path, known, before, through)
    except sqlite3.Error as error:
        raise JournalError(f"cannot read {journal.path}: {error}") from error
