"""A hub that kills itself as kill -9 would, at an exact place: `python -m tests.hub.dying_hub EVENT WHEN`.

WHEN is `after`: the event with that number is on the disk and nobody has been told of it; or `before`: what
it tells of has happened in the world and the disk does not know.
"""

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from orchestrator.hub import __main__ as hub
from orchestrator.store.group_commit import GroupCommit
from orchestrator.store.journal import Journal


def _arm(event: int, when: str) -> None:
    settle = Journal._commit  # noqa: SLF001 (the place at which it dies is inside)

    def commit(self: Journal, batches: Sequence[Any]) -> None:
        numbers = [row[0] for batch in batches for row in batch.rows]
        if when == "before" and numbers and numbers[0] >= event:
            os.kill(os.getpid(), signal.SIGKILL)
        if when == "after" and numbers and numbers[-1] >= event:
            GroupCommit.settle = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
        settle(self, batches)

    Journal._commit = commit  # type: ignore[method-assign]  # noqa: SLF001


def main() -> int:
    _arm(int(sys.argv[1]), sys.argv[2])
    sys.argv[1:] = []
    return hub.main()


if __name__ == "__main__":
    sys.exit(main())
