"""Dialogs of a session's pane, read and answered from the queue."""

import asyncio
import time
from dataclasses import dataclass

from orchestrator.core.board.views import Need, NeedDetail, Question
from orchestrator.core.events import DialogAnswered
from orchestrator.core.model import Card
from orchestrator.core.sessions.dialog import Dialog, find_option
from orchestrator.core.text.clean import clean
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.typing.keyboard import Keyboard


@dataclass(frozen=True, slots=True)
class Dialogs:
    """Methods raise `RefusedError` or `TmuxError`."""

    engine: Engine
    keyboard: Keyboard

    async def detail(self, need: Need) -> NeedDetail:
        """The present dialog, with the keys of each option; `version` goes with the answer."""
        found = await self._open(self.engine.state.cards[need.card])
        if found is None:
            return NeedDetail(need, need.summary, diff=False, questions=(), always=())
        options = tuple((clean(option.label), option.keys) for option in found.options)
        question = Question(clean(found.text), "dialog", multi=False, options=options)
        return NeedDetail(
            need, clean(found.text), diff=False, questions=(question,), always=(), version=found.version
        )

    async def answer(self, card: Card, need: str, label: str, *, seen: str, by: str) -> None:
        """Chooses the option with that label in the dialog whose version is `seen`."""
        found = await self._open(card)
        if found is None:
            raise refusal(f"{need} is no longer waiting", "no dialog is open there", "See: orch queue")
        if not seen or found.version != seen:
            raise refusal(
                f"{need} was not answered",
                "it has changed since you looked",
                f"Read it again: orch queue --full, or attach: orch attach {card.slug}",
            )
        option = find_option(found, label)
        if option is None:
            offered = ", ".join(repr(each.label) for each in found.options)
            raise refusal(
                f"the dialog has no option {label!r}", f"it offers {offered}", "Choose one of these."
            )
        assert card.session is not None
        why = await asyncio.to_thread(self.keyboard.choose, card.session.pane, found, option)
        if why:
            raise refusal(
                f"{need} was not answered", why, f"Answer it in its terminal: orch attach {card.slug}"
            )
        chosen = found.options[option]
        await self.engine.record(
            (DialogAnswered(time.time(), card.id, found.title, chosen.label, chosen.keys, by),)
        )

    async def _open(self, card: Card) -> Dialog | None:
        if card.session is None or not card.session.pane:
            return None
        return await asyncio.to_thread(self.keyboard.dialog, card.session.pane)
