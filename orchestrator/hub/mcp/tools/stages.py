"""The tool with which a session reports the outcome of its stage of a workflow."""

from collections.abc import Iterable
from typing import Any, Literal, Protocol

from pydantic import Field

from orchestrator.core.literals import StageOutcome
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.mcp.tool import Arguments, Call, Tool, Toolbox

_LONGEST = 20_000
"""Characters: it goes into prompts, gates and every client's view of the run."""


class Stages(Protocol):
    """The hub's stages, as the tool needs them."""

    def works_for(self, card: str) -> str:
        """The run and stage that the card works for, `r3/merge`; empty for none."""

    async def report(self, card: str, outcome: StageOutcome, summary: str, handoff: str) -> str:
        """Records the session's report, and returns the answer once it is on disk.

        Raises `RefusedError`.
        """


class StageDone(Arguments):
    outcome: Literal["done", "failed", "blocked"] = Field(
        description="done; failed: it cannot be done; blocked: it needs a person."
    )
    summary: str = Field(
        min_length=1,
        max_length=_LONGEST,
        description="What was done, or what blocks you, in a few sentences.",
    )
    handoff: str = Field(default="", max_length=_LONGEST, description="What later stages need to know.")


def stage_tools(stages: Stages) -> Toolbox:
    """`stage_done`, for cards that work for a stage."""

    async def stage_done(call: Call, said: StageDone) -> str:
        return await stages.report(call.caller.card, said.outcome, said.summary, said.handoff)

    def tools(caller: Caller) -> Iterable[Tool[Any]]:
        if stage := stages.works_for(caller.card):
            words = f"Reports the outcome of your stage {stage}. Call it once, at the very end."
            yield Tool("stage_done", words, StageDone, stage_done)

    return tools
