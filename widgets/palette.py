"""The palette: the board's actions by name, and its cards by title."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from orchestrator.actions import Action
from orchestrator.core.views import CardView
from widgets.format import clean
from widgets.keys import ON_BOARD
from widgets.may import refusal

if TYPE_CHECKING:
    from widgets.board import BoardScreen


class _OfBoard(Provider):
    @property
    def board(self) -> "BoardScreen":
        return cast("BoardScreen", self.screen)


class Actions(_OfBoard):
    """Every action; those that can't be done now say why, and choosing one of them only says it again."""

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
        skipped = ("cursor.", "palette")
        return [action for action in ON_BOARD if not action.id.startswith(skipped)]

    def _title(self, action: Action) -> Content:
        key = self.board.app.keyboard.shown(action.id)
        style = "dim" if refusal(action.id, self.board.card) else "bold"
        return Content.assemble((action.title, style), (f"  {key}" if key else "", "dim"))

    def _help(self, action: Action) -> str:
        return clean(
            refusal(action.id, self.board.card, self.board.app.keyboard.shown) or action.help
        ).replace("[", "\\[")

    def _deed(self, action: Action) -> Callable[[], None]:
        return partial(self.board.perform, action.id)


class Cards(_OfBoard):
    """Every card by its title; choosing one puts the cursor on it."""

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


def palette() -> CommandPalette:
    return CommandPalette([Actions, Cards], placeholder="An action, or a card's title…")
