"""What a card's change request lacks: chosen problems are sent to its session as one prompt."""

from pathlib import Path, PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from orchestrator.client import OrchError
from orchestrator.core.board.views import CardView
from orchestrator.core.forge.autofix.views import ProblemsView, ProblemView, problem_text
from orchestrator.core.requests.fixes import Fix, FixesSent, ListProblems, SetAutofix
from orchestrator.core.text.clean import clean as plain_text
from widgets.dialogs.dialog import Dialog, complaint
from widgets.kit.format import Line, clean, content, fit

_MARKED, _UNMARKED = "●", "○"
_MOST_LINES = 400


def row(problem: ProblemView, width: int, *, marked: bool) -> Line:
    """Whether it is marked, what it is, and whether the session was sent it."""
    sent = " · sent" if problem.sent else ""
    room = max(8, width - len(sent) - 2)
    return (
        (f"{_MARKED if marked else _UNMARKED} ", "title" if marked else "muted"),
        (fit(clean(problem_text(problem)), room), "text"),
        (sent, "muted"),
    )


def text_lines(problem: ProblemView) -> tuple[Line, ...]:
    """Its address, and the whole of what was written; of a log the end."""
    lines = plain_text(problem.text).strip().splitlines() or ["(no text)"]
    shown = lines[-_MOST_LINES:]
    return (
        *((((clean(problem.url), "muted"),),) if problem.url else ()),
        *(((clean(line.expandtabs(4)), "text"),) for line in shown),
    )


class Problems(Dialog[None]):
    """Every problem of the card's change request. Marked first is what the session was not sent, and nobody
    from outside wrote."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("problems.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v,space", "mark", "Mark"),
        Binding("enter,s", "send", "Send", priority=True),
        Binding("t", "autofix", "Autofix"),
        Binding("r", "look", "Reload"),
        Binding("j", "move('down')", show=False),
        Binding("k", "move('up')", show=False),
    ]

    def __init__(self, card: CardView) -> None:
        super().__init__()
        self._card = card
        self._found: tuple[ProblemView, ...] = ()
        self._marked: set[str] = set()
        self._seen: set[str] = set()

    def compose(self) -> ComposeResult:
        number = self._card.change.number if self._card.change else 0
        with Vertical(classes="box") as box:
            box.border_title = f"Fix #{number}: {clean(self._card.title)}"
            yield OptionList(markup=False, compact=True)
            with VerticalScroll(id="scroll", can_focus=False):
                yield Static("loading…", id="detail", markup=False)
            yield complaint()

    def on_mount(self) -> None:
        self._title()
        self.action_look()

    def action_look(self) -> None:
        """Asks the forge."""
        card = self._card.id
        self.app.command(
            lambda client: client.submit(ListProblems(card)), self._list, self._failed, look_up=True
        )

    def action_move(self, way: str) -> None:
        options = self.query_one(OptionList)
        if way == "down":
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_mark(self) -> None:
        if each := self._chosen:
            self._marked ^= {each.key}
            self._draw()

    def action_send(self) -> None:
        """What is marked, as one prompt; typed as soon as the session is idle."""
        keys = tuple(each.key for each in self._found if each.key in self._marked)
        if not keys:
            self.say("Nothing is marked.")
            return
        card = self._card.id
        self.app.command(lambda client: client.submit(Fix(card, keys, by="tui")), self._sent, self.refused)

    def action_autofix(self) -> None:
        """Turns it on or off; after it has stopped, on again."""
        card, fix = self._card.id, self._card.autofix
        on = fix is None or bool(fix.waiting)
        self.app.command(
            lambda client: client.submit(SetAutofix(card, on, by="tui")), self._switched, self.refused
        )

    # --- inside

    @property
    def _chosen(self) -> ProblemView | None:
        at = self.query_one(OptionList).highlighted
        return self._found[at] if at is not None and at < len(self._found) else None

    def _title(self) -> None:
        fix = self._card.autofix
        how = f"{fix.rounds} of {fix.of}" if fix else "off"
        keys = f"v mark · enter send · t autofix ({how}) · r reload · esc close"
        self.query_one(".box").border_subtitle = keys
        self.say(f"Autofix stopped {fix.waiting}. Let it continue: t" if fix and fix.waiting else "")

    def _list(self, found: ProblemsView) -> None:
        if not self.is_attached:
            return
        self._found = found.problems
        new = {each.key for each in found.problems if not each.sent and each.member} - self._seen
        self._seen |= {each.key for each in found.problems}
        self._marked |= new
        self._draw()
        if not self._found:
            self._show(Content("Nothing to fix."))

    def _draw(self) -> None:
        options = self.query_one(OptionList)
        at, width = options.highlighted or 0, (options.size.width or 80) - 2
        options.clear_options().add_options(
            Option(content((row(each, width, marked=each.key in self._marked),))) for each in self._found
        )
        if self._found:
            options.highlighted = min(at, len(self._found) - 1)

    @on(OptionList.OptionHighlighted)
    def _look_at(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if each := self._chosen:
            self._show(content(text_lines(each)))
            scroll = self.query_one("#scroll", VerticalScroll)
            if each.kind == "check":  # the cause is at the end of a log
                self.call_after_refresh(scroll.scroll_end, animate=False)
            else:
                scroll.scroll_home(animate=False)

    def _show(self, said: Content) -> None:
        self.query_one("#detail", Static).update(said)

    def _failed(self, error: OrchError) -> None:
        if self.is_attached:
            self._show(Content(""))
            self.say(str(error))

    def _sent(self, sent: FixesSent) -> None:
        self.app.tell(clean(sent.words), title=f"Sent to {sent.card.id}")
        self.over()

    def _switched(self, card: CardView) -> None:
        self._card = card
        if self.is_attached:
            self._title()
