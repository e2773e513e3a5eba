"""The actions on a card's session: their dialogs and requests."""

import os
from collections.abc import Callable

from orchestrator.client import Client
from orchestrator.core.board.views import CardView
from orchestrator.core.requests.cards import Attach, Nudge, Nudging, Restart, Resume, Start, Stop
from orchestrator.core.requests.every import card_request
from orchestrator.core.requests.fixes import SetAutofix
from orchestrator.core.sessions.states import does
from widgets.board.refusals import at_work, resumable
from widgets.board.undo import tell_done
from widgets.kit.format import fit
from widgets.screens import attach
from widgets.screens.board_view import BoardView


class SessionActions:
    """One method for each action on a session; see `BoardActions`."""

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
        self._do(lambda client: client.submit(request), self._done(action))

    def _done(self, action: str, more: str = "") -> Callable[[CardView], None]:
        """Tells that the act is done."""
        return lambda card: tell_done(self._board.app, action, card, more)

    def _ask(self, question: str, said: str, yes: str, call: Callable[[], object]) -> None:
        from widgets.dialogs.dialog import Confirm

        def answer(sure: bool | None) -> None:
            if sure:
                call()

        self._board.app.push_screen(Confirm(question, said, yes), answer)

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

    def pr_fix(self) -> None:
        from widgets.board.dialogs.problems import Problems

        self._board.app.push_screen(Problems(self._card))

    def pr_autofix(self) -> None:
        card = self._card
        on = card.autofix is None or bool(card.autofix.waiting)
        said = f"autofix {'on' if on else 'off'}"
        self._do(
            lambda client: client.submit(SetAutofix(card.id, on, by="tui")),
            lambda done: self._board.app.tell(f"{done.id}: {said}."),
        )

    def start(self) -> None:
        card = self._card
        self._do(lambda client: client.submit(Start(card.id)))

    def stop(self) -> None:
        card = self._card
        if not at_work(card):
            self._do(lambda client: client.submit(Stop(card.id)))
            return
        said = (
            f"Its session {does(card.session_state)} and will end. Card, worktree and conversation are kept."
        )
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

    def overlaps(self) -> None:
        from widgets.board.dialogs.overlaps import Overlaps

        self._board.app.push_screen(Overlaps(self._card))

    def diff(self) -> None:
        from widgets.review.screen import ReviewScreen

        self._board.app.push_screen(ReviewScreen(self._board, self._card))
