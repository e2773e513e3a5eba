"""The tool by which a session explains lines that it has written, to whoever reviews them."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from orchestrator.core.review.comments import LONGEST
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.mcp.tool import Arguments, Call, Tool, Toolbox
from orchestrator.hub.services.reviews import ReviewService

_WORDS = "Explains lines of your changes to whoever reviews them: a note beside them in the diff."


class ReviewNote(Arguments):
    path: str = Field(min_length=1, max_length=4000)
    line: int = Field(ge=1)
    text: str = Field(min_length=1, max_length=LONGEST)
    end_line: int = Field(default=0, ge=0)
    side: Literal["new", "old"] = Field(default="new", description="old: before your changes.")


def review_tools(reviews: ReviewService) -> Toolbox:
    """`review_note`, for every session in a worktree."""

    async def review_note(call: Call, said: ReviewNote) -> str:
        card = call.caller.card
        await reviews.note(card, said.path, said.side, said.line, said.end_line, said.text)
        return f"Noted on {said.path}, line {said.line}."

    def tools(_: Caller) -> Iterable[Tool[Any]]:
        yield Tool("review_note", _WORDS, ReviewNote, review_note)

    return tools
