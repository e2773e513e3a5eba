"""All details of one card."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from orchestrator.client import OrchError
from orchestrator.core.board.views import CardDetail, CardView
from orchestrator.core.forge.autofix.views import autofix_words
from orchestrator.core.forge.changes import view
from orchestrator.core.forge.changes.view import ChangeView
from orchestrator.core.forge.fresh import as_of
from orchestrator.core.forge.issues import issue_text
from orchestrator.core.forge.outbox import waiting
from orchestrator.core.landing.text import landed
from orchestrator.core.model import DEFAULT_AGENT
from orchestrator.core.requests.cards import ShowCard
from orchestrator.core.sessions.model import Evidence
from widgets.board.columns.card_text import run_words, state_look, state_words
from widgets.board.dialogs.overlaps import overlap_lines
from widgets.dialogs.dialog import Dialog
from widgets.kit.format import Line, age, clean, content, fit, money, percent


def detail_lines(detail: CardDetail, now: float) -> Iterator[Line]:
    """The card's details in lines of any length, for a widget that wraps them."""
    card = detail.card
    glyph, role = state_look(card)
    yield ((f"{glyph} {state_words(card)}", role), (f" for {age(now - card.since)}", "muted"))
    yield (("  " + clean(card.reason), "text"),)
    if card.unknown_since is not None:
        yield ((f"  not confirmed for {age(now - card.unknown_since)}: may be outdated", "trouble"),)
    if card.fault:
        yield ((f"  {clean(card.fault)}", "trouble"),)
    yield from _section("Facts")
    for name, value in _facts(card, now):
        if value:
            yield ((f"  {name:<16}", "muted"), (clean(value), "text"))
    if card.change is not None:
        yield from _section("Pull request")
        yield from _change(card.change, now)
        if card.change.state == "open":
            stopped = card.autofix is not None and card.autofix.waiting
            yield ((f"  {clean(autofix_words(card.autofix))}", "trouble" if stopped else "text"),)
        for said in card.remarks:
            yield ((f"  {clean(said)}", "trouble"),)
    if detail.failure is not None:
        yield from _section("Failure")
        yield from _text(
            f"{detail.failure.what}\n{detail.failure.why}\n{detail.failure.hint}\n{detail.failure.output}"
        )
    if detail.landed is not None:
        yield from _section("Landed")
        yield from _text(f"{landed(detail.landed)}\n{detail.landed.output}")
    if detail.overlaps is not None:
        yield from _section("Overlaps")
        yield from overlap_lines(detail.overlaps, card.id)
    for name, text in (("Prompt", detail.prompt), ("Last message", card.last_words), ("Output", card.output)):
        if text.strip():
            yield from _section(name)
            yield from _text(text)
    if detail.outbox:
        yield from _section("Pending prompts")
        for prompt in detail.outbox:
            yield ((f"  {prompt.state:<12}", "busy"), (clean(prompt.text), "text"))
    if detail.heard:
        yield from _section("Evidence: latest report of each source")
        yield from _evidence(detail.heard, now)
    if detail.history:
        yield from _section("History")
        yield from _evidence(reversed(detail.history), now)


def _facts(card: CardView, now: float) -> Iterator[tuple[str, str]]:
    yield "id", f"{card.id} · {card.slug}"
    yield "column", card.column.replace("_", " ")
    yield "source", card.evidence
    yield "stage of", run_words(card)
    yield "where", card.where if card.where != "local" else ""
    yield "held", card.held or ""
    yield "repository", card.repo
    yield "branch", f"{card.branch} from {card.base}" if card.base else card.branch
    yield "worktree", card.worktree or ""
    yield "window", f"{card.window} · pane {card.pane} · pid {card.pid}" if card.window else ""
    yield "session", card.session_id or ""
    yield "agent", card.agent if card.agent != DEFAULT_AGENT else ""
    yield "model", card.model
    yield "permissions", card.permission_mode
    yield "context", percent(card.context_percent)
    yield "cost", money(card.cost_usd)
    yield "issue", "; ".join(issue_text.sentences(card.issue, now)) if card.issue else ""
    for said in waiting.sentences(card.forge_outbox, now) if card.forge_outbox else ():
        yield "unsent", said
    yield "lead", card.lead
    yield "mail", f"{card.unread_mail} unread" if card.unread_mail else ""
    yield "notified", card.bell
    yield "rescued as", ", ".join(card.rescues)
    yield "made", f"{age(now - card.created_at)} ago"


def _change(change: ChangeView, now: float) -> Iterator[Line]:
    for said in view.sentences(change):
        yield ((f"  {clean(said)}", "text"),)
    for name in change.failing:
        yield ((f"  {view.FAILING} {clean(name)}", "bad"),)
    if change.stale:
        yield ((f"  {as_of(change.as_of, now)}: {clean(change.stale)}", "trouble"),)
    else:
        yield ((f"  {as_of(change.as_of, now)}", "muted"),)


def _section(name: str) -> Iterator[Line]:
    yield (("", ""),)
    yield ((name, "title"),)


def _text(text: str) -> Iterator[Line]:
    for line in text.strip().splitlines():
        if line.strip():
            yield ((f"  {clean(line)}", "text"),)


def _evidence(heard: Iterable[Evidence], now: float) -> Iterator[Line]:
    for each in heard:
        at = datetime.fromtimestamp(each.at).strftime("%H:%M:%S")
        when = f"  {at} {age(now - each.at):>4} ago  "
        yield ((when, "faint"), (f"{each.source:<11}", "muted"), (clean(each.said), "text"))


class Details(Dialog[None]):
    """Asks the hub once, when it opens."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("details.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,i,enter", "leave", "Close", show=False),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
        Binding("r", "look", "Refresh", show=False),
    ]

    def __init__(self, card: CardView) -> None:
        super().__init__()
        self._card = card

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box") as box:
            box.border_title = f"{self._card.id} · {fit(self._card.title, 100)}".replace("[", "\\[")
            box.border_subtitle = "↑↓ scroll · r refresh · esc close"
            yield Static("loading…", id="history", markup=False)

    def on_mount(self) -> None:
        self.action_look()

    def action_look(self) -> None:
        card = self._card
        self.app.command(lambda client: client.submit(ShowCard(card.id)), self._show, self._failed)

    def action_scroll(self, way: str) -> None:
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=1 if way == "down" else -1, animate=False)

    def _show(self, detail: CardDetail) -> None:
        if self.is_attached:
            self.query_one("#history", Static).update(content(detail_lines(detail, self.app.clock())))

    def _failed(self, error: OrchError) -> None:
        if self.is_attached:
            self.query_one("#history", Static).update(clean(str(error)))
