"""What can be done with a card's issue from the board."""

from orchestrator.core.board.views import CardView
from orchestrator.core.requests.issues import CreateIssueFrom, UnlinkIssueFrom
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


def create(app: HubApp, card: CardView) -> None:
    """Asks first: others can read the issue."""

    def send(sure: bool | None) -> None:
        if sure:
            app.command(lambda client: client.submit(CreateIssueFrom(card.id)), done)

    def done(now: CardView) -> None:
        said = f"#{now.issue.number} {now.issue.title}" if now.issue else "It is not created yet."
        app.tell(said, title=f"Issue created from {card.id}" if now.issue else f"Issue of {card.id}")

    said = (
        "Its title and prompt become the issue's title and text: whoever may see the repository reads them."
    )
    app.push_screen(Confirm(f"Create an issue from {card.id}?", said, "Create"), send)


def unlink(app: HubApp, card: CardView) -> None:
    """Asks first."""
    issue = card.issue
    if issue is None:
        return
    number = f"#{issue.number}"

    def send(sure: bool | None) -> None:
        if sure:
            app.command(
                lambda client: client.submit(UnlinkIssueFrom(card.id)),
                lambda _: app.tell(f"{number} {issue.title}", title=f"{card.id} unlinked"),
            )

    said = "Orch's label and claim are taken from the issue: others may take it. The card stays as it is."
    app.push_screen(Confirm(f"Unlink {card.id} from {number}?", said, "Unlink"), send)
