"""Hubs that die one after the other, each a little further."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from orchestrator.client import OrchError
from tests.hub.stage import Stage
from tests.poll import PATIENCE

_ANSWERS_WITHIN = 160.0 + PATIENCE
"""Seconds; one hub after another may die before one lives long enough to answer."""


class Lives:
    """One hub after another; each dies at the event after the one at which the last one did."""

    def __init__(
        self, stage: Stage, python: Path, when: str, help_: Callable[[Stage], None] = lambda _: None
    ) -> None:
        """`help_` does what a person would, while something is waited for."""
        stage.home.make()
        self._help = help_
        self._stage, self._python, self._when = stage, python, when
        self._hub: subprocess.Popen[bytes] | None = None
        self.number = 0

    def say(self, ask: object) -> object:
        """What `ask` answers, as soon as some hub lives long enough to."""
        deadline = time.monotonic() + _ANSWERS_WITHIN
        while True:
            assert time.monotonic() < deadline, (
                f"no answer; {self.number} hubs have died at {kinds(self._stage.home.journal)}"
            )
            self._live()
            self._help(self._stage)
            try:
                if answer := ask():  # type: ignore[operator]
                    return answer
            except (OrchError, StopIteration):
                time.sleep(0.02)

    def end(self) -> None:
        if self._hub:
            self._hub.terminate()
            self._hub.wait(PATIENCE)
            self._hub = None

    def __enter__(self) -> "Lives":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _live(self) -> None:
        if self._hub is None or self._hub.poll() is not None:
            self.number += 1
            at = _events(self._stage.home.journal) + 1 + (self._when == "before")
            argv = [str(self._python), "-m", "tests.hub.dying_hub", str(at), self._when]
            self._hub = subprocess.Popen(argv, env=os.environ)


def _events(journal: Path) -> int:
    if not journal.exists():
        return 0
    connection = sqlite3.connect(journal)
    try:
        return int(connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def kinds(journal: Path) -> list[str]:
    with closing(sqlite3.connect(journal)) as reader:
        return [kind for (kind,) in reader.execute("SELECT kind FROM events ORDER BY seq")]
