"""What the panes over the board have in common: their context, and a pending request to the hub."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual import events

from orchestrator.client import Client, OrchError
from widgets.kit.replies import Replies
from widgets.screens.board_view import BoardView
from widgets.screens.command_screen import CommandScreen, call_action
from widgets.screens.header import HubBar
from widgets.screens.selection_guard import SelectionGuard

T = TypeVar("T")

_NARROW = 120
"""Cells of width below which the lists are above the details."""


class Pane(CommandScreen):
    """Shows what the board's mirror has, from when it is opened until it is closed. The board below keeps its
    cursor, and makes the pane draw after each update and every second."""

    NAME: ClassVar[str]
    """As `orchestrator.actions.pane` calls it; the board's action with that name closes it again."""

    def __init__(self, board: BoardView, opened: str) -> None:
        """`opened` means that the selection was not made by the user yet."""
        super().__init__()
        self._board = board
        self._of_board = board.card_actions(lambda: self.card)
        self._replies = Replies()
        self._guard = SelectionGuard(self.app, opened)
        self._header = HubBar()

    @property
    def narrow(self) -> bool:
        """There is no room for the lists beside the details."""
        return self.app.size.width < _NARROW

    def close(self) -> None:
        """Does nothing while something else is on top."""
        if self.app.screen is self:
            self.dismiss(None)

    def look_again(self) -> None:
        """Draws, unless the pane has been closed."""
        if self.is_attached:
            self.draw()

    # --- requests --------------------------------------------------------------------------------

    def send(
        self,
        id_: str,
        words: str,
        call: Callable[[Client], T],
        taken: Callable[[T], object],
        refused: Callable[[], object] = lambda: None,
    ) -> None:
        """Sends it to the hub. `words` are shown at `id_` until `taken` gets the answer, which says for how
        much longer they are. A refusal is shown as a notice and there instead; `refused` is called then."""
        self._replies.begin(id_, words)
        self.draw()

        def done(answer: T) -> None:
            taken(answer)
            self.look_again()

        def failed(error: OrchError) -> None:
            self._replies.over(id_, str(error))
            self.app.tell_error(error)  # its entry may be about to disappear
            refused()
            self.look_again()

        self.app.command(call, done, failed)

    def taken(self, id_: str, words: str) -> None:
        """The hub has accepted a request from a dialog: `words` are shown at `id_`, which is about to change
        or disappear."""
        self._replies.begin(id_, words)
        self._replies.taken(id_, self.app.clock())
        self.look_again()

    # --- keys ------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        action = self.app.keyboard.action(event.key, self.OFFERED)
        if action is None or self.focused is not None:  # then the key is a field's
            return
        event.stop()
        event.prevent_default()
        self.pressed(action, event.key)

    def pressed(self, action: str, _key: str) -> None:
        """That key was pressed, one of the action's."""
        self.perform(action)

    def shared(self, action: str) -> None:
        """Executes what is the same in all panes: closing it with its key on the board, help, palette, and
        the board's actions on a card."""
        match action:
            case self.NAME:
                self.close()
            case "help":
                from widgets.dialogs.help import Help

                self.app.push_screen(Help(self.app.keyboard, first=self.NAME))
            case "palette":
                from widgets.screens.palette import palette_of_actions

                self.app.push_screen(palette_of_actions())
            case _:
                call_action(self._of_board, action)
