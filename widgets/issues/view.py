"""The issues' screen as its actions know it."""

from typing import Protocol

from widgets.board.filter import FilterBar
from widgets.hub_app import HubApp
from widgets.issues.importing import Imports
from widgets.issues.listing import Listing
from widgets.issues.reading import IssueReader
from widgets.kit.background import Background


class IssuesView(Protocol):
    """The screen, whatever is on top of it."""

    bar: FilterBar
    listing: Listing
    reader: IssueReader
    imports: Imports
    background: Background
    comments: bool
    """Comments go into the prompts of what is imported."""

    @property
    def app(self) -> HubApp:
        """The app: it opens dialogs and shows notices."""

    @property
    def repositories(self) -> tuple[str, ...]:
        """The paths of the repositories that can be chosen."""

    def draw(self) -> None:
        """Draws what has changed."""

    def go_to_card(self) -> None:
        """Closes the screen, with the board's cursor on the card of the issue under the cursor."""

    def choose(self, repo: str) -> None:
        """Shows the issues of that repository."""

    def show_whole(self) -> None:
        """The issue has the screen to itself, or no longer."""
