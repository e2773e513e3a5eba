"""A hub that kills itself, as kill -9 would, at an exact place: `dying_hub.py EVENT before|after`.

`after` is when the event with that number is on the disk and nobody has been told of it; `before` is when
what it tells of has happened in the world and the disk does not know.
"""

import os
import signal
import sys
from typing import Any

from orchestrator.hub.__main__ import main
from orchestrator.store.journal import Journal


def _arm(event: int, when: str) -> None:
    settle = Journal._commit  # noqa: SLF001 (the place at which it dies is inside)

    def commit(self: Journal, batches: list[Any]) -> None:
        numbers = [row[0] for batch in batches for row in batch.rows]
        if when == "before" and numbers and numbers[0] >= event:
            os.kill(os.getpid(), signal.SIGKILL)
        if when == "after" and numbers and numbers[-1] >= event:
            from orchestrator.store import journal

            journal._settle = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # noqa: SLF001
        settle(self, batches)

    Journal._commit = commit  # type: ignore[method-assign]  # noqa: SLF001


if __name__ == "__main__":
    _arm(int(sys.argv[1]), sys.argv[2])
    sys.argv[1:] = []
    sys.exit(main())
