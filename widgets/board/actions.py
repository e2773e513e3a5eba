"""The actions of the board: their dialogs and requests."""

from orchestrator.core.board.views import CardView
from orchestrator.core.requests.windows import ListWindows
from orchestrator.core.workflow.views import RunView
from widgets.board.move_actions import MoveActions

_NO_FILTERS = "No saved filters. Add them to [filters] in your config, then run: orch hub restart"


class BoardActions(MoveActions):
    """One method for each `Action` of the board, named after its id with `_` for a dot; each is called only
    if nothing refuses it. `card` returns the card to act on. Dialogs are imported when they are first opened:
    the board is on the screen sooner."""

    def new(self) -> None:
        from widgets.board.dialogs.new_card import NewCard

        self._board.app.push_screen(NewCard(*self._repos()), self._made)

    def _repos(self) -> tuple[list[str], str]:
        """The repositories of all cards, and that of the card under the cursor."""
        repos = sorted({card.repo for card in self._board.mirror.cards.values()})
        return repos, self._board.card.repo if self._board.card else ""

    def _made(self, card: CardView | None) -> None:
        if card is not None:
            self._board.mirror.learn_card(card)
            self._board.expect(card.id)

    def next(self) -> None:
        self._board.next_waiting()

    def preview(self) -> None:
        self._board.preview.toggle()

    def queue(self) -> None:
        from widgets.queue.pane import NeedsPane

        self._board.app.push_screen(NeedsPane(self._board))

    def runs(self, run: str = "", stage: str = "") -> None:
        """On that run and stage, if given."""
        from widgets.runs.pane import RunsPane

        if isinstance(above := self._board.above, RunsPane):
            above.open(run, stage)
        else:
            self._board.app.push_screen(RunsPane(self._board, run, stage))

    def mail(self, message: str = "") -> None:
        """On that message in the human's mailbox, if given."""
        from widgets.mail.pane import MailPane

        self._board.app.push_screen(MailPane(self._board, message))

    def grants(self) -> None:
        from widgets.board.dialogs import grants

        grants.show(self._board.app)

    def rescues(self) -> None:
        from widgets.board.dialogs.rescues import Rescues

        self._board.app.push_screen(Rescues())

    def windows(self) -> None:
        from widgets.board.dialogs.windows import choose

        app = self._board.app
        app.command(lambda client: client.submit(ListWindows()), lambda found: choose(app, found))

    def notifications_test(self) -> None:
        from widgets.notices import testing

        testing.test(self._board.app)

    def trust(self) -> None:
        from widgets.dialogs.trust import Trust

        self._board.app.push_screen(Trust(self._card.repo))

    def issues(self) -> None:
        from widgets.issues.screen import IssuesScreen

        self._board.app.push_screen(IssuesScreen(self._board))

    def phone(self) -> None:
        from widgets.board.dialogs.phone import Phone

        self._board.app.push_screen(Phone())

    def issues_open(self) -> None:
        from widgets.issues import on_card

        on_card.open_issue(self._board.app, self._card)

    def issues_link(self) -> None:
        from widgets.issues import on_card

        on_card.link(self._board.app, self._card)

    def issues_create(self) -> None:
        from widgets.issues import on_card

        on_card.create(self._board.app, self._card)

    def forge_list(self) -> None:
        from widgets.issues import unsent

        unsent.show(self._board.app, self._card)

    def issues_unlink(self) -> None:
        from widgets.issues import on_card

        on_card.unlink(self._board.app, self._card)

    def pr_merge(self) -> None:
        from widgets.changes import on_card

        on_card.merge(self._board.app, self._card)

    def pr_open(self) -> None:
        from widgets.changes import on_card

        on_card.open_change(self._board.app, self._card)

    def pr_unlink(self) -> None:
        from widgets.changes import on_card

        on_card.unlink(self._board.app, self._card)

    def team(self) -> None:
        from widgets.runs.dialogs.start_team import StartTeam

        self._board.app.push_screen(StartTeam(*self._repos()), self._started)

    def _started(self, cards: tuple[str, ...] | None) -> None:
        if cards:
            self._board.app.tell(f"Team started: {', '.join(cards)}.")
            self._board.expect(cards[0])

    def run(self) -> None:
        from widgets.runs.dialogs.start_run import RunWorkflow

        self._board.app.push_screen(RunWorkflow(*self._repos()), self._ran)

    def _ran(self, run: RunView | None) -> None:
        if run is not None:
            self._board.mirror.learn(run)
            self.runs(run.id)

    def filter(self) -> None:
        self._board.filter.open()

    def filter_saved(self) -> None:
        """Offers all saved filters."""
        from widgets.dialogs.choose import Choose

        if not (saved := self._saved_filters()):
            self._board.app.tell(_NO_FILTERS, severity="warning")
            return
        self._board.app.push_screen(
            Choose("Saved filters", "Show only the cards that fit:", saved),
            lambda number: None if number is None else self.use_filter(number),
        )

    def use_filter(self, number: int) -> None:
        """Shows the cards of the saved filter with that number, from 0."""
        saved = self._saved_filters()
        if number < len(saved):
            self._board.filter.keep(saved[number][1])
        else:
            said = f"There is no saved filter {number + 1}." if saved else _NO_FILTERS
            self._board.app.tell(said, severity="warning")

    def _saved_filters(self) -> list[tuple[str, str]]:
        settings = self._board.app.settings
        return list(settings.filters.items()) if settings else []

    def filter_clear(self) -> None:
        self._board.filter.clear()

    def help(self) -> None:
        from widgets.dialogs.help import Help

        self._board.app.push_screen(Help(self._board.app.keyboard))

    def palette(self) -> None:
        from widgets.screens.palette import palette

        self._board.app.push_screen(palette())

    def hub_start(self) -> None:
        app = self._board.app
        if self._board.mirror.away_since is None:
            app.tell("The hub is running.")
            return
        app.tell("Starting the hub…")
        app.command(lambda _client: app.start_hub())

    def quit(self) -> None:
        self._board.app.exit()
