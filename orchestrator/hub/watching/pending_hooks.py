"""Requests whose hooks are held open: they wait here until they are answered, in the queue or in the session.

A hold ends with the first of: an answer from here, the request's end in its session (the pane's dialog was
answered, Esc, the session's end), a disconnecting agent, or, for a subagent, a few seconds: a held hook hides
its dialog.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace

from orchestrator import shell
from orchestrator.agents.agent import AskAnswer, Asks, Choice, Payload, Reply
from orchestrator.agents.configured import Agents
from orchestrator.core.commands import AnswerRequest
from orchestrator.core.events import RequestMade
from orchestrator.core.model import Card
from orchestrator.core.rules import SHELLS, RequestFacts, Rule, judge
from orchestrator.core.rules.script import Script
from orchestrator.core.sessions.model import Ask
from orchestrator.core.sessions.signals import Asked
from orchestrator.hub.loop.engine import Engine, RefusedError

_SUBAGENT_WAITS = 20.0
"""Seconds that a subagent's request is held."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(slots=True)
class PendingHook:
    """A waiting request."""

    card: str
    ask: Ask
    payload: Payload
    asks: Asks
    """What understands the payload."""
    choices: tuple[Choice, ...]
    reply: "asyncio.Future[Reply]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    being_answered: bool = False

    @property
    def lasting(self) -> tuple[Choice, ...]:
        """The choices that allow for longer than once."""
        return tuple(each for each in self.choices if each.allows and each.scope != "once")


class PendingHooks:
    """All held requests. `rules` are tried before anything is held."""

    def __init__(self, engine: Engine, rules: tuple[Rule, ...], agents: Agents) -> None:
        self._engine = engine
        self._agents = agents
        self._rules = rules
        self._held: dict[str, PendingHook] = {}
        engine.after_change(self._release)

    @property
    def ids(self) -> frozenset[str]:
        """The requests held now."""
        return frozenset(self._held)

    @property
    def being_answered(self) -> frozenset[str]:
        """Those of them to which an answer is on its way, a rule's as well."""
        return frozenset(request for request, hold in self._held.items() if hold.being_answered)

    def get(self, request: str) -> PendingHook | None:
        """`None` if it was answered, or never held."""
        return self._held.get(request)

    async def ask(self, asked: Asked, card: Card, payload: Payload, hung_up: Awaitable[None]) -> Reply:
        """Puts the request before rules and user, and returns the reply when there is one; an empty one once
        `hung_up` is done. A request without an id gets one."""
        ask = replace(asked.ask, id=asked.ask.id or self.new_id(card.id))
        asks = self._agents.of(card).asks
        if asks is None:
            raise TypeError(f"the agent of {card.id} asks, and has no way to be answered")
        about = asks.facts(payload, card.path)
        # Parsed before the request is shown: one that a rule answers must not appear in the queue meanwhile.
        ruled = self._rules and ask.kind != "question" and about.tool in SHELLS
        script = (await asyncio.to_thread(shell.read, about.command)) if ruled else None
        self._engine.record((RequestMade(ask.at, card.id, ask.id, ask.kind, ask.summary, about),))
        self._engine.signal(card.id, Asked(asked.at, ask))
        hold = self._held[ask.id] = PendingHook(card.id, ask, payload, asks, asks.choices(payload))
        self._engine.touched(card.id)
        hangs_up = asyncio.ensure_future(hung_up)
        try:
            await self._by_rule(hold, card, about, script)
            waits = _SUBAGENT_WAITS if ask.agent_id else None
            await asyncio.wait((hold.reply, hangs_up), timeout=waits, return_when=asyncio.FIRST_COMPLETED)
            return hold.reply.result() if hold.reply.done() else {}
        finally:
            hangs_up.cancel()
            del self._held[ask.id]
            self._engine.touched(card.id)

    async def answer(self, command: AnswerRequest, reply: Reply) -> None:
        """Releases the hook with this reply, once the decision is in the journal.

        Raises `RefusedError` if the request is not open any more, or was never held.
        """
        hold = self._held.get(command.request)
        if hold:
            hold.being_answered = True
        try:
            await self._engine.submit(replace(command, held=hold is not None))
        finally:
            if hold:
                hold.being_answered = False
        if hold and not hold.reply.done():
            hold.reply.set_result(reply)

    def close(self) -> None:
        """Releases all hooks without an opinion: their dialogs are still in the panes."""
        for hold in self._held.values():
            if not hold.reply.done():
                hold.reply.set_result({})

    async def _by_rule(
        self, hold: PendingHook, card: Card, about: RequestFacts, script: Script | None
    ) -> None:
        ask = hold.ask
        if not self._rules or ask.kind == "question":
            return
        ruling = judge(self._rules, about, repo=card.repo, labels=card.labels, script=script)
        if ruling.answer == "ask":
            return
        message = ruling.message or f"Denied by the rule {ruling.rule}."
        given = AskAnswer("allow") if ruling.answer == "allow" else AskAnswer("deny", message)
        reply, said = hold.asks.answer(hold.payload, given), given.message
        command = AnswerRequest(card.id, ask.id, ruling.answer, said, "rule", ruling.rule, held=True)
        with contextlib.suppress(RefusedError):  # answered in the session meanwhile
            await self.answer(command, reply)

    def _release(self, card_id: str) -> None:
        """Releases the hooks whose requests have ended in their session."""
        held = [(request, hold) for request, hold in self._held.items() if hold.card == card_id]
        if not held:
            return
        card = self._engine.state.cards.get(card_id)
        still_open = {ask.id for ask in card.session.facts.asks} if card and card.session else set()
        for request, hold in held:
            if request not in still_open and not hold.being_answered and not hold.reply.done():
                hold.reply.set_result({})

    def new_id(self, card: str) -> str:
        """An id for a request of the card's."""
        while (made := f"{card}.{''.join(secrets.choice(_LETTERS) for _ in range(3))}") in self._held:
            pass
        return made
