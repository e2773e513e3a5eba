"""The issues of a repository: a list that is filtered and marked, and the issue under the cursor."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from orchestrator.actions import Action
from orchestrator.actions import pane as pane_of
from orchestrator.core.board.views import CardView
from orchestrator.core.forge.views import Imported, IssueView
from widgets.board.filter import FilterBar
from widgets.dialogs.repository import repo_around
from widgets.issues.actions import IssuesActions
from widgets.issues.bottom import LEAST_FIRST, entries
from widgets.issues.here import Here, refusal
from widgets.issues.importing import Imports, import_words, refused_words
from widgets.issues.list_view import IssueList
from widgets.issues.listing import Listing, cards_of
from widgets.issues.reading import IssueReader
from widgets.issues.sheet import IssueSheet
from widgets.issues.text.heading import Heading, heading_line
from widgets.issues.text.instead import instead_lines
from widgets.issues.text.row import Mark
from widgets.kit.background import Background
from widgets.kit.keys import IN_ISSUES
from widgets.kit.lines import Lines
from widgets.kit.sheet import Sheet
from widgets.screens.board_view import BoardView
from widgets.screens.command_screen import call_action
from widgets.screens.keybar import KeyBar
from widgets.screens.pane import Pane

_TOUCHING = frozenset({"issues.mark", "issues.import", "issues.start", "issues.open", "issues.card"})
"""What acts on the issue under the cursor."""


class IssuesScreen(Pane):
    """The `IssuesView`: of the repository of the card under the board's cursor, else of the working
    directory's."""

    NAME = "issues"
    OFFERED: ClassVar[Sequence[Action]] = IN_ISSUES

    def __init__(self, board: BoardView) -> None:
        super().__init__(board, "The list has just opened.")
        here = repo_around(Path.cwd())
        self.repositories = tuple(
            dict.fromkeys(
                [*([here] if here else []), *sorted({each.repo for each in board.mirror.cards.values()})]
            )
        )
        self.comments = False
        self.listing = Listing()
        self.reader = IssueReader(self.app, board.card.repo if board.card else here, self.look_again)
        self.imports = Imports(self.app, self._imported_one, self._imported)
        self.background = Background(self.app, "issues")
        self.bar = FilterBar()
        self._acts = IssuesActions(self)
        self._list, self._sheet = IssueList(self._mark), IssueSheet(id="issue")
        self._summary, self._keys = Lines(id="summary"), KeyBar(LEAST_FIRST)
        self._told = ""

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._summary
        with Container(id="middle"):
            yield self._list
            yield self._sheet
        yield self.bar
        yield self._keys

    def on_mount(self) -> None:
        if self.reader.repo:
            self.reader.read()
        self.draw()

    def on_unmount(self) -> None:
        self.reader.stop()
        self.background.stop()

    @property
    def card(self) -> CardView | None:
        """That of the issue under the cursor."""
        here = self.listing.here
        return self._board.mirror.cards.get(self.listing.cards.get(here.number, "")) if here else None

    @property
    def here(self) -> Here:
        """All that keys depend on."""
        listing, issue = self.listing, self.listing.here
        return Here(
            issue,
            listing.cards.get(issue.number, "") if issue else "",
            len(listing.marked),
            len(listing.issues),
            self.reader.list.login if self.reader.list else "",
            len(self.repositories),
            busy=issue is not None and self.imports.waits(self.reader.repo, issue.number),
            narrowed=listing.narrowed,
            milestones=len(listing.milestones()),
            labels=len(listing.labels()),
        )

    # --- drawing ---------------------------------------------------------------------------------

    @on(Sheet.Resized)
    @on(events.ScreenResume)
    def draw(self) -> None:
        if not self._list.is_attached:
            return
        listing, reader, here = self.listing, self.reader, self._settled()
        now, width = self.app.clock(), self.app.size.width
        self.set_class(self.narrow, "-narrow")
        self.set_class(not listing.shown, "-empty")
        self._header.show(self._board.mirror, now)
        heading = self._heading()
        self._summary.put(heading_line(heading, now, width))
        instead = instead_lines(
            heading, reader.repo, reader.error, width,
            read=reader.list is not None, reload=self.app.keyboard.shown("issues.reload"),
        )  # fmt: skip
        refused = self.imports.refused_in(reader.repo)
        looks = (tuple(listing.marked), listing.cards, tuple(refused), self.imports.busy)
        self._list.show(listing.shown, listing.row, instead, looks)
        issue = here.issue
        self._sheet.show(
            issue,
            here.card,
            reader.detail(issue) if issue else (None, ""),
            "importing" if here.busy else "",
            refused.get(issue.number, "") if issue else "",
        )
        reader.rest(issue)
        self._keys.show(entries(self.app.keyboard, here))

    def _settled(self) -> Here:
        """Takes what has been read, and what the board knows of it."""
        reader = self.reader
        known = reader.list
        address = next(iter(reader.issues.values())).url if reader.issues else ""
        cards = cards_of(self._board.mirror.cards.values(), known.repository, address) if known else {}
        if self.listing.take(reader.issues, cards):
            self._guard.changed("The list has just changed.")
        if reader.error and reader.issues and str(reader.error) != self._told:
            self._told = str(reader.error)
            self.app.tell_error(reader.error)
        if reader.reading:
            self._told = ""
        return self.here

    def _heading(self) -> Heading:
        listing, reader = self.listing, self.reader
        return Heading(
            reader.list.repository if reader.list else self._repository(),
            len(listing.issues),
            len(listing.shown),
            listing.wanted,
            listing.hides,
            len(listing.marked),
            self.comments,
            self.imports.busy,
            reader.reading,
            reader.as_of,
            trouble=reader.error is not None,
        )

    def _repository(self) -> str:
        """Its name on the forge where a card knows that, else that of its folder."""
        cards = (each for each in self._board.mirror.cards.values() if each.repo == self.reader.repo)
        named = (item.repository for each in cards for item in (each.issue, each.change) if item)
        return next(named, Path(self.reader.repo).name)

    def _mark(self, issue: IssueView) -> Mark:
        number, place = issue.number, (self.reader.repo, issue.number)
        listing = self.listing
        busy = bool(self.imports.busy) and self.imports.waits(*place)
        return Mark(
            listing.cards.get(number, ""), number in listing.marked, busy, place in self.imports.refused
        )

    # --- what the actions do ---------------------------------------------------------------------

    def choose(self, repo: str) -> None:
        if repo == self.reader.repo:
            return
        self.reader.stop()
        self.reader = IssueReader(self.app, repo, self.look_again)
        self.listing = Listing()
        self.bar.clear()
        self.reader.read()

    def go_to_card(self) -> None:
        if card := self.card:
            self._board.jump(card.id)
            self.close()

    def show_whole(self) -> None:
        self.toggle_class("-whole")

    def _imported_one(self) -> None:
        """An import has begun, or ended."""
        self.look_again()

    def _imported(self, made: list[Imported]) -> None:
        """All that were asked for are through. The board's cursor goes to the first new card."""
        if made:
            title, said = import_words(made)
            self.app.tell(said, title=title)
            self._board.expect(made[0].card)
        for each in made:
            mine = self.listing.issues.get(each.number)
            if mine is not None and mine.url == each.url:
                self.listing.marked.pop(each.number, None)
        if refused := self.imports.refused_in(self.reader.repo):
            self.listing.go(next(iter(refused)))
            title, said = refused_words(refused)
            self.app.tell(said, title=title, severity="warning")
        elif made and not self.listing.marked:
            self.close()
            return
        self.look_again()

    @on(IssueList.Pressed)
    def _pressed(self, press: IssueList.Pressed) -> None:
        self.listing.row = press.row
        self._guard.chosen()
        self.draw()
        if press.times == 2:
            self.perform("issues.read")

    @on(FilterBar.Changed)
    def _typed(self, change: FilterBar.Changed) -> None:
        self._acts.typed(change.words)

    # --- input -----------------------------------------------------------------------------------

    def no_text(self) -> str:
        return f"The list takes no text. Press {self.app.keyboard.shown('issues.search')} to search in it."

    def moves_cursor(self, key: str) -> bool:
        action = self.app.keyboard.action(key, self.OFFERED) or ""
        return action.startswith(("cursor.", "pane.up", "pane.down", "issues.mark"))

    def refusal(self, action: str) -> str:
        return refusal(action, self.here, self.app.keyboard.shown)

    def pressed(self, action: str, key: str) -> None:
        if action == "pane.close" and key == "escape" and self._step_back():
            return
        self.perform(action)

    def perform(self, action: str) -> None:
        area, _, what = action.partition(".")
        here = self.here
        if area == "cursor":
            self.listing.step(what)
            self._guard.chosen()
            self.draw()
        elif why := refusal(action, here, self.app.keyboard.shown):
            self.app.tell(why, severity="warning")
        elif action in _TOUCHING and not here.marked and self._guard.holds(_named(here)):
            return
        elif pane_of(action) == "issues" or action == "issues.open":
            call_action(self._acts, action)
        else:
            self.shared(action)

    def shared(self, action: str) -> None:
        match action:
            case "pane.up" | "pane.down":
                self._sheet.page(action.partition(".")[2])
            case "pane.close":
                self.close()
            case _:
                super().shared(action)

    def _step_back(self) -> bool:
        """Leaves the issue that is shown alone, else clears the filters, else the marks. Whether there were
        any."""
        if self.has_class("-whole"):
            self.remove_class("-whole")
        elif self.listing.narrowed:
            self.bar.clear()
            self.listing.clear()
        elif self.listing.marked:
            self.listing.marked.clear()
        else:
            return False
        self.draw()
        return True


def _named(here: Here) -> str:
    return f"#{here.issue.number}" if here.issue else ""
