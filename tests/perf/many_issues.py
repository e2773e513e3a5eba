"""A board whose repository has as many open issues as its second argument says.

Appends to the file of its first argument when each part of the list was answered.
"""

import sys
import time
from pathlib import Path
from typing import Any

from orchestrator.client import Board
from orchestrator.core.requests.issues import ListIssues
from orchestrator.core.requests.request import Request
from widgets.app import OrchApp, collect_rarely
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.gallery.issue_samples import GalleryForge, issue


class ManyIssues(GalleryClient):
    """The forge takes no time."""

    def __init__(self, log: Path, many: int) -> None:
        super().__init__(Board(hub(), (card(1, "Rewrite", "review", "idle"),)))
        self._log = log
        self.forge = GalleryForge(
            tuple(issue(n, f"Crash in room {n}", labels=("bug",)) for n in range(many, 0, -1))
        )

    def _answer(self, request: Request[Any]) -> Any:
        answer = super()._answer(request)
        if isinstance(request, ListIssues):
            with self._log.open("a") as log:
                log.write(f"{time.time()}\n")
        return answer


if __name__ == "__main__":
    collect_rarely()
    OrchApp(ManyIssues(Path(sys.argv[1]), int(sys.argv[2])), clock=time.time).run()
