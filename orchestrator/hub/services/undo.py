"""Handles the request to undo an act: looks whether the repository allows it, and has it decided."""

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.core.commands import Rejected, UndoAct
from orchestrator.core.landing.survey import Refusal
from orchestrator.core.model import Act, Card, State
from orchestrator.core.requests.cards import Undo
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.undo.decide import last_act, pending, refused, undo, version
from orchestrator.core.undo.evolve import LONG, begun
from orchestrator.core.undo.text import told
from orchestrator.core.undo.views import Undone
from orchestrator.hub.landing.survey import in_use
from orchestrator.hub.loop.engine import RefusedError, refusal
from orchestrator.hub.services.cards import CardService
from orchestrator.hub.services.lookup import MissingError
from orchestrator.world import worktrees


@dataclass(frozen=True, slots=True)
class UndoService:
    cards: CardService

    async def undo(self, request: Undo, speaker: Speaker) -> Undone:
        """Returns when the act is undone. Raises `RefusedError`, `MissingError`, or an error of git."""
        engine = self.cards.engine
        of_card = self._card_of(request.card) if request.card else ""
        act = last_act(engine.state, speaker.user, of_card, time.time())
        if isinstance(act, Rejected):
            raise RefusedError(act)
        if request.seen and request.seen != version(act):
            why = "another act is the last one by now"
            raise refusal("nothing was undone", why, "Look at it, then retry.")
        if no := refused(engine.state, act):
            raise RefusedError(no)
        obstacle = await asyncio.to_thread(_obstacle, engine.state, act)
        command = UndoAct(act.card, act.at, speaker.user, of_card, obstacle)
        what = told(engine.state, act, of_card)
        if request.dry_run:
            decision = undo(engine.state, command, time.time())
            if isinstance(decision, Rejected):
                raise RefusedError(decision)
            return what
        await engine.submit(command)
        await engine.settle(act.card)
        card = engine.state.cards.get(act.card)
        if card and card.failure and pending(engine.state, act):
            raise refusal(card.failure.what, card.failure.why, card.failure.hint)
        return replace(what, done=True)

    def _card_of(self, ref: str) -> str:
        """The id of that card, which may have been removed."""
        try:
            return self.cards.find(ref).id
        except MissingError:
            acts = reversed(self.cards.engine.state.acts)
            found = next((each for each in acts if ref in (each.card, each.before.slug)), None)
            if found is None:
                raise
            return found.card


def _obstacle(state: State, act: Act) -> Refusal | None:
    """What in the repository keeps the act from being undone. Raises `GitFailed` or `GitMissing`."""
    if act.verb not in LONG:
        return None
    try:
        _check(state, begun(state.cards.get(act.card), act, act.at))
    except worktrees.GitRefused as no:
        return Refusal(no.what, no.why, no.hint)
    return None


def _check(state: State, card: Card) -> None:
    ending = card.ending
    if ending is None or ending.then != "undo":
        return
    if ending.gone:
        worktrees.check_restorable(Path(card.repo), ending.gone)
    if ending.made:
        worktrees.check_back(Path(card.repo), ending.made, in_use(state, card))
