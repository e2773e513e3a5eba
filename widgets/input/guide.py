"""What the key queue needs to know about the present screen and the hub."""

from textual import events
from textual.widget import Widget

from widgets.hub_app import HubApp
from widgets.kit.format import count
from widgets.screens.command_screen import CommandScreen

_TO_ANOTHER_FIELD = ("tab", "shift+tab")


class KeyGuide:
    """The `Guide` of the key queue: knows which keys change nothing, and what to wait for."""

    def __init__(self, app: HubApp) -> None:
        self._app = app

    def free(self, key: events.Key) -> bool:
        return self.text(key) is not None or self._moves(key)

    def opens(self, key: events.Key) -> bool:
        screen = self._app.screen
        return isinstance(screen, CommandScreen) and screen.opens(key.key)

    def text(self, event: events.Event) -> Widget | None:
        focused = self._app.focused
        if focused is None or not isinstance(event, events.Key):
            return None
        return focused if focused.check_consume_key(event.key, event.character) else None

    def waits(self, following: events.Event | None) -> bool:
        if self._app.asked:
            return True
        if following is not None and (self.text(following) is not None or self._moves(following)):
            return False
        return bool(self._app.looked_up) or bool(getattr(self._app.screen, "looks_up", False))

    def pasted(self) -> None:
        said = "Keys arrived faster than typing; all were ignored."
        self._app.tell(said, title="A paste?")

    def late(self, keys: int) -> None:
        them = f"{count(keys, 'key')} ignored meanwhile."
        self._app.tell(f"{them} Press again once the hub has answered.", title="The hub is slow")

    def _moves(self, event: events.Event) -> bool:
        screen = self._app.screen
        if not isinstance(event, events.Key):
            return False
        if isinstance(screen, CommandScreen):
            return screen.moves_cursor(event.key)
        return event.key in _TO_ANOTHER_FIELD
