"""The palette: a screen's actions by name, and the board's cards by title."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widgets import Input, OptionList

from orchestrator.actions import Action
from orchestrator.core.board.views import CardView
from widgets.kit.format import clean
from widgets.screens.board_view import BoardView
from widgets.screens.command_screen import CommandScreen

LEFT_OUT = ("cursor.", "palette")
"""How the ids of the actions begin that the palette does not offer: its own, and moves of the cursor."""


class Actions(Provider):
    """Every action that the screen offers; those that cannot be done now say why, and choosing one only
    repeats that."""

    @property
    def below(self) -> "CommandScreen":
        """The screen that the palette covers, whose actions it offers."""
        return cast("CommandScreen", self.screen)

    async def discover(self) -> Hits:
        for action in self._offered():
            yield DiscoveryHit(self._title(action), self._deed(action), action.title, self._help(action))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action in self._offered():
            score = matcher.match(f"{action.title} {action.id}")
            if score > 0:
                yield Hit(score, self._title(action), self._deed(action), action.title, self._help(action))

    def _offered(self) -> list[Action]:
        return [action for action in self.below.OFFERED if not action.id.startswith(LEFT_OUT)]

    def _title(self, action: Action) -> Content:
        key = self.below.app.keyboard.shown(action.id)
        style = "dim" if self.below.refusal(action.id) else "bold"
        return Content.assemble((action.title, style), (f"  {key}" if key else "", "dim"))

    def _help(self, action: Action) -> str:
        return clean(self.below.refusal(action.id) or action.help).replace("[", "\\[")

    def _deed(self, action: Action) -> Callable[[], None]:
        return partial(self.below.perform, action.id)


class Cards(Provider):
    """Every card of the board by its title; choosing one puts the cursor on it."""

    @property
    def board(self) -> BoardView:
        """The screen that the palette covers; only the board has this provider."""
        return cast("BoardView", self.screen)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for card in list(self.board.mirror.cards.values()):
            score = matcher.match(f"{card.id} {clean(card.title)}")
            if score > 0:
                yield Hit(
                    score,
                    self._title(card),
                    partial(self.board.jump, card.id),
                    card.title,
                    "Go to this card.",
                )

    def _title(self, card: CardView) -> Content:
        return Content.assemble((card.id, "dim"), "  ", clean(card.title))


class Filters(Provider):
    """The saved filters by name and text; choosing one applies it."""

    @property
    def board(self) -> BoardView:
        """The screen that the palette covers; only the board has this provider."""
        return cast("BoardView", self.screen)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        settings = self.board.app.settings
        for name, text in settings.filters.items() if settings else ():
            score = matcher.match(f"filter {clean(name)} {clean(text)}")
            if score > 0:
                title = Content.assemble(("Filter", "dim"), "  ", clean(name))
                help_ = clean(text).replace("[", "\\[")
                yield Hit(score, title, partial(self.board.filter.keep, text), name, help_)


class Palette(CommandPalette):
    """Textual's own, made safe for fast typing and slow connections: `enter` waits for the results of the
    typed words and never takes an earlier one, an action is executed once, and it is closed once."""

    def __init__(self, providers: Sequence[type[Provider]], placeholder: str) -> None:
        super().__init__(list(providers), placeholder=placeholder)
        self._entered = False
        """`enter` was pressed before the search had ended."""
        self._chosen = False

    @property
    def looks_up(self) -> bool:
        """Keys wait: what `enter` chooses is not known yet."""
        return self._entered

    @property
    def _searches(self) -> bool:
        return any(worker.node is self and not worker.is_finished for worker in self.workers)

    @on(Input.Changed)
    def _typed_on(self) -> None:
        self._entered = False

    @on(Input.Submitted)
    def _enter(self, enter: Input.Submitted) -> None:
        if self._chosen or self._searches:
            enter.stop()
            enter.prevent_default()
            self._entered = not self._chosen

    @on(OptionList.OptionSelected)
    def _choose(self, choice: OptionList.OptionSelected) -> None:
        if self._chosen:
            choice.stop()
            choice.prevent_default()
        self._chosen = True

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Closes, unless that has happened already: a second `escape` closes no other screen."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    def on_worker_state_changed(self) -> None:
        if self._entered and not self._searches:
            self._entered = False
            self.call_next(self.query_one(Input).action_submit)


def palette() -> Palette:
    """The board's: its actions, and its cards by title."""
    return Palette([Actions, Cards, Filters], "Action, card title or saved filter…")


def palette_of_actions() -> Palette:
    """A pane's: only its actions, because its board is covered."""
    return Palette([Actions], "Action…")
