"""Returns unused space in a database to the disk."""

import shutil
import sqlite3
from pathlib import Path

_PAGES_AT_ONCE = 250
"""Pages that one step returns: a few milliseconds of the writer's time."""
_LITTLE = 1_000_000
"""Free bytes in a file that are not worth a step."""
_SPARE = 100_000_000
"""Bytes that stay free on the disk while a file is rewritten."""
_INCREMENTAL = 2


def shrink(db: sqlite3.Connection, file: Path) -> bool:
    """One step, outside of any transaction; returns whether there is more to do.

    A file from before incremental vacuum is rewritten once, when a quarter of it is free, and only if the
    disk has room for that. Raises `sqlite3.Error`; the file is then unchanged.
    """
    page, pages, free, mode = (
        db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_size", "page_count", "freelist_count", "auto_vacuum")
    )
    if free * page < _LITTLE:
        return False
    if mode == _INCREMENTAL:
        db.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return True
    if free * 4 < pages or shutil.disk_usage(file.parent).free < 2 * pages * page + _SPARE:
        return False
    db.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}")
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    return False
