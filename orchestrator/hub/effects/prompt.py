"""Giving a session a prompt, and nothing else to anything else."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.agents.agent import Screen, Server
from orchestrator.agents.configured import Agents
from orchestrator.core.effects import may_type
from orchestrator.core.events import Event
from orchestrator.core.model import Card, Prompt
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.prompt_events import (
    PromptConfirmed,
    PromptPasted,
    PromptPasting,
    PromptPutBack,
)
from orchestrator.core.sessions.prompts import is_prompt
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.typing.keyboard import Keyboard
from orchestrator.hub.watching.servers import link
from orchestrator.world.tmux import Tmux

_REPAINT = 0.2
"""Seconds that an agent has to show the effect of a key."""
_TAKEN = 2.0
"""Seconds that an agent has to take a prompt before its input box is looked at."""
_ENTERS = 3
"""How often Enter is pressed again."""
_DRAFT = "its input box holds a draft"


@dataclass(frozen=True, slots=True)
class PromptEffects:
    """Gives sessions their prompts: through the program's own server where it has one, else by typing them.
    `launches` holds the folders of their launches."""

    engine: Engine
    tmux: Tmux
    keyboard: Keyboard
    agents: Agents
    launches: Path

    async def type_in(self, card: Card, prompt_id: str) -> Iterable[Event]:
        """Checks the input box immediately before typing: the user may have started to write there."""
        session = card.session
        prompt = next(each for each in card.outbox if each.id == prompt_id)
        assert session is not None
        agent = self.agents.of(card)
        screen = agent.screen
        if agent.server:
            return await self._send(agent.server, card, session, prompt)
        if why := await asyncio.to_thread(self._kept_off, session, screen):
            return () if prompt.why == why else (PromptPutBack(time.time(), card.id, prompt_id, why),)
        now = self.engine.state.cards.get(card.id)
        if now is None or now.ending or not may_type(now.session):
            return ()
        await self.engine.record((PromptPasting(time.time(), card.id, prompt_id),))
        text = screen.typed(prompt.text)
        if why := await asyncio.to_thread(self.keyboard.paste, session.pane, text):
            return (PromptPutBack(time.time(), card.id, prompt_id, why),)
        pasted = PromptPasted(time.time(), card.id, prompt_id)
        if screen.is_command(prompt.text):
            return (pasted, PromptConfirmed(time.time(), card.id, prompt_id))
        await self.engine.record((pasted,))
        await self._enter_again(card.id, session, prompt_id, text)
        return ()

    async def _enter_again(self, card_id: str, session: Session, prompt_id: str, text: str) -> None:
        """Presses Enter while the prompt has no receipt and stays in the input box: a busy agent takes an
        Enter right after a paste for a part of it. A second one behind a late first finds the box empty, and
        does nothing."""
        screen = self.agents.of(self.engine.state.cards[card_id]).screen
        for _ in range(_ENTERS):
            deadline = time.monotonic() + _TAKEN
            while time.monotonic() < deadline:
                if not self._awaits_receipt(card_id, session.run, prompt_id):
                    return
                await asyncio.sleep(_REPAINT / 4)
            if not await asyncio.to_thread(self._press_enter, session.pane, screen, text):
                return

    def _awaits_receipt(self, card_id: str, run: int, prompt_id: str) -> bool:
        card = self.engine.state.cards.get(card_id)
        if card is None or card.ending or card.session is None or card.session.run != run:
            return False
        return any(each.id == prompt_id and each.state == "pasted" for each in card.outbox)

    def _press_enter(self, pane: str, screen: Screen, text: str) -> bool:
        shown = self.tmux.capture([pane], colour=True).get(pane, "")
        return screen.holds(shown, text) and not self.keyboard.press(pane, "Enter")

    async def _send(self, server: Server, card: Card, session: Session, prompt: Prompt) -> Iterable[Event]:
        await self.engine.record((PromptPasting(time.time(), card.id, prompt.id),))
        try:
            why = await server.prompt(link(self.launches, card, session), prompt.text)
        except OSError as error:
            why = f"its server does not answer: {error}"
        if why:
            return (PromptPutBack(time.time(), card.id, prompt.id, why),)
        return (PromptPasted(time.time(), card.id, prompt.id),)

    async def interrupt(self, card: Card) -> str:
        """Interrupts the turn of its session in a window. Returns why that was not done; empty where it was.
        Raises `TmuxError`."""
        agent, session = self.agents.of(card), card.session
        assert session is not None
        if agent.server is None:
            return await asyncio.to_thread(self.keyboard.press, session.pane, agent.screen.interrupt)
        try:
            return await agent.server.interrupt(link(self.launches, card, session))
        except OSError as error:
            return f"its server does not answer: {error}"

    async def type_now(self, card: Card, line: str) -> str:
        """Gives an idle session a line that nobody has queued. Returns why not; empty where it was given.
        Raises `TmuxError`."""
        session = card.session
        if session is None or not may_type(session):
            return "it is busy"
        if server := self.agents.of(card).server:
            try:
                return await server.prompt(link(self.launches, card, session), line)
            except OSError as error:
                return f"its server does not answer: {error}"
        if why := await asyncio.to_thread(self._kept_off, session, self.agents.of(card).screen):
            return why
        now = self.engine.state.cards.get(card.id)
        if now is None or now.ending or now.outbox or not may_type(now.session):
            return "it is busy"
        return await asyncio.to_thread(self.keyboard.paste, session.pane, line)

    def _kept_off(self, session: Session, screen: Screen) -> str:
        """Why nothing can be typed into its input box now; empty if it is free."""
        draft = self._draft(session, screen)
        if why := self.keyboard.in_the_way(session.pane):
            return why
        return "" if draft == "" else screen.hidden if draft is None else _DRAFT

    def _draft(self, session: Session, screen: Screen) -> str | None:
        """What the user has begun to write. An agent may put the interrupted prompt back into the box: that
        is no draft, and is taken out."""
        shown = self.tmux.capture([session.pane], colour=True).get(session.pane, "")
        draft = screen.draft(shown)
        if draft and is_prompt(draft, session.facts.prompt):
            if self.keyboard.press(session.pane, *["C-u"] * (2 * draft.count("\n") + 1)):
                return None
            time.sleep(_REPAINT)
            shown = self.tmux.capture([session.pane], colour=True).get(session.pane, "")
            draft = screen.draft(shown)
        return draft
