"""Typing a prompt into a session, and nothing else into anything else."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.agents.claude_code import input_box
from orchestrator.agents.claude_code.dialogs import HIDDEN
from orchestrator.core.effects import may_type
from orchestrator.core.events import Event, PromptConfirmed, PromptPasted, PromptPasting, PromptPutBack
from orchestrator.core.model import Card, Session
from orchestrator.core.sessions.prompts import is_prompt
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.typing.keyboard import Keyboard
from orchestrator.world.tmux import Tmux

_REPAINT = 0.2
"""Seconds that an agent has to show what a key changed."""
_DRAFT = "its input box holds a draft"


@dataclass(frozen=True, slots=True)
class PromptEffects:
    """Types prompts. `watched` is whether the agent is Claude Code, whose input box is known."""

    engine: Engine
    tmux: Tmux
    keyboard: Keyboard
    watched: bool

    async def type_in(self, card: Card, prompt_id: str) -> Iterable[Event]:
        """Looks at the input box right before typing: the user may have begun to write there."""
        session = card.session
        prompt = next(each for each in card.outbox if each.id == prompt_id)
        assert session is not None
        if self.watched and (why := await asyncio.to_thread(self._kept_off, session)):
            return () if prompt.why == why else (PromptPutBack(time.time(), card.id, prompt_id, why),)
        now = self.engine.state.cards.get(card.id)
        if now is None or now.ending or not may_type(now.session):
            return ()
        await self.engine.record((PromptPasting(time.time(), card.id, prompt_id),))
        text = input_box.typed(prompt.text)
        if why := await asyncio.to_thread(self.keyboard.paste, session.pane, text):
            return (PromptPutBack(time.time(), card.id, prompt_id, why),)
        pasted = PromptPasted(time.time(), card.id, prompt_id)
        if prompt.text.lstrip().startswith("/"):  # a command of the terminal's gives no receipt
            return (pasted, PromptConfirmed(time.time(), card.id, prompt_id))
        return (pasted,)

    async def type_now(self, card: Card, line: str) -> str:
        """Types a line that nobody has queued into an idle session. Returns why it was not typed; empty where
        it was. Raises `TmuxError`."""
        session = card.session
        if session is None or not may_type(session):
            return "it is busy"
        if self.watched and (why := await asyncio.to_thread(self._kept_off, session)):
            return why
        now = self.engine.state.cards.get(card.id)
        if now is None or now.ending or now.outbox or not may_type(now.session):
            return "it is busy"
        return await asyncio.to_thread(self.keyboard.paste, session.pane, line)

    def _kept_off(self, session: Session) -> str:
        """Why nothing can be typed into its input box now, in words; empty where it is free."""
        draft = self._draft(session)
        if why := self.keyboard.in_the_way(session.pane):
            return why
        return "" if draft == "" else HIDDEN if draft is None else _DRAFT

    def _draft(self, session: Session) -> str | None:
        """What the user has begun to write. After Esc, Claude Code puts the interrupted prompt back into
        the box (probed on 2.1.197 and 2.1.330): that is no draft, and is taken out."""
        shown = self.tmux.capture([session.pane], colour=True).get(session.pane, "")
        draft = input_box.draft(shown)
        if draft and is_prompt(draft, session.facts.prompt):
            if self.keyboard.press(session.pane, *["C-u"] * (2 * draft.count("\n") + 1)):
                return None
            time.sleep(_REPAINT)
            shown = self.tmux.capture([session.pane], colour=True).get(session.pane, "")
            draft = input_box.draft(shown)
        return draft
