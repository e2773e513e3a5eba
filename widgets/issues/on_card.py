"""What can be done with a card's issue from the board."""

from orchestrator.client import OrchError
from orchestrator.core.board.views import CardView
from orchestrator.core.requests.issues import UnlinkIssueFrom
from widgets.dialogs.dialog import Confirm
from widgets.hub_app import HubApp
from widgets.issues.dialogs.link import LinkIssue
from widgets.kit.pages import open_page


def open_issue(app: HubApp, card: CardView) -> None:
    """Opens the issue's page."""
    if card.issue:
        open_page(app, card.issue.url)


def link(app: HubApp, card: CardView) -> None:
    """Asks for the number."""

    def linked(done: CardView | None) -> None:
        if done and done.issue:
            app.tell(f"#{done.issue.number} {done.issue.title}", title=f"{done.id} linked")

    app.push_screen(LinkIssue(card), linked)


def unlink(app: HubApp, card: CardView) -> None:
    """Asks first; if the claim cannot be released, asks whether to leave it there."""
    issue = card.issue
    if issue is None:
        return
    number = f"#{issue.number}"

    def send(force: bool) -> None:
        request = UnlinkIssueFrom(card.id, force)
        app.command(
            lambda client: client.submit(request),
            lambda _: app.tell(f"{number} {issue.title}", title=f"{card.id} unlinked"),
            app.tell_error if force else unreleased,
        )

    def unreleased(error: OrchError) -> None:
        app.push_screen(
            Confirm(f"Unlink {card.id} and leave the claim?", str(error), "Unlink"),
            lambda sure: send(True) if sure else None,
        )

    said = "The claim on the forge is released: others may take the issue. Nothing else changes."
    app.push_screen(
        Confirm(f"Unlink {card.id} from {number}?", said, "Unlink"),
        lambda sure: send(False) if sure else None,
    )
