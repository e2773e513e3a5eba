"""A board whose only card has changed as many lines as its arguments say, each file half of them removed.

Appends to the file of its first argument when each question was answered.
"""

import sys
import time
from pathlib import Path
from typing import Any

from orchestrator.client import Board
from orchestrator.core.diff.files import ChangedFile, Diff
from orchestrator.core.requests.request import Request
from orchestrator.core.requests.review import Patch, ReadDiff, ReadPatch, ReadReview, SawDiff
from orchestrator.core.review.comments import Review
from widgets.app import OrchApp, collect_rarely
from widgets.gallery.boards import GalleryClient, card, hub

_CODE = "    return self.keyboard.shown(action) if action in known else names({0})  # {0}"


class LargeDiff(GalleryClient):
    """`files` files of `lines` changed lines each. Git takes `git_takes` seconds for the summary."""

    def __init__(self, log: Path, files: int, lines: int, git_takes: float) -> None:
        super().__init__(Board(hub(), (card(1, "Rewrite", "review", "idle"),)))
        self._log, self._lines, self._git_takes = log, lines, git_takes
        self._files = tuple(
            ChangedFile(
                f"src/room{n // 20:03}/file{n:05}.py", "modified", None, "100644", "100644", f"a{n}", f"b{n}",
                lines // 2, lines // 2,
            )
            for n in range(files)
        )  # fmt: skip

    def _answer(self, request: Request[Any]) -> Any:
        match request:
            case ReadDiff():
                time.sleep(self._git_takes)
                with self._log.open("a") as log:
                    log.write(f"{time.time()}\n")
                return Diff("c1", "main", "o", "n", "h", (), self._files, time.time())
            case ReadPatch():
                data = "".join(map(self._patch, request.paths)).encode()
                return Patch(data[: request.max_bytes], cut=len(data) > request.max_bytes)
            case ReadReview():
                return Review("c1")
            case SawDiff():
                return None
            case _:
                return super()._answer(request)

    def _patch(self, path: str) -> str:
        half, parts = self._lines // 2, []
        for start in range(0, half, 10):
            body = [f"-{_CODE.format(n)}\n" for n in range(start, start + 10)]
            body += [f"+{_CODE.format(-n)}\n" for n in range(start, start + 10)]
            at = start * 3 + 1
            parts.append(f"@@ -{at},12 +{at},12 @@ def go():\n one\n{''.join(body)} two\n")
        return f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n{''.join(parts)}"


if __name__ == "__main__":
    collect_rarely()
    OrchApp(
        LargeDiff(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])), clock=time.time
    ).run()
