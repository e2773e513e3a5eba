"""What a repository would run here, to be allowed or not."""

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Static

from orchestrator.client import OrchError
from orchestrator.core.requests import trust as requests
from orchestrator.core.requests.trust import ShowTrust
from orchestrator.core.text.clean import shown
from orchestrator.core.trust.repositories import TrustView, lines_of, state_of
from widgets.dialogs.dialog import Dialog, complaint
from widgets.kit.format import Line, clean, content

_ROLES = {"+": "added", "-": "removed", "@": "busy"}


def trust_lines(views: tuple[TrustView, ...]) -> Iterator[Line]:
    """Each part with its full text, or with what has changed in it, in lines of any length."""
    for number, view in enumerate(views):
        if number:
            yield (("", ""),)
        yield ((clean(view.name), "title"), (f" of {clean(view.repo)} ({state_of(view)})", "muted"))
        for line in lines_of(view):
            role = _ROLES.get(line[:1], "muted") if view.before else "text"
            yield ((f"  {clean(shown(line))}", role),)


class Trust(Dialog[bool]):
    """`True` once exactly what it shows is allowed. It asks the hub when it opens, and again if the content
    has changed by the time of the answer."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("trust.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "allow", "Allow"),
        Binding("n,q", "leave", "Cancel", show=False),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self._new: tuple[TrustView, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Allow exactly this to run on this machine?"
            box.border_subtitle = "↑↓ scroll · y allow · esc cancel"
            yield Static(
                f"From {clean(self._path)}. You are asked again if it changes.",
                id="said",
                markup=False,
            )
            with VerticalScroll(id="parts"):
                yield Static("loading…", id="content", markup=False)
            yield complaint()
            with Horizontal(classes="buttons"):
                yield Button("Cancel (esc)", id="cancel", compact=True)
                yield Button("Allow (y)", id="allow", variant="warning", compact=True, disabled=True)

    def on_mount(self) -> None:
        self.query_one("#parts").focus()
        self._look()

    def action_scroll(self, lines: int) -> None:
        self.query_one("#parts").scroll_relative(y=lines, animate=False)

    @on(Button.Pressed, "#allow")
    def action_allow(self) -> None:
        button = self.query_one("#allow", Button)
        if button.disabled:
            return
        button.disabled = True
        digests = tuple(view.digest for view in self._new)
        self.app.command(
            lambda client: client.submit(requests.Trust(self._path, digests)), self._allowed, self._changed
        )

    def _look(self) -> None:
        self.app.command(lambda client: client.submit(ShowTrust(self._path)), self._show, self.refused)

    def _show(self, found: tuple[TrustView, ...]) -> None:
        if not self.is_attached:
            return
        self._new = tuple(view for view in found if not view.trusted)
        lines = trust_lines(self._new or found)
        self.query_one("#content", Static).update(
            content(lines) if found else "Nothing here runs automatically."
        )
        self.query_one("#allow", Button).disabled = not self._new
        if not self._new:
            self.query_one(".box").border_title = "Already allowed" if found else "Nothing to allow"

    def _allowed(self, views: tuple[TrustView, ...]) -> None:
        del views
        self.over(True)

    def _changed(self, error: OrchError) -> None:
        self.refused(error)
        if self.is_attached:
            self._look()
