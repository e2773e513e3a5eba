"""Rescues: work that was saved before its worktree went, what each holds, and bringing it back."""

from datetime import datetime
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
from orchestrator.client.patch_file import write_patch
from orchestrator.core.requests.rescues import DropRescue, ExportRescue, ListRescues, Restore, ShowRescue
from orchestrator.core.worktrees.rescues import RescueDetail, RescueView, Restored
from widgets.dialogs.dialog import Confirm, Dialog, complaint
from widgets.kit.format import Line, clean, content, fit

_ROLES = {"A": "added", "D": "removed"}
_MOST = 500
"""Files that are listed."""


def row(rescue: RescueView, width: int) -> Line:
    """When, of which card, and what it holds."""
    at = datetime.fromtimestamp(rescue.at).astimezone().strftime("%Y-%m-%d %H:%M")
    head = f"{at}  {clean(rescue.card):<5} "
    return ((head, "title"), (fit(rescue.said, max(8, width - len(head))), "text"))


def detail_lines(found: RescueDetail) -> tuple[Line, ...]:
    """The whole of one rescue: its name, its repository, what it holds, its files."""
    files = found.files[:_MOST]
    more = len(found.files) - len(files)
    return (
        ((clean(found.ref), "title"),),
        ((clean(found.repo), "muted"),),
        ((clean(found.said), "text"),),
        *(((f"{kind}  ", _ROLES.get(kind, "busy")), (clean(name), "text")) for kind, name in files),
        *((((f"and {more:,} more"), "faint"),) for _ in range(more > 0)),
    )


class Rescues(Dialog[None]):
    """Every rescue of the repositories that cards have. Nothing is dropped unless it is asked for twice."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("rescues.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "restore(False)", "Restore"),
        Binding("b", "restore(True)", "Restore as branch"),
        Binding("p", "patch", "Write as patch"),
        Binding("x,delete", "drop", "Drop"),
        Binding("j", "move('down')", show=False),
        Binding("k", "move('up')", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[RescueView, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Rescues"
            box.border_subtitle = "r restore · b as branch · p as patch · x drop · esc close"
            yield OptionList(markup=False, compact=True)
            with VerticalScroll(id="scroll", can_focus=False):
                yield Static("loading…", id="detail", markup=False)
            yield complaint()

    def on_mount(self) -> None:
        self.look()

    def look(self) -> None:
        self.app.command(lambda client: client.submit(ListRescues()), self._list, self._failed, look_up=True)

    def action_move(self, way: str) -> None:
        options = self.query_one(OptionList)
        if way == "down":
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_restore(self, branch_only: bool) -> None:
        """In a new worktree on a new branch, or as that branch alone."""
        if each := self._chosen:
            self.say("")
            request = Restore(each.ref, each.repo, branch_only=branch_only)
            self.app.command(lambda client: client.submit(request), self._restored, self.refused)

    def action_patch(self) -> None:
        """Into a new file in the directory in which the board was started."""
        if each := self._chosen:
            self.say("")
            name = each.ref.removeprefix("refs/orch/rescue/").replace("/", "-")
            request, path = ExportRescue(each.ref, each.repo), Path.cwd() / f"rescue-{name}.patch"
            self.app.command(lambda client: write_patch(client, request, path), self._written, self.refused)

    def action_drop(self) -> None:
        each = self._chosen
        if each is None:
            return

        def answer(sure: bool | None) -> None:
            if sure:
                self.app.command(
                    lambda client: client.submit(DropRescue(each.ref, each.repo)), self._dropped, self.refused
                )

        said = f"{each.said}\nThis cannot be undone. Restore it first if you need it."
        self.app.push_screen(Confirm(f"Drop {each.ref}?", said, "Drop"), answer)

    # --- inside

    @property
    def _chosen(self) -> RescueView | None:
        at = self.query_one(OptionList).highlighted
        return self._found[at] if at is not None and at < len(self._found) else None

    def _list(self, found: tuple[RescueView, ...]) -> None:
        if not self.is_attached:
            return
        self._found = found
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        width = options.size.width or 80
        options.clear_options().add_options(Option(content((row(each, width - 2),))) for each in found)
        if found:
            options.highlighted = min(at, len(found) - 1)
        else:
            self._show(Content("No rescues."))

    @on(OptionList.OptionHighlighted)
    def _look_at(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if each := self._chosen:
            self.app.command(
                lambda client: client.submit(ShowRescue(each.ref, each.repo)),
                lambda detail: self._detail(each, detail),
                self._failed,
                look_up=True,
            )

    def _detail(self, each: RescueView, detail: RescueDetail) -> None:
        if self.is_attached and each == self._chosen:
            self._show(content(detail_lines(detail)))

    def _show(self, said: Content) -> None:
        self.query_one("#detail", Static).update(said)

    def _failed(self, error: OrchError) -> None:
        if self.is_attached:
            self.say(str(error))

    def _restored(self, done: Restored) -> None:
        where = f"{done.path}, on {done.branch}" if done.path else f"The branch {done.branch}"
        self.app.tell(f"{where}. The rescue is kept.", title="Restored")

    def _written(self, path: Path) -> None:
        self.app.tell(f"Apply it with: git apply {path}. The rescue is kept.", title="Written as a patch")

    def _dropped(self, done: RescueView) -> None:
        self.app.tell(f"Its commit was {done.commit}.", title=f"Dropped {done.ref}")
        if self.is_attached:
            self.look()
