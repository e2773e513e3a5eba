"""Undoing the last act from the board, and the notice after an act that says how."""

from collections.abc import Callable

from orchestrator.core.board.views import CardView
from orchestrator.core.forge.changes.view import stays_open
from orchestrator.core.requests.cards import Undo
from orchestrator.core.undo.views import Undone
from widgets.hub_app import HubApp

_DONE = {
    "acknowledge": "acknowledged",
    "finish": "finished",
    "hold": "on hold",
    "label": "labelled",
    "land": "queued to land",
    "pin": "pinned",
    "release": "released",
    "reopen": "reopened",
    "rm": "removed",
    "shelve": "shelved",
    "unpin": "unpinned",
}


def tell_done(app: HubApp, action: str, card: CardView, more: str = "") -> None:
    """Says that the act is done, and which key takes it back."""
    if (done := _DONE.get(action)) and (key := app.keyboard.shown("undo")):
        stays = stays_open(card.change) if card.change and card.finished else ""
        app.tell(
            " ".join(filter(None, (more, f"{stays}." if stays else "", f"Undo: {key}"))),
            title=f"{card.id} {done}",
        )


def undo(app: HubApp, follow: Callable[[str], None], card: str = "") -> None:
    """Takes the last act back, or the last on that card; asks first if that changes the repository, or if
    later acts cannot be undone. `follow`
    is told which card is about to move."""

    def found(what: Undone) -> None:
        if not what.asks:
            go(what)
            return
        from widgets.dialogs.dialog import Confirm

        question = f"Undo the {what.act}?"
        app.push_screen(
            Confirm(question, "\n".join(_said(what)), "Undo"), lambda sure: go(what) if sure else None
        )

    def go(what: Undone) -> None:
        follow(what.card)
        request = Undo(card, seen=what.seen)
        app.command(lambda client: client.submit(request), done)

    def done(what: Undone) -> None:
        app.tell(" ".join(_said(what)), title=f"Undone: {what.act}")

    app.command(lambda client: client.submit(Undo(card, dry_run=True)), found)


def _said(what: Undone) -> tuple[str, ...]:
    return (*what.steps, what.note) if what.note else what.steps
