"""Pairing a phone: the QR code, the address, and how to reach it."""

from pathlib import Path, PurePath
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from orchestrator.client import Client, OrchError
from orchestrator.core.phone.devices import Pairing, PhoneView
from orchestrator.core.requests.phone import PairPhone, TurnPhoneOff, TurnPhoneOn
from orchestrator.qr import qr_lines
from widgets.dialogs.dialog import Dialog
from widgets.kit.format import clean

_BLACK_ON_WHITE = Style(color="#000000", bgcolor="#ffffff")


class Phone(Dialog[None]):
    """Turns the page on when it opens. The code fills a small terminal: text is beside it, or below."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("phone.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,enter", "leave", "Close", show=False),
        Binding("n", "renew", "New code"),
        Binding("o", "turn_off", "Turn off"),
    ]

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box"):
            yield Static("Turning the phone page on…", id="code", markup=False)
            yield Static("", id="reach", markup=False)

    def on_mount(self) -> None:
        self.action_renew()

    def action_renew(self) -> None:
        """A new code, which is the only one that the screen shows."""
        self.app.command(_start, self._show, self._failed)

    def action_turn_off(self) -> None:
        self.app.command(lambda client: client.submit(TurnPhoneOff()), self._off, self._failed)

    def _off(self, _: PhoneView) -> None:
        self.app.tell("The phone page is off. Phones stay paired.")
        self.over()

    def _show(self, found: tuple[PhoneView, Pairing]) -> None:
        view, pairing = found
        if not self.is_attached:
            return
        lines = qr_lines(pairing.url)
        self.query_one("#code", Static).update(Text("\n".join(lines), _BLACK_ON_WHITE, no_wrap=True))
        names = ", ".join(each.name for each in view.devices) or "none yet"
        said = [
            pairing.url,
            "",
            "It pairs one phone, within 3 minutes.",
            "n new code · o turn the page off · esc close",
            "",
            *view.reach,
            "",
            f"Paired: {names}",
        ]
        self.query_one("#reach", Static).update("\n".join(map(clean, said)))

    def _failed(self, error: OrchError) -> None:
        if self.is_attached:
            self.query_one("#code", Static).update(clean(str(error)))


def _start(client: Client) -> tuple[PhoneView, Pairing]:
    return client.submit(TurnPhoneOn()), client.submit(PairPhone())
