"""The actions that move a card to another column, or remove it."""

from collections.abc import Callable

from orchestrator.client import OrchError, Refused
from orchestrator.core.board.views import CardView
from orchestrator.core.requests.cards import Label, Remove, Shelve
from orchestrator.core.sessions.states import does
from widgets.board import moves
from widgets.board.refusals import at_work, live
from widgets.board.session_actions import SessionActions
from widgets.board.undo import tell_done, undo


class MoveActions(SessionActions):
    """One method for each action that moves a card; see `BoardActions`."""

    def move_left(self) -> None:
        self._move("left")

    def move_right(self) -> None:
        self._move("right")

    def mark(self) -> None:
        self._board.mark_cards("one")

    def mark_range(self) -> None:
        self._board.mark_cards("range")

    def mark_column(self) -> None:
        self._board.mark_cards("column")

    def mark_shown(self) -> None:
        self._board.mark_cards("shown")

    def mark_clear(self) -> None:
        self._board.unmark([card.id for card in self._board.marked])

    def label(self) -> None:
        from widgets.board.dialogs.label import LabelDialog

        card = self._card
        known = sorted({label for each in self._board.mirror.cards.values() for label in each.labels})

        def given(labels: tuple[tuple[str, ...], tuple[str, ...]] | None) -> None:
            if labels:
                self._do(lambda client: client.submit(Label(card.id, *labels)), self._done("label"))

        self._board.app.push_screen(LabelDialog([card], known), given)

    def _move(self, way: str) -> None:
        card = self._card
        wanted = moves.move(card, moves.target(card, way), self._board.app.keyboard.shown)
        if wanted.kind == "refuse":
            self._board.app.tell(wanted.why, severity="warning")
            return
        self._board.follow(card.id)
        actions: dict[str, Callable[[], None]] = {
            "start": self.start,
            "resume": self.resume,
            "send": self.send,
            "hold": self.hold,
            "release": lambda: self.submit("release"),
            "shelve": self.shelve,
            "finish": self.finish,
            "reopen": lambda: self.submit("reopen"),
        }
        actions[wanted.kind]()

    def hold(self) -> None:
        from widgets.board.dialogs.hold import HoldDialog

        card = self._card
        self._board.app.push_screen(HoldDialog(card), lambda held: self._done("hold")(card) if held else None)

    def shelve(self) -> None:
        card = self._card

        def call() -> None:
            self._do(lambda client: client.submit(Shelve(card.id)), self._done("shelve"))

        if live(card):
            said = "Its session ends, and the card moves to the backlog. Worktree and conversation are kept."
            self._ask(f"Shelve {card.id}?", said, "Shelve", call)
        else:
            call()

    def finish(self) -> None:
        from widgets.board.dialogs.finish import Finish

        card, cards = self._card, self._board.mirror
        self._board.app.push_screen(Finish(card, lambda: cards.cards.get(card.id)))

    def undo(self) -> None:
        undo(self._board.app, self._board.follow)

    def undo_card(self) -> None:
        undo(self._board.app, self._board.follow, self._card.id)

    def rm(self) -> None:
        card = self._card
        said = "Removes card, session and worktree. You are asked before any work is lost."
        if at_work(card):
            said = f"Its session {does(card.session_state)} and will end. {said}"
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
        saved = f"Saved as {card.rescues[-1]}." if card.rescues else ""
        tell_done(self._board.app, "rm", card, saved)
