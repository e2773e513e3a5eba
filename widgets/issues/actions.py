"""What each action of the issues' screen does."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePath

from orchestrator.core.forge.issues.searching import NOBODY
from orchestrator.core.forge.views import SyncedIssues
from orchestrator.core.requests.issues import SyncIssues
from widgets.issues.importing import Asked, synced_words
from widgets.issues.view import IssuesView
from widgets.kit.format import count
from widgets.kit.pages import copy_address, open_page

_ASKS_FROM = 4
"""Sessions that are started together from which it asks first."""
_SEARCHED = "words in number, title, labels or names · enter keep · esc clear"


class IssuesActions:
    """One method for each `Action` that begins with `issues.`, named after its id with `_` for the dots; each
    is called only when nothing refuses it."""

    def __init__(self, screen: IssuesView) -> None:
        self._screen = screen

    # --- importing -------------------------------------------------------------------------------

    def issues_mark(self) -> None:
        self._screen.listing.mark()
        self._screen.draw()

    def issues_import(self) -> None:
        self._import(start=False)

    def issues_start(self) -> None:
        from widgets.dialogs.dialog import Confirm

        sessions = len(self._screen.listing.chosen())
        if sessions < _ASKS_FROM:
            self._import(start=True)
            return

        def answered(sure: bool | None) -> None:
            if sure:
                self._import(start=True)

        said = "Each issue gets a card with its own worktree and session."
        self._screen.app.push_screen(Confirm(f"Start {sessions} sessions?", said, "Start"), answered)

    def _import(self, *, start: bool) -> None:
        screen = self._screen
        repo, comments = screen.reader.repo, screen.comments
        screen.imports.add([Asked(repo, each, comments, start) for each in screen.listing.chosen()])

    def issues_comments(self) -> None:
        screen = self._screen
        screen.comments = not screen.comments
        screen.draw()

    # --- what is listed --------------------------------------------------------------------------

    def issues_search(self) -> None:
        self._screen.bar.input.placeholder = _SEARCHED
        self._screen.bar.open()

    def typed(self, words: str) -> None:
        """Other words stand in the line."""
        listing = self._screen.listing
        if words != listing.wanted.words:
            listing.look_for(replace(listing.wanted, words=words))
            self._screen.draw()

    def issues_label(self) -> None:
        listing = self._screen.listing

        def chosen(name: str) -> None:
            listing.look_for(replace(listing.wanted, labels=(name,) if name else ()))

        self._choose("Label", listing.labels(), chosen)

    def issues_milestone(self) -> None:
        listing = self._screen.listing

        def chosen(name: str) -> None:
            listing.look_for(replace(listing.wanted, milestone=name))

        self._choose("Milestone", listing.milestones(), chosen)

    def issues_assignee(self) -> None:
        listing = self._screen.listing

        def chosen(name: str) -> None:
            listing.look_for(replace(listing.wanted, assignee=name))

        self._choose("Assignee", listing.assignees(), chosen)

    def issues_mine(self) -> None:
        listing, known = self._screen.listing, self._screen.reader.list
        if known is not None and known.login:
            listing.look_for(listing.toggled(known.login))
            self._screen.draw()

    def issues_hide(self) -> None:
        listing = self._screen.listing
        listing.look_for(listing.wanted, hides=not listing.hides)
        self._screen.draw()

    def _choose(self, what: str, names: Sequence[tuple[str, int]], chosen: Callable[[str], object]) -> None:
        from widgets.dialogs.choose import Choose

        screen = self._screen
        values = ["", *(name for name, _ in names)]
        shown = [("nobody" if name == NOBODY else name, count(many, "issue")) for name, many in names]
        options = [("any", ""), *shown]

        def answered(number: int | None) -> None:
            if number is not None:
                chosen(values[number])
                screen.draw()

        screen.app.push_screen(Choose(what, f"Show only issues of this {what.lower()}.", options), answered)

    def issues_repository(self) -> None:
        from widgets.dialogs.choose import Choose

        screen = self._screen
        repositories = screen.repositories
        options = [(PurePath(each).name, each) for each in repositories]

        def answered(number: int | None) -> None:
            if number is not None:
                screen.choose(repositories[number])

        screen.app.push_screen(Choose("Repository", "Show the issues of this repository.", options), answered)

    def issues_reload(self) -> None:
        self._screen.reader.read()

    def issues_sync(self) -> None:
        screen = self._screen
        request = SyncIssues(repo=screen.reader.repo)

        def done(found: SyncedIssues) -> None:
            screen.app.tell(synced_words(found))
            screen.reader.read()

        screen.app.tell("Asking for issues…")
        screen.background.do(lambda client: client.submit(request), done, screen.app.tell_error)

    # --- the issue under the cursor --------------------------------------------------------------

    def issues_read(self) -> None:
        self._screen.show_whole()

    def issues_card(self) -> None:
        self._screen.go_to_card()

    def issues_open(self) -> None:
        open_page(self._screen.app, self._url())

    def issues_copy(self) -> None:
        copy_address(self._screen.app, self._url())

    def _url(self) -> str:
        here = self._screen.listing.here
        return here.url if here else ""
