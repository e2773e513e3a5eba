"""What the API offers, for one request after another: gathers the facts that a command needs, submits
it, and shows what came of it."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestrator import config
from orchestrator.agents.claude_code import stream_text
from orchestrator.core.commands import (
    AcknowledgeCard,
    Command,
    FinishCard,
    HoldCard,
    ReleaseCard,
    RemoveCard,
    ReopenCard,
    RestartCard,
    ResumeCard,
    SendPrompt,
    ShelveCard,
    StartCard,
    StopCard,
)
from orchestrator.core.effects import alive, has_window
from orchestrator.core.events import Event, WorktreeRemoved
from orchestrator.core.model import Card, Evidence, Source
from orchestrator.core.names import find
from orchestrator.core.prompts import about_to_be_typed, offered
from orchestrator.core.repo import Loss
from orchestrator.core.views import Attachment, CardDetail, CardView, HubView, Preview, Settings
from orchestrator.core.workflow.plan import LOCAL
from orchestrator.hub.effects.whereabouts import found_again, spare_in
from orchestrator.hub.lookup import MissingError
from orchestrator.hub.loop.engine import Engine, RefusedError, refusal
from orchestrator.hub.making import make_card, trusted_settings_of
from orchestrator.hub.programs import check_program
from orchestrator.hub.telling.figures import Figures
from orchestrator.hub.telling.history import story
from orchestrator.hub.wishes import New
from orchestrator.paths import Home
from orchestrator.world import processes, worktrees
from orchestrator.world.tmux import Tmux

_PRINTED = 64 * 1024
"""Bytes of what a session without a terminal printed that are shown."""
_WIDTH = 160
_TYPED_WITHIN = 3.0
"""Seconds for which whoever sends a prompt waits to hear whether it was typed."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Every method raises `MissingError`, `RefusedError`, or an error of tmux, git or the configuration."""

    engine: Engine
    figures: Figures
    tmux: Tmux
    home: Home
    config: config.Config
    expect_viewer: Callable[[], None]
    """Makes the status lines tell the truth before a sweep has seen who looks at them."""
    open_elsewhere: Callable[[str], int]
    """The process that has a conversation open outside of orch's windows; 0 for none."""

    # --- reading ---------------------------------------------------------------------------------

    def find(self, ref: str) -> Card:
        """The card with this id or slug, or the only one whose slug begins so."""
        found = find(self.engine.state, ref)
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(f"{card.id} {card.slug}" for card in found[:8])
            raise MissingError(f"{ref!r} fits several cards", names, "Name one of them whole.")
        raise MissingError(f"there is no card {ref!r}", hint="orch ls lists them all.")

    def hub_view(self) -> HubView:
        return self.figures.view()

    def settings(self) -> Settings:
        agent = self.config.agent
        return Settings(
            keys=dict(self.config.keys),
            back_key=self.config.tmux.back_key,
            next_key=self.config.tmux.next_key,
            models=agent.models,
            permission_modes=agent.permission_modes,
            model=agent.model,
            permission_mode=agent.permission_mode,
        )

    async def detail(self, card_id: str) -> CardDetail:
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
        )

    async def preview(self, card_id: str) -> Preview:
        card = self.engine.state.cards[card_id]
        if card.session and not card.session.pane:
            return await asyncio.to_thread(self._printed, card, card.session.run)
        if card.session is None or not has_window(card):
            raise _no_window(card)
        text, width, height = await asyncio.to_thread(self.tmux.capture_sized, card.session.pane)
        return Preview(text, width, height, time.time())

    async def attach(self, card_id: str, viewer: str) -> Attachment:
        card = self.engine.state.cards[card_id]
        if card.session is None or not has_window(card):
            raise _no_window(card)
        attachment = await asyncio.to_thread(self.tmux.attach, card.session.window, viewer, card.session.pane)
        self.expect_viewer()
        await self.engine.submit(AcknowledgeCard(card_id, attached=True))
        return attachment

    async def seen_last(self, view: str) -> str:
        """The id of the card that a viewer saw last; empty where that isn't known."""
        window = await asyncio.to_thread(self.tmux.seen_last, view)
        cards = self.engine.state.cards.values()
        return next((card.id for card in cards if card.session and window == card.session.window), "")

    # --- commanding ------------------------------------------------------------------------------

    async def new(self, wish: New, *, lead: str = "", wanted: bool = False) -> dict[str, Any]:
        """A card; `lead` is the mailbox of who coordinates it. One that is `wanted` waits for a human."""
        return self.shown(await make_card(self.engine, wish, lead=lead, wanted=wanted))

    async def plain(self, verb: str, card: str) -> dict[str, Any]:
        """The verbs that take nothing but the card."""
        fresh = str(uuid.uuid4())
        commands: dict[str, Command] = {
            "start": StartCard(card, fresh, self._adopted_in(card)),
            "stop": StopCard(card),
            "restart": RestartCard(card),
            "release": ReleaseCard(card),
            "shelve": ShelveCard(card),
            "reopen": ReopenCard(card),
            "acknowledge": AcknowledgeCard(card),
        }
        if verb not in commands:
            raise refusal(f"the hub does not know the verb {verb!r}", hint="Is it older than this orch?")
        if verb in ("start", "restart"):
            await self._check_program(card)
        await self.engine.submit(commands[verb])
        if verb in ("stop", "shelve"):
            await self.engine.settle(card)
        return self.shown(card)

    async def resume(self, card: str, *, go_on: bool) -> dict[str, Any]:
        await self._check_program(card)
        session = self.engine.state.cards[card].session
        elsewhere = self.open_elsewhere(session.session_id) if session and session.pane else 0
        await self.engine.submit(ResumeCard(card, go_on, elsewhere))
        return self.shown(card)

    async def send(self, card: str, text: str, *, queue: bool) -> dict[str, Any]:
        prompt = uuid.uuid4().hex[:12]
        await self.engine.submit(SendPrompt(card, prompt, text, queue))
        await self._tried(card, prompt)
        return self.shown(card)

    async def _tried(self, card: str, prompt: str) -> None:
        """Returns when the prompt was typed, or it is known why it waits; after a moment in any case."""
        deadline = time.monotonic() + _TYPED_WITHIN
        while time.monotonic() < deadline:
            now = self.engine.state.cards.get(card)
            if now is None or not about_to_be_typed(now, prompt):
                return
            await asyncio.sleep(0.03)

    async def hold(self, card: str, note: str) -> dict[str, Any]:
        await self.engine.submit(HoldCard(card, note))
        return self.shown(card)

    async def finish(self, card: str, how: str, *, rescue: bool, into: str = "") -> dict[str, Any]:
        loss = Loss() if how == "keep" else await self._loss(card, into)
        await self.engine.submit(FinishCard(card, how, rescue, loss, into))
        return await self._ended(card)

    async def remove(
        self, card: str, *, rescue: bool, keep: bool = False, force: bool = False
    ) -> dict[str, Any]:
        before = asdict(self.view(card))
        loss = Loss() if keep else await self._loss(card)
        await self.engine.submit(RemoveCard(card, rescue, loss, keep, force))
        await self.engine.settle(card)
        if card in self.engine.state.cards:
            return await self._ended(card)
        events = await asyncio.to_thread(self.engine.journal.history, card)
        gone = [event for event in events if isinstance(event, WorktreeRemoved)]
        saved = [event.rescue for event in gone if event.rescue]
        notes = gone[-1].notes if gone and not keep else ""
        left = f"its worktree stays: {before['worktree']}" if keep and before["worktree"] else notes
        nothing = {"worktree": None, "window": None, "pane": None, "pid": None}
        return {**before, "rescues": saved, "reason": left, **nothing}

    # --- inside ----------------------------------------------------------------------------------

    def _adopted_in(self, card: str) -> int:
        """The process that still has the conversation which the card's first start brings back."""
        conversation = self.engine.state.cards[card].conversation
        return self.open_elsewhere(conversation) if conversation else 0

    async def _check_program(self, card: str) -> None:
        check_program(await asyncio.to_thread(trusted_settings_of, Path(self.engine.state.cards[card].repo)))

    async def _ended(self, card_id: str) -> dict[str, Any]:
        """What came of an ending, which the world may still have refused."""
        await self.engine.settle(card_id)
        card = self.engine.state.cards.get(card_id)
        if card and card.failure:
            raise refusal(card.failure.what, card.failure.why, card.failure.hint)
        return self.shown(card_id)

    async def _loss(self, card_id: str, into: str = "") -> Loss:
        card = self.engine.state.cards[card_id]
        if card.worktree is None or not card.worktree.made:
            return Loss()
        if moved := await asyncio.to_thread(found_again, card):
            await self.engine.record((moved,))
            card = self.engine.state.cards[card_id]
        tree = card.worktree
        assert tree is not None
        return await asyncio.to_thread(
            worktrees.loss,
            Path(card.repo),
            Path(tree.path),
            tree.branch,
            into or card.base,
            branch_stays=not tree.made_branch,
            spare=spare_in(card),
            since=tree.base_commit,
        )

    def _printed(self, card: Card, run: int) -> Preview:
        """What a session without a terminal has done, in plain lines."""
        text = stream_text.shown(processes.tail(self.home.process(card.id, run), _PRINTED), _WIDTH)
        return Preview(text, _WIDTH, max(1, text.count("\n") + 1), time.time())

    def view(self, card_id: str) -> CardView:
        card = self.engine.state.cards.get(card_id)
        if card is None:
            raise MissingError(f"{card_id} has just been removed", hint="orch ls lists those there are.")
        return self.engine.view(card)

    def shown(self, card_id: str) -> dict[str, Any]:
        return asdict(self.view(card_id))


def _history(events: list[Event]) -> tuple[Evidence, ...]:
    """The events in words; what reads like the line before it is left out."""
    told: list[Evidence] = []
    for event in events:
        said = story(event)
        if said and not (told and told[-1].said == said):
            told.append(Evidence(Source.ORCH, said, event.at))
    return tuple(told)


def _no_window(card: Card) -> RefusedError:
    if card.where != LOCAL and card.session and alive(card):
        how = f"See what it does: orch show {card.slug}, or the preview on the board."
        return refusal(f"{card.id} runs without a terminal", "there is no window to attach to", how)
    verb = "resume" if card.session else "start"
    return refusal(f"{card.id} has no window", hint=f"Open one: orch {verb} {card.slug}")
