"""Reads the conversations on disk: which prompts they contain, and the state of a turn whose session ended,
or that ended without its hook."""

import logging
import time
from dataclasses import dataclass, field

from orchestrator.agents.agent import Conversation, Conversations
from orchestrator.agents.configured import Agents
from orchestrator.core.effects import alive
from orchestrator.core.model import Card, Prompt
from orchestrator.core.sessions.cut_off import in_a_turn
from orchestrator.core.sessions.model import Session, Turn
from orchestrator.core.sessions.prompt_events import PromptConfirmed
from orchestrator.core.sessions.prompts import awaited, same
from orchestrator.hub.loop.engine import Engine

_LOOKS = 8

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Transcripts:
    """Reads them for the engine's cards. An unchanged file is not read again."""

    engine: Engine
    agents: Agents
    _read: dict[str, tuple[object, ...]] = field(default_factory=dict)
    _looks: dict[str, tuple[tuple[int, float], int]] = field(default_factory=dict)
    """The turns that seem to be interrupted, by card, and how often each was checked."""

    def tell(self, card_id: str, session: Session) -> None:
        """Tells the engine how the session's conversation stands, by what is on the disk."""
        try:
            if found := self._find(card_id, session):
                conversations, conversation = found
                self.engine.signal(card_id, conversations.tail(conversation))
        except OSError as error:
            _log.warning("cannot read the conversation of %s: %s", card_id, error)

    def _find(self, card_id: str, session: Session) -> tuple[Conversations, Conversation] | None:
        conversations = self.agents.of(self.engine.state.cards.get(card_id)).conversations
        if conversations is None:
            return None
        found = conversations.find(session.session_id, session.transcript)
        return (conversations, found) if found else None

    def confirm(self) -> None:
        """Reports the prompts that have been recorded to the engine."""
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
            _log.warning("cannot read the conversation of %s: %s", card.id, error)

    def settle(self) -> None:
        """Reports turns that ended normally although they seem interrupted to the engine: the hub was away
        when their hook arrived. Call it once a second; each turn is checked for some seconds, because the
        agent may write the conversation a moment after the turn ends."""
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
        """Reports the state of the turn of a session that is about to be known as ended, and the prompts in
        its conversation, to the engine."""
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
    """Removes the recorded prompt from the list. One that a session was started with is recognised by its
    time alone: if it is long, the conversation only contains the path of its file."""
    for entry in written:
        at, text = entry
        if at >= (prompt.typed_at or prompt.at) and (prompt.state == "launched" or same(prompt.text, text)):
            written.remove(entry)
            return True
    return False
