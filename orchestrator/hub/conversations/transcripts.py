"""Looks into the conversations on disk: which prompts they hold, and how a turn stood when its session
ended, or when it came to rest without the hook that ends a turn."""

import logging
import time
from dataclasses import dataclass, field

from orchestrator.agents.agent import Conversation, Conversations
from orchestrator.agents.configured import Agents
from orchestrator.core.effects import alive
from orchestrator.core.events import PromptConfirmed
from orchestrator.core.model import Card, Prompt, Session, Turn
from orchestrator.core.sessions.cut_off import in_a_turn
from orchestrator.core.sessions.prompts import awaited, same
from orchestrator.hub.loop.engine import Engine

_LOOKS = 8

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Transcripts:
    """Reads them for the engine's cards. A file that stays as it was is not read twice."""

    engine: Engine
    agents: Agents
    _read: dict[str, tuple[object, ...]] = field(default_factory=dict)
    _looks: dict[str, tuple[tuple[int, float], int]] = field(default_factory=dict)
    """The turns that seem to have been interrupted, by card, and how often each was looked at."""

    def tell(self, card_id: str, session: Session) -> None:
        """Tells the engine how the session's conversation stands, by what is on the disk."""
        try:
            if found := self._find(card_id, session):
                conversations, conversation = found
                self.engine.signal(card_id, conversations.tail(conversation))
        except OSError as error:
            _log.warning("the conversation of %s can't be read: %s", card_id, error)

    def _find(self, card_id: str, session: Session) -> tuple[Conversations, Conversation] | None:
        conversations = self.agents.of(self.engine.state.cards.get(card_id)).conversations
        if conversations is None:
            return None
        found = conversations.find(session.session_id, session.transcript)
        return (conversations, found) if found else None

    def confirm(self) -> None:
        """Tells the engine of the prompts that have been written down."""
        for card in tuple(self.engine.state.cards.values()):
            self._confirm(card)

    def _confirm(self, card: Card) -> None:
        waiting = awaited(card)
        if not waiting or card.session is None:
            self._read.pop(card.id, None)
            return
        try:
            if held := self._held(card, card.session, waiting):
                now = time.time()
                self.engine.record(tuple(PromptConfirmed(now, card.id, each.id) for each in held))
        except OSError as error:
            _log.warning("the conversation of %s can't be read: %s", card.id, error)

    def settle(self) -> None:
        """Tells the engine of turns that ended well though they seem interrupted: the hub was away when their
        hook came. To be called once a second; each turn is looked at for some seconds, since the agent may
        write the conversation a moment after it rests."""
        for card in tuple(self.engine.state.cards.values()):
            session = card.session
            if session is None or session.facts.turn is not Turn.INTERRUPTED or not alive(card):
                self._looks.pop(card.id, None)
                continue
            turn = (session.run, session.facts.turn_at)
            seen, looks = self._looks.get(card.id, (turn, 0))
            looks = looks if seen == turn else 0
            if looks < _LOOKS:
                self._looks[card.id] = (turn, looks + 1)
                self.tell(card.id, session)

    def before_end(self, card_id: str, session: Session) -> None:
        """Tells the engine how a turn stands whose session is about to be known as ended, and which prompts
        its conversation holds."""
        if card := self.engine.state.cards.get(card_id):
            self._confirm(card)
        if in_a_turn(session.facts):
            self.tell(card_id, session)

    def _held(self, card: Card, session: Session, waiting: tuple[Prompt, ...]) -> list[Prompt]:
        found = self._find(card.id, session)
        if found is None:
            return []
        conversations, conversation = found
        stat = conversation.file.stat()
        mark = (conversation, stat.st_mtime_ns, stat.st_size, *(each.id for each in waiting))
        if self._read.get(card.id) == mark:
            return []
        since = min(each.typed_at or each.at for each in waiting)
        written = list(conversations.prompts(conversation, since))
        held = [each for each in waiting if _take(written, each)]
        if not held:
            self._read[card.id] = mark
        return held


def _take(written: list[tuple[float, str]], prompt: Prompt) -> bool:
    """Takes what was written of the prompt out of the list. One that a session was started with is known by
    its time alone: if it is long, the conversation holds where it is to be read."""
    for entry in written:
        at, text = entry
        if at >= (prompt.typed_at or prompt.at) and (prompt.state == "launched" or same(prompt.text, text)):
            written.remove(entry)
            return True
    return False
