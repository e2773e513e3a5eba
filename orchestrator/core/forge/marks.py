"""Orch's mark in a text on a forge: invisible there, and found again after a crash.

A mark is no proof: whoever may write on the forge can copy one. It is looked for in texts of orch's own
account alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.forge.items import Comment

_MARK = re.compile(
    r"<!-- orch board=([0-9a-z-]{1,64}) card=([0-9a-z-]{1,64}) (act|claim|free)=([0-9a-z-]{0,64}) -->"
)
_FIT = re.compile(r"[0-9a-z-]{1,64}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a text is of: the board (the id of its journal), the card, and either the act that made it (`act`)
    or that it claims the issue for the card (`claim`); `free` is a claim that was given up."""

    board: str
    card: str
    kind: str = "claim"
    act: str = ""

    def __str__(self) -> str:
        if not _FIT.fullmatch(self.board) or not _FIT.fullmatch(self.card):
            raise ValueError(f"not fit for a mark: {self.board!r}, {self.card!r}")
        return f"<!-- orch board={self.board} card={self.card} {self.kind}={self.act} -->"


def marked(text: str, mark: Mark) -> str:
    """The text with that mark below it, and no other."""
    return f"{unmarked(text)}\n\n{mark}" if unmarked(text) else str(mark)


def unmarked(text: str) -> str:
    """The text without marks."""
    return _MARK.sub("", text).rstrip()


def mark_of(text: str) -> Mark | None:
    """The mark of the text: the last one, as text before it may quote another."""
    found = _MARK.findall(text)
    return Mark(*found[-1]) if found else None


def own_comment(comments: Iterable[Comment], mark: Mark, login: str) -> Comment | None:
    """The earliest comment of that account for the mark's board and card, whatever its mark says beyond."""
    return _earliest(
        each
        for each in comments
        if each.author.casefold() == login.casefold()
        and (found := mark_of(each.body))
        and (found.board, found.card) == (mark.board, mark.card)
    )


def claimant(comments: Iterable[Comment]) -> tuple[Comment, Mark] | None:
    """The comment that claims the issue, and its mark. Of several claims the earliest holds: of two that are
    written at once, both writers find the same one. A passer-by cannot claim."""
    claims = [
        each for each in comments if each.member and (mark := mark_of(each.body)) and mark.kind == "claim"
    ]
    first = _earliest(claims)
    mark = mark_of(first.body) if first else None
    return (first, mark) if first and mark else None


def _earliest(comments: Iterable[Comment]) -> Comment | None:
    return min(comments, key=lambda each: each.id, default=None)
