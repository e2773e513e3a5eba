"""The actions of the board: their dialogs and requests."""

import os
from collections.abc import Callable

from orchestrator.client import Client, OrchError, Refused
from orchestrator.core.board.views import CardView
from orchestrator.core.requests.cards import (
    Attach,
    Nudge,
    Nudging,
    Remove,
    Restart,
    Resume,
    Shelve,
    Start,
    Stop,
)
from orchestrator.core.requests.every import card_request
from orchestrator.core.requests.windows import ListWindows
from orchestrator.core.sessions.states import does
from orchestrator.core.workflow.views import RunView
from widgets.board import moves
from widgets.board.refusals import at_work, live, resumable
from widgets.kit.format import fit
from widgets.screens import attach
from widgets.screens.board_view import BoardView


class BoardActions:
    """One method for each `Action` of the board, named after its id with `_` for a dot; each is called only
    if nothing refuses it. `card` returns the card to act on. Dialogs are imported when they are first opened:
    the board is on the screen sooner."""

    def __init__(self, board: BoardView, card: Callable[[], CardView | None]) -> None:
        self._board, self._meant = board, card

    @property
    def _card(self) -> CardView:
        card = self._meant()
        assert card is not None
        return card

    def _do(
        self, call: Callable[[Client], CardView], done: Callable[[CardView], object] | None = None
    ) -> None:
        self._board.app.command(call, done)

    def submit(self, action: str) -> None:
        """Does a plain action."""
        request = card_request(action, self._card.id)
        self._do(lambda client: client.submit(request))

    # --- the board -------------------------------------------------------------------------------

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

    def trust(self) -> None:
        from widgets.dialogs.trust import Trust

        self._board.app.push_screen(Trust(self._card.repo))

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

    # --- the session -----------------------------------------------------------------------------

    def attach(self) -> None:
        card = self._card
        app = self._board.app
        app.command(
            lambda client: client.submit(Attach(card.id, tmux=os.environ.get("TMUX", ""))),
            lambda attachment: attach.go(app, attachment, self._board.saw),
        )

    def send(self) -> None:
        card = self._card
        if resumable(card):
            self._ask(
                f"{card.id}'s session has ended.",
                "Resume its conversation now? You can send a prompt once it is running.",
                "Resume",
                self.resume,
            )
            return
        from widgets.board.dialogs.send import SendPrompt

        self._board.app.push_screen(SendPrompt(card))

    def start(self) -> None:
        card = self._card
        self._do(lambda client: client.submit(Start(card.id)))

    def stop(self) -> None:
        card = self._card
        if not at_work(card):
            self._do(lambda client: client.submit(Stop(card.id)))
            return
        said = f"Its session {does(card.state)} and will end. Card, worktree and conversation are kept."
        self._ask(
            f"Stop {card.id}?", said, "Stop", lambda: self._do(lambda client: client.submit(Stop(card.id)))
        )

    def resume(self) -> None:
        card = self._card
        self._do(lambda client: client.submit(Resume(card.id)))

    def resume_all(self) -> None:
        from widgets.board.dialogs import resume_all

        resume_all.ask(self._board.app, tuple(self._board.mirror.cards.values()))

    def restart(self) -> None:
        card = self._card
        said = "Its session ends, and the conversation resumes in a new one."
        self._ask(
            f"Restart {card.id}?",
            said,
            "Restart",
            lambda: self._do(lambda client: client.submit(Restart(card.id))),
        )

    def nudge(self) -> None:
        from widgets.dialogs.choose import Choose

        card = self._card
        ways: dict[Nudging, str] = {
            "continue": 'send the word "continue"; a stalled turn is interrupted first',
            "interrupt": "press Escape in its session",
            "restart": "end the session and resume its conversation",
        }
        if card.prompts:
            prompt = fit(card.prompts[0], 40)
            ways |= {
                "again": f"“{prompt}” is not in the conversation",
                "drop": f"discard “{prompt}”",
            }

        def chosen(number: int | None) -> None:
            if number is not None:
                how = list(ways)[number]
                self._do(lambda client: client.submit(Nudge(card.id, how)))

        said = "Choose a nudge."
        options = [("Resend" if way == "again" else way.capitalize(), means) for way, means in ways.items()]
        self._board.app.push_screen(Choose(f"Nudge {card.id}", said, options), chosen)

    def show(self) -> None:
        from widgets.board.dialogs.details import Details

        self._board.app.push_screen(Details(self._card))

    def diff(self) -> None:
        from widgets.review.screen import ReviewScreen

        self._board.app.push_screen(ReviewScreen(self._board, self._card))

    # --- moving the card -------------------------------------------------------------------------

    def move_left(self) -> None:
        self._move("left")

    def move_right(self) -> None:
        self._move("right")

    def _move(self, way: str) -> None:
        card = self._card
        wanted = moves.move(card, moves.target(card, way), self._board.app.keyboard.shown)
        if wanted.deed == "refuse":
            self._board.app.tell(wanted.why, severity="warning")
            return
        self._board.follow(card.id)
        deeds: dict[str, Callable[[], None]] = {
            "start": self.start,
            "resume": self.resume,
            "send": self.send,
            "hold": self.hold,
            "release": lambda: self.submit("release"),
            "shelve": self.shelve,
            "finish": self.finish,
            "reopen": lambda: self.submit("reopen"),
        }
        deeds[wanted.deed]()

    def hold(self) -> None:
        from widgets.board.dialogs.hold import HoldDialog

        card = self._card
        self._board.app.push_screen(HoldDialog(card))

    def shelve(self) -> None:
        card = self._card

        def call() -> None:
            self._do(lambda client: client.submit(Shelve(card.id)))

        if live(card):
            said = "Its session ends, and the card moves to the backlog. Worktree and conversation are kept."
            self._ask(f"Shelve {card.id}?", said, "Shelve", call)
        else:
            call()

    def finish(self) -> None:
        from widgets.board.dialogs.finish import Finish

        self._board.app.push_screen(Finish(self._card))

    def rm(self) -> None:
        card = self._card
        said = "Removes card, session and worktree. You are asked before any work is lost."
        if at_work(card):
            said = f"Its session {does(card.state)} and will end. {said}"
            self._ask(f"Remove {card.id}?", said, "End and remove", lambda: self._remove(card, force=True))
        else:
            self._ask(f"Remove {card.id}?", said, "Remove", lambda: self._remove(card))

    def _remove(self, card: CardView, *, rescue: bool = False, force: bool = False) -> None:
        """Asks again if it is refused for something that the user has not confirmed yet."""

        def refused(error: OrchError) -> None:
            question = f"Cannot remove {card.id}: {error.what}"
            if not isinstance(error, Refused):
                self._board.app.tell_error(error)
            elif "--force" in error.hint and not force:
                self._ask(
                    question,
                    error.why,
                    "End and remove",
                    lambda: self._remove(card, rescue=rescue, force=True),
                )
            elif "--force" not in error.hint and not rescue:
                said = f"{error.why}\nRescue saves it under a ref, then removes the card."
                self._ask(
                    question,
                    said,
                    "Rescue and remove",
                    lambda: self._remove(card, rescue=True, force=force),
                )
            else:
                self._board.app.tell_error(error)

        self._board.app.command(
            lambda client: client.submit(Remove(card.id, rescue=rescue, force=force)),
            self._tell_rescue,
            refused,
        )

    def _tell_rescue(self, card: CardView) -> None:
        if card.rescues:
            self._board.app.tell(f"Saved as {card.rescues[-1]}.", title=f"Removed {card.id}")

    def _ask(self, question: str, said: str, yes: str, call: Callable[[], object]) -> None:
        from widgets.dialogs.dialog import Confirm

        def answer(sure: bool | None) -> None:
            if sure:
                call()

        self._board.app.push_screen(Confirm(question, said, yes), answer)
