"""What can be done with a card's change request from the board."""

from orchestrator.client import OrchError
from orchestrator.core.board.views import CardView
from orchestrator.core.forge.changes.view import ChangeView
from orchestrator.core.requests.changes import MergeChangeOf, MergeMethod, UnlinkChangeFrom
from widgets.dialogs.choose import Choose
from widgets.dialogs.dialog import Confirm
from widgets.hub_app import HubApp
from widgets.kit.pages import open_page

_METHODS: dict[str, tuple[MergeMethod, str]] = {
    "merge": ("merge", "a merge commit on {base}"),
    "squash": ("squash", "one commit on {base}"),
    "rebase": ("rebase", "its commits on top of {base}"),
}


def open_change(app: HubApp, card: CardView) -> None:
    """Opens its page."""
    if card.change:
        open_page(app, card.change.url)


def unlink(app: HubApp, card: CardView) -> None:
    """Asks first."""
    change = card.change
    if change is None:
        return
    app.push_screen(
        Confirm(
            f"Unlink {card.id} from #{change.number}?",
            f"Nothing changes on {change.host or 'the forge'}.",
            "Unlink",
        ),
        lambda sure: _send_unlink(app, card, change) if sure else None,
    )


def merge(app: HubApp, card: CardView) -> None:
    """Asks first, with what stands against it; then for a method where several are possible."""
    change = card.change
    if change is None:
        return
    against = ", ".join(change.obstacles)
    said = f"Not ready: {against}." if against else "It is ready."
    then = "Once it is merged, the card moves to Done: its session ends, worktree and branch are removed."
    app.push_screen(
        Confirm(f"Merge #{change.number} into {change.base}?", f"{said} {then}", "Merge"),
        lambda sure: _send_merge(app, card, change) if sure else None,
    )


def _send_merge(
    app: HubApp, card: CardView, change: ChangeView, method: MergeMethod = "", *, force: bool = False
) -> None:
    def refused(error: OrchError) -> None:
        if "--method " in error.hint and not method:
            _choose_method(app, card, change, error.hint.rpartition("--method ")[2])
        elif "--force" in error.hint and not force:
            app.push_screen(
                Confirm(f"#{change.number} is not ready. Merge it nevertheless?", error.why, "Merge"),
                lambda sure: _send_merge(app, card, change, method, force=True) if sure else None,
            )
        else:
            app.tell_error(error)

    request = MergeChangeOf(card.id, method, force, wait=False, by="tui")
    app.command(
        lambda client: client.submit(request),
        lambda done: app.tell(f"#{change.number} is being merged.", title=done.id),
        refused,
    )


def _choose_method(app: HubApp, card: CardView, change: ChangeView, allowed: str) -> None:
    found = [_METHODS[name] for name in allowed.split(", ") if name in _METHODS]
    options = [(method, means.format(base=change.base)) for method, means in found]
    app.push_screen(
        Choose(f"Merge #{change.number}", "The repository allows:", options),
        lambda at: None if at is None else _send_merge(app, card, change, found[at][0]),
    )


def _send_unlink(app: HubApp, card: CardView, change: ChangeView) -> None:
    app.command(
        lambda client: client.submit(UnlinkChangeFrom(card.id, by="tui")),
        lambda _: app.tell(f"#{change.number} {change.title}", title=f"{card.id} unlinked"),
    )
