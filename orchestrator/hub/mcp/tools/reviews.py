"""The tool by which a session explains lines that it has written, to whoever reviews them."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from orchestrator.core.review.comments import LONGEST
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.mcp.tool import Arguments, Call, Tool, Toolbox
from orchestrator.hub.services.reviews import ReviewService

_WORDS = (
    "Leaves a note on lines of your changes, shown beside them to the person who reviews the diff: why it is "
    "done this way, what to look at. Save the file first; the note stays with the line when it moves."
)


class ReviewNote(Arguments):
    path: str = Field(min_length=1, max_length=4000, description="The file, from the root of your worktree.")
    line: int = Field(ge=1, description="The line's number, from 1.")
    text: str = Field(min_length=1, max_length=LONGEST, description="The note, in a few sentences.")
    end_line: int = Field(default=0, ge=0, description="The last line, of a note on several.")
    side: Literal["new", "old"] = Field(
        default="new", description="old: the line as it was before your changes, such as one you removed."
    )


def review_tools(reviews: ReviewService) -> Toolbox:
    """`review_note`, for every session in a worktree."""

    async def review_note(call: Call, said: ReviewNote) -> str:
        card = call.caller.card
        await reviews.note(card, said.path, said.side, said.line, said.end_line, said.text)
        return f"Noted on {said.path}, line {said.line}."

    def tools(_: Caller) -> Iterable[Tool[Any]]:
        yield Tool("review_note", _WORDS, ReviewNote, review_note)

    return tools
