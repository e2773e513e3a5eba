"""A journal as the version before wrote it, made from one of this version."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

_NOT_YET = {"agent", "wait"}
"""What the version before did not write into its journal."""


def as_the_version_before_left_it(journal: Path) -> int:
    """Rewrites the journal of a hub that has ended. Returns how many of its events were written otherwise."""
    with closing(sqlite3.connect(journal)) as database, database:
        database.execute("DELETE FROM snapshots")
        rows = database.execute("SELECT seq, body FROM events").fetchall()
        was = [(json.dumps(_without(json.loads(body))), seq) for seq, body in rows]
        database.executemany("UPDATE events SET body = ? WHERE seq = ?", was)
    return sum(json.loads(now) != json.loads(body) for (now, _), (_, body) in zip(was, rows, strict=True))


def _without(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _without(each) for name, each in said.items() if name not in _NOT_YET}
    return [_without(each) for each in said] if isinstance(said, list) else said
