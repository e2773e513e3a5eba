"""What sessions that work for a stage are told, and what they report of it."""

import time
from dataclasses import dataclass, field

from orchestrator.agents.configured import Agents
from orchestrator.core.literals import StageOutcome
from orchestrator.core.model import Card
from orchestrator.core.workflow.commands import ReportStage
from orchestrator.core.workflow.events import StageAsked, StageBlocked
from orchestrator.core.workflow.progress import stage_of
from orchestrator.core.workflow.run import StageRun, StageState
from orchestrator.core.workflow.words import asked_to_finish, standing_orders
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.places.places import Places
from orchestrator.world import hosts, worktrees


@dataclass(frozen=True, slots=True)
class StageReports:
    """The stages of runs as the sessions that work for them see them."""

    engine: Engine
    places: Places
    agents: Agents
    _told_unclean: set[tuple[str, str, int]] = field(default_factory=set)
    """Attempts whose sessions were told that their worktree is not clean."""

    def works_for(self, card_id: str) -> str:
        """The run and stage that the card works for, `r3/merge`; empty for none."""
        card = self.engine.state.cards.get(card_id)
        return f"{card.run}/{card.stage}" if card and stage_of(self.engine.state, card) else ""

    def orders(self, card: Card) -> str:
        """What the card's session is told in addition to its prompts; empty for one without a stage."""
        run = self.engine.state.runs.get(card.run)
        if run is None or card.worktree is None or card.stage not in run.stages:
            return ""
        stage, tool = run.workflow.stage(card.stage), self._reports_by(card)
        return standing_orders(run, stage, card.worktree.path, card.branch, tool)

    async def report(self, card_id: str, outcome: StageOutcome, summary: str, handoff: str) -> str:
        """Handles a session's `stage_done`. One that leaves uncommitted changes is told so, once per attempt:
        later stages would not get them. Commits on a host are fetched before the stage is done; if they
        cannot be merged into the branch the stage is blocked."""
        card = self.engine.state.cards.get(card_id)
        own = stage_of(self.engine.state, card) if card else None
        if outcome == "done" and card and own and card.worktree:
            try:
                kept = await self._gather_in(card, own)
            except worktrees.GitRefused as refused:
                await self.engine.record((StageBlocked(time.time(), card.run, card.stage, str(refused)),))
                return f"The stage is blocked, and a person is asked: {refused} End your turn now."
            except (hosts.HostError, worktrees.GitFailed) as error:
                hint = "Wait a minute, then call stage_done again."
                raise refusal("the stage cannot be marked done yet", str(error), hint) from None
            summary += f"\n(Uncommitted changes are saved as {kept}.)" if kept else ""
        await self.engine.submit(ReportStage(card_id, outcome, summary, handoff))
        return "Recorded. End your turn now."

    def asks_to_finish(self, card_id: str) -> str:
        """What a session is told whose turn ends while its stage has no outcome; empty to let it end. It is
        asked once per attempt."""
        card = self.engine.state.cards.get(card_id)
        own = stage_of(self.engine.state, card) if card else None
        if card is None or own is None or own.asked or own.report or own.state is not StageState.RUNNING:
            return ""
        if card.outbox or card.ending:
            return ""
        self.engine.record((StageAsked(time.time(), card.run, card.stage),))
        return asked_to_finish(card.stage, self._reports_by(card))

    def _reports_by(self, card: Card) -> str:
        return self.agents.of(card).launch.tool_name("stage_done")

    async def _gather_in(self, card: Card, own: StageRun) -> str:
        """Fetches the session's commits to the branch here; returns the ref with its uncommitted changes, if
        those are elsewhere."""
        assert card.worktree is not None
        place = self.places.of(card)
        attempt = (card.run, card.stage, own.attempt)
        left = await self.places.asked(lambda: place.unclean(card))
        if left and attempt not in self._told_unclean:
            self._told_unclean.add(attempt)
            where = f"its worktree on {card.where}" if self.places.elsewhere(card) else card.worktree.path
            raise refusal(
                "the stage is not done yet",
                f"{where} has {left}, which no later stage would see",
                "Commit it (or remove it), then call stage_done again.",
            )
        return await self.places.asked(lambda: place.bring_back(card, rescue=bool(left)))
