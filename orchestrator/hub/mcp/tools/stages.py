"""The tool by which a session says that its stage of a workflow is done."""

from collections.abc import Iterable
from typing import Any, Literal, Protocol

from pydantic import Field

from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.mcp.tool import Arguments, Call, Tool, Toolbox

_LONGEST = 20_000
"""Characters: it goes into prompts, gates and every client's view of the run."""


class Stages(Protocol):
    """What the hub knows of stages."""

    def works_for(self, card: str) -> str:
        """The run and stage that the card works for, `r3/merge`; empty for none."""

    async def report(self, card: str, outcome: str, summary: str, handoff: str) -> str:
        """Takes the session's word, and returns words for the session once it is on the disk.

        Raises `RefusedError`.
        """


class StageDone(Arguments):
    outcome: Literal["done", "failed", "blocked"] = Field(
        description="done; failed: it can't be done; blocked: a human has to help."
    )
    summary: str = Field(
        min_length=1,
        max_length=_LONGEST,
        description="What was done, or what is in the way, in a few sentences.",
    )
    handoff: str = Field(
        default="", max_length=_LONGEST, description="What the stages after this one need to know."
    )


def stage_tools(stages: Stages) -> Toolbox:
    """`stage_done`, for cards that work for a stage."""

    async def stage_done(call: Call, said: StageDone) -> str:
        return await stages.report(call.caller.card, said.outcome, said.summary, said.handoff)

    def tools(caller: Caller) -> Iterable[Tool[Any]]:
        if stage := stages.works_for(caller.card):
            words = f"Says how your work on the stage {stage} ended. Call it once, at the very end."
            yield Tool("stage_done", words, StageDone, stage_done)

    return tools
