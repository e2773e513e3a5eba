"""Handles requests about cards: collects the facts that a command needs, submits it, and returns the
result."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator import config
from orchestrator.agents.configured import Agents
from orchestrator.core.board.views import (
    AgentOptions,
    Attachment,
    CardDetail,
    CardView,
    HubView,
    Preview,
    Settings,
)
from orchestrator.core.commands import FinishCard, RemoveCard, ResumeCard, SendPrompt, StartCard
from orchestrator.core.effects import alive, has_window
from orchestrator.core.events import Event, WorktreeRemoved
from orchestrator.core.forge.issues.commands import FetchedIssue
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.landing.survey import Survey
from orchestrator.core.model import Card
from orchestrator.core.overlaps.views import RepositoryOverlaps
from orchestrator.core.requests.cards import (
    Acknowledge,
    Attach,
    AwaitFinish,
    Finish,
    New,
    PlainCommand,
    Remove,
    Restart,
    Resume,
    Send,
    Shelve,
    Start,
    Stop,
    SurveyLanding,
)
from orchestrator.core.sessions.model import Evidence, Source
from orchestrator.core.sessions.prompts import about_to_be_typed, offered
from orchestrator.core.text.names import find
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.workflow.plan import LOCAL
from orchestrator.core.worktrees.repo import Loss
from orchestrator.hub.effects.whereabouts import found_again
from orchestrator.hub.landing.survey import loss_of, settings_of, survey_of
from orchestrator.hub.loop.engine import Engine, RefusedError, refusal
from orchestrator.hub.services.lookup import MissingError
from orchestrator.hub.services.new_cards import make_card, trusted_settings_of
from orchestrator.hub.services.programs import check_program
from orchestrator.hub.telling.figures import Figures
from orchestrator.hub.telling.history import event_text
from orchestrator.paths import Home
from orchestrator.world import processes
from orchestrator.world.tmux import Tmux

_PRINTED = 64 * 1024
"""Maximum bytes of output of a session without a terminal that are shown."""
_WIDTH = 160
_TYPED_WITHIN = 3.0
"""Seconds that the sender of a prompt waits to learn whether it was typed."""


@dataclass(frozen=True, slots=True)
class CardService:
    """Every method raises `MissingError`, `RefusedError`, or an error of tmux, git or the configuration."""

    engine: Engine
    figures: Figures
    tmux: Tmux
    home: Home
    config: config.Config
    agents: Agents
    expect_viewer: Callable[[], None]
    """Updates the status lines before a sweep has noticed the client."""
    open_elsewhere: Callable[[str], int]
    """The process that has a conversation open outside of orch's windows; 0 for none."""
    overlaps: Callable[[Card], RepositoryOverlaps | None] = lambda _: None
    """What the card has in common with others, as far as known."""

    # --- reading ---------------------------------------------------------------------------------

    def find(self, ref: str) -> Card:
        """The card with this id or slug, or the only one whose slug begins with it."""
        found = find(self.engine.state, ref)
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(f"{card.id} {card.slug}" for card in found[:8])
            raise MissingError(f"{ref!r} is ambiguous", names, "Use a full name.")
        raise MissingError(f"no card named {ref!r}", hint="List cards: orch ls")

    def hub_view(self) -> HubView:
        return self.figures.view()

    def settings(self) -> Settings:
        agent = self.config.agent_named(self.config.default_agent)
        return Settings(
            keys=dict(self.config.keys),
            back_key=self.config.tmux.back_key,
            next_key=self.config.tmux.next_key,
            models=agent.models,
            permission_modes=agent.permission_modes,
            model=agent.model,
            permission_mode=agent.permission_mode,
            agents=self.config.agent_names,
            agent=self.config.default_agent,
            options={name: self._options(name) for name in self.config.agent_names},
            filters=dict(self.config.filters),
            terminal=self.config.notify.terminal,
        )

    def _options(self, name: str) -> AgentOptions:
        settings, agent = self.config.agent_named(name), self.agents.named.get(name)
        if agent is None or not agent.launch.takes_model:
            return AgentOptions()
        return AgentOptions(
            settings.models, settings.permission_modes, settings.model, settings.permission_mode
        )

    async def detail(self, ref: str) -> CardDetail:
        card_id = self.find(ref).id
        events: list[Event] = await asyncio.to_thread(self.engine.journal.history, card_id)
        card = self.find(card_id)
        heard = sorted(self.engine.heard.get(card_id, {}).values(), key=lambda each: each.at)
        return CardDetail(
            card=self.view(card_id),
            prompt=card.prompt,
            outbox=(*(each for each in offered(card) if each in card.kept), *card.outbox),
            failure=card.failure,
            history=_history(events),
            heard=tuple(heard),
            landed=(card.ending and card.ending.made) or card.landed,
            overlaps=self.overlaps(card),
        )

    async def preview(self, ref: str) -> Preview:
        card = self.find(ref)
        if card.session and not card.session.pane:
            return await asyncio.to_thread(self._printed, card, card.session.run)
        if card.session is None or not has_window(card):
            raise _no_window(card)
        text, width, height = await asyncio.to_thread(self.tmux.capture_sized, card.session.pane)
        return Preview(text, width, height, time.time())

    async def attach(self, request: Attach) -> Attachment:
        card = self.find(request.card)
        if card.session is None or not has_window(card):
            raise _no_window(card)
        session = card.session
        attachment = await asyncio.to_thread(self.tmux.attach, session.window, request.tmux, session.pane)
        self.expect_viewer()
        await self.engine.submit(Acknowledge(card.id, attached=True))
        return attachment

    async def seen_last(self, view: str) -> str:
        """The id of the card that a viewer viewed last; empty if unknown."""
        window = await asyncio.to_thread(self.tmux.seen_last, view)
        cards = self.engine.state.cards.values()
        return next((card.id for card in cards if card.session and window == card.session.window), "")

    # --- commanding ------------------------------------------------------------------------------

    async def new(
        self, request: New, *, lead: str = "", wanted: bool = False, issue: FetchedIssue | None = None
    ) -> CardView:
        """A card, linked with that issue; `lead` is the mailbox of its coordinator. One that is `wanted`
        waits for approval."""
        return self.view(
            await make_card(self.engine, self.agents, request, lead=lead, wanted=wanted, issue=issue)
        )

    async def command(self, request: PlainCommand, by: Speaker | None = None) -> CardView:
        """Commands that need only the card."""
        card = self.find(request.card).id
        await self.engine.submit(replace(request, card=card), by)
        return self.view(card)

    async def stop(self, request: Stop | Shelve, by: Speaker | None = None) -> CardView:
        """Returns when the session has ended."""
        card = self.find(request.card).id
        await self.engine.submit(replace(request, card=card), by)
        await self.engine.settle(card)
        return self.view(card)

    async def start(self, request: Start, by: Speaker | None = None) -> CardView:
        card = self.find(request.card).id
        await self._check_program(card)
        await self.engine.submit(StartCard(card, str(uuid.uuid4()), self._adopted_in(card)), by)
        return self.view(card)

    async def restart(self, request: Restart, by: Speaker | None = None) -> CardView:
        card = self.find(request.card).id
        await self._check_program(card)
        await self.engine.submit(replace(request, card=card), by)
        return self.view(card)

    async def resume(self, request: Resume, by: Speaker | None = None) -> CardView:
        card = self.find(request.card).id
        await self._check_program(card)
        session = self.engine.state.cards[card].session
        elsewhere = self.open_elsewhere(session.session_id) if session and session.pane else 0
        await self.engine.submit(ResumeCard(card, request.go_on, elsewhere), by)
        return self.view(card)

    async def send(self, request: Send, by: Speaker | None = None) -> CardView:
        card, prompt = self.find(request.card).id, uuid.uuid4().hex[:12]
        await self.engine.submit(SendPrompt(card, prompt, request.text, request.queue), by)
        await self.typed(card, prompt)
        return self.view(card)

    async def typed(self, card: str, prompt: str) -> None:
        """Returns when the prompt was typed, or it is known why it waits; after a moment in any case."""
        deadline = time.monotonic() + _TYPED_WITHIN
        while time.monotonic() < deadline:
            now = self.engine.state.cards.get(card)
            if now is None or not about_to_be_typed(now, prompt):
                return
            await asyncio.sleep(0.03)

    async def survey_landing(self, request: SurveyLanding) -> Survey:
        card = await self._with_worktree(self.find(request.card).id)
        return await asyncio.to_thread(survey_of, self.engine.state, card, request.into or card.base)

    async def finish(self, request: Finish, by: Speaker | None = None) -> CardView:
        card, how = self.find(request.card), request.how
        if how in METHODS and card.worktree and not card.ending:
            into = request.into or card.base
            await asyncio.to_thread(settings_of, card)
            survey = await self.survey_landing(SurveyLanding(card.id, into))
            command = FinishCard(card.id, how, request.rescue, survey.loss, request.into, survey.refusal(how))
        else:
            loss = Loss() if how == "keep" else await self._loss(card.id, request.into)
            command = FinishCard(card.id, how, request.rescue, loss, request.into)
        await self.engine.submit(command, by)
        return await self.ended(card.id) if request.wait else self.view(card.id)

    async def await_finish(self, request: AwaitFinish) -> CardView:
        card = self.find(request.card)
        if not card.ending and not card.finished and not card.failure:
            raise refusal(f"{card.id} is not being finished", hint=f"Finish it: orch finish {card.slug}")
        return await self.ended(card.id)

    async def remove(self, request: Remove, by: Speaker | None = None) -> CardView:
        card, keep = self.find(request.card).id, request.keep
        before = self.view(card)
        loss = Loss() if keep else await self._loss(card)
        await self.engine.submit(RemoveCard(card, request.rescue, loss, keep, request.force), by)
        await self.engine.settle(card)
        if card in self.engine.state.cards:
            return await self.ended(card)
        events = await asyncio.to_thread(self.engine.journal.history, card)
        gone = [event for event in events if isinstance(event, WorktreeRemoved)]
        saved = tuple(event.rescue for event in gone if event.rescue)
        notes = gone[-1].notes if gone and not keep else ""
        left = f"its worktree is kept: {before.worktree}" if keep and before.worktree else notes
        return replace(before, rescues=saved, reason=left, worktree=None, window=None, pane=None, pid=None)

    # --- inside ----------------------------------------------------------------------------------

    def _adopted_in(self, card: str) -> int:
        """The process that still has the conversation which the card's first start resumes."""
        conversation = self.engine.state.cards[card].conversation
        return self.open_elsewhere(conversation) if conversation else 0

    async def _check_program(self, card: str) -> None:
        found = self.engine.state.cards[card]
        settings = await asyncio.to_thread(trusted_settings_of, Path(found.repo))
        check_program(settings, found.agent)

    async def ended(self, card_id: str) -> CardView:
        """The result of an ending, which may still have been refused."""
        await self.engine.settle(card_id)
        card = self.engine.state.cards.get(card_id)
        if card and card.failure:
            raise refusal(card.failure.what, card.failure.why, card.failure.hint)
        return self.view(card_id)

    async def _with_worktree(self, card_id: str) -> Card:
        """The card, whose worktree is recorded where it is by now."""
        card = self.engine.state.cards[card_id]
        if moved := await asyncio.to_thread(found_again, card):
            await self.engine.record((moved,))
        return self.engine.state.cards[card_id]

    async def _loss(self, card_id: str, into: str = "") -> Loss:
        card = await self._with_worktree(card_id)
        return await asyncio.to_thread(loss_of, card, into)

    def _printed(self, card: Card, run: int) -> Preview:
        """What a session without a terminal has done, as plain lines."""
        stream = self.agents.of(card).stream
        text = stream.shown(processes.tail(self.home.process(card.id, run), _PRINTED), _WIDTH)
        return Preview(text, _WIDTH, max(1, text.count("\n") + 1), time.time())

    def view(self, card_id: str) -> CardView:
        card = self.engine.state.cards.get(card_id)
        if card is None:
            raise MissingError(f"{card_id} was just removed", hint="List cards: orch ls")
        return self.engine.view(card)


def _history(events: list[Event]) -> tuple[Evidence, ...]:
    """The events as text; a line equal to the one before it is omitted."""
    told: list[Evidence] = []
    for event in events:
        said = event_text(event)
        if said and not (told and told[-1].said == said):
            told.append(Evidence(Source.ORCH, said, event.at))
    return tuple(told)


def _no_window(card: Card) -> RefusedError:
    if card.where != LOCAL and card.session and alive(card):
        how = f"See its output: orch show {card.slug}, or the preview on the board."
        return refusal(f"cannot attach to {card.id}", "it runs without a terminal", how)
    verb = "resume" if card.session else "start"
    return refusal(f"{card.id} has no window", hint=f"Open one: orch {verb} {card.slug}")
