"""Requests whose hooks are held open: they wait here until somebody answers, there or here.

A hold ends with the first of: an answer from here, the request's end in its session (the pane's dialog
was answered, Esc, the session's end), the agent hanging up, or, for a subagent, a few seconds: a held hook
hides its dialog.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from orchestrator import shell
from orchestrator.agents.claude_code import answers, requests
from orchestrator.core.commands import AnswerRequest
from orchestrator.core.events import RequestMade
from orchestrator.core.model import Ask, Card
from orchestrator.core.rules import SHELLS, RequestFacts, Rule, judge
from orchestrator.core.rules.script import Script
from orchestrator.core.sessions.signals import Asked
from orchestrator.hub.loop.engine import Engine, RefusedError

_SUBAGENT_WAITS = 20.0
"""Seconds that a subagent's request is held."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

Reply = dict[str, Any]
"""What the hook is answered with; empty means no opinion, and leaves it to the pane's dialog."""


@dataclass(slots=True)
class PendingHook:
    """A request that waits."""

    card: str
    payload: Mapping[str, Any]
    reply: "asyncio.Future[Reply]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    being_answered: bool = False


class PendingHooks:
    """All held requests. `rules` are tried before anything is held."""

    def __init__(self, engine: Engine, rules: tuple[Rule, ...]) -> None:
        self._engine = engine
        self._rules = rules
        self._held: dict[str, PendingHook] = {}
        engine.after_change(self._release)

    @property
    def ids(self) -> frozenset[str]:
        """The requests that are held now."""
        return frozenset(self._held)

    def get(self, request: str) -> PendingHook | None:
        """`None` where it was answered, or never held."""
        return self._held.get(request)

    async def ask(
        self, asked: Asked, card: Card, payload: Mapping[str, Any], hung_up: Coroutine[Any, Any, None]
    ) -> Reply:
        """Puts the request before rules and user, and returns the reply when there is one."""
        ask = replace(asked.ask, id=self._new_id(card.id))
        about = requests.facts(payload, card.path)
        # Parsed before the request is shown: one that a rule answers is not to wait for a person meanwhile.
        ruled = self._rules and ask.kind != "question" and about.tool in SHELLS
        script = (await asyncio.to_thread(shell.read, about.command)) if ruled else None
        self._engine.record((RequestMade(ask.at, card.id, ask.id, ask.kind, ask.summary, about),))
        self._engine.signal(card.id, Asked(asked.at, ask))
        hold = self._held[ask.id] = PendingHook(card.id, payload)
        self._engine.touched(card.id)
        hangs_up = asyncio.ensure_future(hung_up)
        try:
            await self._by_rule(ask, card, payload, about, script)
            waits = _SUBAGENT_WAITS if ask.agent_id else None
            await asyncio.wait((hold.reply, hangs_up), timeout=waits, return_when=asyncio.FIRST_COMPLETED)
            return hold.reply.result() if hold.reply.done() else {}
        finally:
            hangs_up.cancel()
            del self._held[ask.id]
            self._engine.touched(card.id)

    async def answer(self, command: AnswerRequest, reply: Reply) -> None:
        """Lets the hook go with this reply, once the decision is in the journal.

        Raises `RefusedError` when the request is not open any more, or was never held.
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
        """Lets all hooks go without an opinion: their dialogs are still there in the panes."""
        for hold in self._held.values():
            if not hold.reply.done():
                hold.reply.set_result({})

    async def _by_rule(
        self,
        ask: Ask,
        card: Card,
        payload: Mapping[str, Any],
        about: RequestFacts,
        script: Script | None,
    ) -> None:
        if not self._rules or ask.kind == "question":
            return
        ruling = judge(self._rules, about, repo=card.repo, labels=card.labels, script=script)
        if ruling.answer == "ask":
            return
        message = ruling.message or f"Denied by the rule {ruling.rule}."
        allows = ruling.answer == "allow"
        reply = answers.allow(payload) if allows else answers.deny(message)
        said = "" if allows else message
        command = AnswerRequest(card.id, ask.id, ruling.answer, said, "rule", ruling.rule, held=True)
        with contextlib.suppress(RefusedError):  # answered in the session meanwhile
            await self.answer(command, reply)

    def _release(self, card_id: str) -> None:
        """Lets those hooks go whose requests have ended in their session."""
        held = [(request, hold) for request, hold in self._held.items() if hold.card == card_id]
        if not held:
            return
        card = self._engine.state.cards.get(card_id)
        still_open = {ask.id for ask in card.session.facts.asks} if card and card.session else set()
        for request, hold in held:
            if request not in still_open and not hold.being_answered and not hold.reply.done():
                hold.reply.set_result({})

    def _new_id(self, card: str) -> str:
        while (made := f"{card}.{''.join(secrets.choice(_LETTERS) for _ in range(3))}") in self._held:
            pass
        return made
