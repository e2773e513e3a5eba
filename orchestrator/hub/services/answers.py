"""Answers and nudges from the queue."""

import asyncio
import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime

from orchestrator import config, shell
from orchestrator.agents.agent import AskAnswer, Reply, UnfitAnswerError
from orchestrator.core.board.views import CardView, Need, NeedDetail, Trial, Waited
from orchestrator.core.commands import AnswerRequest, DropPrompts, SendAgain, SendPrompt
from orchestrator.core.decide import CONTINUE
from orchestrator.core.effects import may_type
from orchestrator.core.events import RequestAnswered, RequestMade, SessionNudged
from orchestrator.core.model import Card
from orchestrator.core.needs.grants import Right
from orchestrator.core.needs.nudges import Policy, commands, due
from orchestrator.core.needs.ranking import find, needs
from orchestrator.core.needs.stats import waited
from orchestrator.core.requests.cards import Nudge, Restart
from orchestrator.core.requests.needs import Answer
from orchestrator.core.rules import SHELLS, Rule, judge
from orchestrator.core.sessions.states import STATES, does
from orchestrator.core.text.clean import shown
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.workflow.shown import output
from orchestrator.hub.effects.prompt import PromptEffects
from orchestrator.hub.loop.engine import Engine, RefusedError, refusal
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.mail.teams.requested_cards import RequestedCards
from orchestrator.hub.services.lookup import MissingError
from orchestrator.hub.services.runs import RunService
from orchestrator.hub.typing.answering import Dialogs
from orchestrator.hub.watching.pending_hooks import PendingHook, PendingHooks
from orchestrator.world.tmux import TmuxError

_DAY = 86_400.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerService:
    """Methods raise `MissingError`, `RefusedError`, or an error of tmux or of the configuration."""

    engine: Engine
    holds: PendingHooks
    dialogs: Dialogs
    runs: RunService
    mail_service: MailService
    wanted: RequestedCards
    prompting: PromptEffects

    def needs(self) -> tuple[Need, ...]:
        return needs(self.engine.state, self.holds.ids, self.mail_service.overview.needs())

    def find(self, ref: str) -> Need:
        """The need with this id, or the only one of the card with this id or slug."""
        found = find(self.needs(), ref)
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(f"{need.id} ({need.summary})" for need in found[:8])
            raise MissingError(f"{ref!r} has several requests", names, "Name one of them.")
        if ref.partition(".")[0] in self.engine.state.cards and "." in ref:
            raise refusal(
                f"{ref} is no longer waiting",
                "it was answered, or its session continued",
                "List open requests: orch queue",
            )
        raise MissingError(f"no request named {ref!r}", hint="List them: orch queue")

    async def detail(self, ref: str) -> NeedDetail:
        need = self.find(ref)
        if need.kind == "gate":
            gate = await self.runs.gate(need.id)
            return NeedDetail(need, gate.message, diff=False, questions=(), always=(), gate=gate)
        if need.kind == "dialog":
            return await self.dialogs.detail(need)
        if hold := self.holds.get(need.id):
            text, diff = await asyncio.to_thread(hold.asks.detail, hold.payload)
            return NeedDetail(
                need,
                text,
                diff,
                hold.asks.questions(hold.payload),
                tuple(choice.words for choice in hold.lasting),
                allowed_by=hold.asks.allowed_by(hold.payload),
            )
        words = self.mail_service.overview.letter(need.id) if need.kind == "mail" else self._words(need)
        return NeedDetail(need, words, diff=False, questions=(), always=())

    async def answer(self, request: Answer, speaker: Speaker) -> CardView:
        """Answers a request; returns its card after that (or before, if the answer has removed it)."""
        need = self.find(request.need)
        if need.kind == "card":
            return await self.wanted.answer(need.card, request.verdict, request.message)
        if need.kind == "pause" and request.verdict == "allow":
            await self.mail_service.sending.unpause(*need.id.split(".")[1:3])
            return self.wanted.card_service.view(need.card)
        if need.kind == "gate":
            raise refusal(
                f"{need.id} is a gate", hint=f"Decide it: orch gate approve {need.id}, or orch gate deny"
            )
        if need.kind == "dialog" and need.answerable:
            await self._answer_dialog(need, request, speaker.place(request.by))
            return self.wanted.card_service.view(need.card)
        hold = self.holds.get(need.id)
        if hold is None and (need.urgency > 1 or need.kind == "dialog"):
            raise refusal(f"{need.id} is not a request", hint=need.hint or _way(need))
        try:
            reply, said = _reply(hold, request) if hold else ({}, "")
        except UnfitAnswerError as error:
            raise refusal(f"cannot answer {need.id} that way", str(error)) from None
        command = AnswerRequest(
            need.card,
            need.id,
            request.verdict,
            said,
            speaker.place(request.by),
            rule="",
            held=hold is not None,
            user=speaker.user,
            right=self._right(hold, request) if request.verdict == "always" else None,
        )
        await self.holds.answer(command, reply)
        return self.wanted.card_service.view(need.card)

    async def _answer_dialog(self, need: Need, request: Answer, by: str) -> None:
        chosen = [label for labels in request.options for label in labels]
        if request.verdict != "allow" or len(chosen) != 1:
            raise refusal(
                f"{need.id} is a dialog", "answer it with one of its options",
                f"Name one: orch answer {need.id} allow --option LABEL (see orch queue --full)",
            )  # fmt: skip
        card = self.engine.state.cards[need.card]
        await self.dialogs.answer(card, need.id, chosen[0], seen=request.seen, by=by)

    def _right(self, hold: PendingHook | None, request: Answer) -> Right | None:
        return hold.asks.right(hold.payload, request.always) if hold else None

    async def nudge(self, request: Nudge, speaker: Speaker) -> CardView:
        """Nudges a stuck session. A stalled turn is interrupted before it is told to continue."""
        card = self.wanted.card_service.find(request.card).id
        await self._nudge(card, request.how)
        nudged = SessionNudged(time.time(), card, request.how, speaker.place(request.by), speaker.user)
        await self.engine.saved(self.engine.record((nudged,)))
        return self.wanted.card_service.view(card)

    async def _nudge(self, card_id: str, how: str) -> None:
        card = self.engine.state.cards[card_id]
        session = card.session
        fresh = uuid.uuid4().hex[:12]
        if how == "restart":
            await self.engine.submit(Restart(card_id))
        elif how == "again":
            await self.engine.submit(SendAgain(card_id, fresh))
        elif how == "drop":
            await self.engine.submit(DropPrompts(card_id))
        elif session is None:
            raise refusal(f"{card_id} has no session", hint=f"Start it: orch start {card.slug}")
        elif not session.pane:
            raise refusal(
                f"cannot nudge {card_id}",
                "it runs without a terminal",
                f"Restart its session: orch nudge {card.slug} restart",
            )
        else:
            if STATES[session.status].may_interrupt:
                if why := await self.prompting.interrupt(card):
                    raise refusal(f"{card_id} was not interrupted", why, f"Check it: orch attach {card.slug}")
            elif how == "interrupt" or not may_type(session):
                raise refusal(f"cannot nudge {card_id} that way", f"its session {does(session.status)}")
            if how == "continue":
                await self.engine.submit(SendPrompt(card_id, fresh, CONTINUE, queue=True))

    def nudge_the_stuck(self, policy: Policy) -> None:
        """Automatic nudges within the policy's limits. Called once a second."""
        now = time.time()
        for card in self.engine.state.cards.values():
            if how := due(card, policy, now):
                self.engine.record((SessionNudged(now, card.id, how, "rule"),))
                self.engine.spawn(self._nudge_by_itself(card.id, how))

    async def _nudge_by_itself(self, card_id: str, how: str) -> None:
        try:
            await self._nudge(card_id, how)
        except (RefusedError, TmuxError) as error:
            _log.warning("cannot nudge %s (%s): %s", card_id, how, error)

    async def stats(self, days: int) -> tuple[Waited, ...]:
        events = await asyncio.to_thread(
            self.engine.journal.since, time.time() - days * _DAY, ("SessionChanged", "RequestAnswered")
        )
        return waited(events, _day, {card.id: card.title for card in self.engine.state.cards.values()})

    async def try_rules(self, days: int) -> tuple[Trial, ...]:
        """Reads the rules from the file as it is now, so that they can be tried before they apply."""
        rules = config.rules_of(await asyncio.to_thread(config.load))
        events = await asyncio.to_thread(
            self.engine.journal.since, time.time() - days * _DAY, ("RequestMade", "RequestAnswered")
        )
        was = {event.request: _was(event) for event in events if isinstance(event, RequestAnswered)}
        made = [event for event in events if isinstance(event, RequestMade) and event.kind != "question"]
        return await asyncio.to_thread(
            lambda: tuple(
                self._trial(rules, event, was.get(event.request, "in the session")) for event in made
            )
        )

    def _trial(self, rules: tuple[Rule, ...], event: RequestMade, was: str) -> Trial:
        card = self.engine.state.cards.get(event.card)
        repo, labels = (card.repo, card.labels) if card else ("", ())
        script = shell.read(event.facts.command) if event.facts.tool in SHELLS else None
        ruling = judge(rules, event.facts, repo=repo, labels=labels, script=script)
        return Trial(event.at, event.card, event.summary, ruling.answer, ruling.rule, was)

    def _words(self, need: Need) -> str:
        card = self.engine.state.cards.get(need.card)
        if need.kind == "card" and card:
            return shown("\n".join([f"title: {card.title}", *_asked_of(card), "", card.prompt]))
        if need.kind == "pause":
            return need.summary
        if card is None or need.kind == "stage":
            words = card.session.facts.last_words if card and card.session else ""
            run = self.engine.state.runs.get(need.run)
            printed = output(run.stages[need.stage]) if run and need.stage else ""
            return "\n\n".join(dict.fromkeys(filter(None, (need.summary, words, printed))))
        if card.failure:
            return "\n\n".join(filter(None, (card.failure.why, card.failure.hint, card.failure.output)))
        facts = card.session.facts if card.session else None
        last = (facts.failure_said or facts.last_words) if facts else ""
        return last if last and last != need.summary else need.summary


def _asked_of(card: Card) -> list[str]:
    """What a session asks for besides its prompt."""
    said = (
        ("base", card.base),
        ("branch", card.branch),
        ("model", card.model),
        ("labels", ", ".join(card.labels)),
    )
    return [f"{name}: {value}" for name, value in said if value]


def _reply(hold: PendingHook, request: Answer) -> tuple[Reply, str]:
    """The reply to the request, and the answer in words. Raises `UnfitAnswerError`."""
    options = tuple(tuple(labels) for labels in request.options)
    given = AskAnswer(request.verdict, request.message, request.always, options)
    reply = hold.asks.answer(hold.payload, given)
    if request.verdict == "deny":
        return reply, request.message
    if options:
        return reply, "; ".join(", ".join(labels) for labels in options)
    return reply, hold.lasting[request.always].words if request.verdict == "always" else ""


def _way(need: Need) -> str:
    if need.kind == "run_done":
        return f"Check it: orch run show {need.run}; then: orch run acknowledge {need.run}"
    if need.kind in ("stage", "run"):
        ways = "|".join(need.options)
        return f"Decide it: orch run {ways} {need.run} {need.stage}" if ways else need.hint
    if need.kind == "mail":
        return f"Answer it: orch mail send {need.slug} --reply-to {need.id}; or: orch mail read {need.id}"
    if need.kind == "pause":
        return f"Resume the mail: orch answer {need.id} allow"
    if helps := commands(need.slug, need.options):
        return f"Continue it: {'; or: '.join(helps)}"
    return f"Check it: orch attach {need.slug}"


def _was(event: RequestAnswered) -> str:
    return f"{event.verdict} by {f'rule {event.rule}' if event.rule else event.by}"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().date().isoformat()
