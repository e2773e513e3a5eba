"""The board's screen: passes updates to the widgets, and keys to the actions."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from orchestrator.actions import BY_ID, Action
from orchestrator.core.board.views import CardView
from orchestrator.core.filter.language import EVERYTHING, Filter, parse
from orchestrator.core.filter.problem import FilterError
from widgets.board.actions import BoardActions
from widgets.board.columns.card import CardBox
from widgets.board.columns.columns import Columns, fitting
from widgets.board.columns.cursor import BoardCursor, first, next_waiting, settle, step
from widgets.board.columns.cursor import on as cursor_on
from widgets.board.columns.lineup import NAMES, Lineup, line_up
from widgets.board.columns.tabs import TabBar
from widgets.board.filter import FilterBar
from widgets.board.preview import PreviewPane
from widgets.board.refusals import refusal
from widgets.board.several.acts import SEVERAL, SeveralActs
from widgets.board.several.marks import MarksBar, Which, marked
from widgets.board.welcome import welcome_lines
from widgets.kit import keys
from widgets.kit.lines import Lines
from widgets.mirror import Mirror
from widgets.notices.announce import announce
from widgets.screens.command_screen import CommandScreen, call_action
from widgets.screens.header import HubBar
from widgets.screens.keybar import KeyBar, board_entries

_LOOK_AGAIN = 1.0
"""Seconds between two checks whether an age on the screen has changed."""
_FOLLOWS = 30.0
"""Seconds in which the cursor follows a card that the user has moved to another column."""
_UNSURE = 0.5
"""Seconds after a card left the cursor's position on its own in which no command acts on its successor."""


class BoardScreen(CommandScreen):
    """The `BoardView`: columns, cursor and the lines around them. The cursor stays on its card within a
    column; if a card moves to another column the cursor follows only if the user moved it."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings()]
    OFFERED: ClassVar[Sequence[Action]] = keys.ON_BOARD

    class Updated(Message):
        """The feed has updates."""

    def __init__(self) -> None:
        super().__init__()
        self.mirror = Mirror()
        self.lineup: Lineup = line_up(())
        self.cursor = BoardCursor()
        self.acts, self._several = BoardActions(self, lambda: self.card), SeveralActs(self)
        self.preview, self.filter = PreviewPane(), FilterBar()
        self._header, self._tabs, self._keys, self._marks = HubBar(), TabBar(), KeyBar(), MarksBar()
        self._welcome, self._columns = Lines(id="welcome"), Columns()
        self._filter: Filter = EVERYTHING
        self._marked: tuple[str, ...] = ()
        self._follow = self._expected = ""
        self._follow_until = 0.0
        self._slipped: tuple[float, CardView] | None = None
        self._opened = False
        self._failures: set[str] = set()

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._tabs
        yield self._welcome
        yield self._columns
        yield self.preview
        yield self.filter
        yield self._marks
        yield self._keys

    def on_mount(self) -> None:
        self.app.feed.start(lambda: self.post_message(self.Updated()))
        self.set_interval(_LOOK_AGAIN, self._look_again)
        self.draw()

    @property
    def card(self) -> CardView | None:
        """The card under the cursor."""
        return self.mirror.cards.get(self.cursor.card)

    # --- updates ---------------------------------------------------------------------------------

    @on(Updated)
    def _take(self) -> None:
        was_away, had_hub = self.mirror.away_since is not None, self.mirror.hub is not None
        updates = self.app.feed.take()
        self.mirror.take(updates)
        announce(self.app, updates)
        if self.mirror.hub is not None and self.mirror.away_since is None and (was_away or not had_hub):
            self.app.learn_settings()
        self._tell_failure()
        self._line_up()

    def _tell_failure(self) -> None:
        """Shows once why the hub cannot come back, in full: the header may have no room for that."""
        if self.mirror.away_since is None:
            self._failures.clear()
        elif (failure := self.mirror.failure) and str(failure) not in self._failures:
            self._failures.add(str(failure))
            self.app.tell_error(failure)

    def _line_up(self) -> None:
        before = self.card
        self.lineup = line_up(self.mirror.cards.values(), self._filter, self._marked, now=self.app.clock())
        if not self._opened and not self.lineup.empty:
            self._opened, self.cursor = True, first(self.lineup)
        else:
            followed = self._follow if self.app.clock() < self._follow_until else ""
            after = settle(self.cursor, self.lineup, followed)
            if after.column != self.cursor.column:
                self._follow = ""  # it has arrived
            if before is not None and after.card != before.id:
                self._slipped = (self.app.clock(), before)
            self.cursor = after
        if self._expected in self.mirror.cards:
            expected, self._expected = self._expected, ""
            self.jump(expected)
        self.draw()

    def _look_again(self) -> None:
        if self._filter.timed:
            self._line_up()
        else:
            self.draw()
        self._columns.tidy()

    @on(Columns.Resized)
    @on(events.ScreenResume)
    def draw(self) -> None:
        """If another screen covers this one, draws that instead."""
        if above := self.above:
            above.draw()
            return
        now = self.app.clock()
        self._columns.set_class(self.mirror.away_since is not None, "-away")
        self._header.show(self.mirror, now, self.app.keyboard.shown("hub.start"))
        alone = self.cursor.column if fitting(self.app.size.width) == 1 else ""
        words = welcome_lines(self.mirror, self.lineup, self.app.keyboard, alone)
        # Not by a class of the screen: that styles every widget again.
        self._welcome.display, self._columns.display = bool(words), not words
        self._welcome.put(*words)
        self._columns.show(self.lineup, self.cursor, now)
        known = self.mirror.hub is not None
        self._tabs.show(self.lineup, self.cursor.column, self._columns.shown, known=known)
        self.preview.show(self.card)
        self._marks.show(self.lineup, self.app.keyboard)
        self._keys.show(board_entries(self.app.keyboard, self.card))

    def card_actions(self, card: Callable[[], CardView | None]) -> BoardActions:
        return BoardActions(self, card)

    def uncover(self) -> None:
        """Closes what covers the board."""
        while isinstance(self.app.screen, CommandScreen) and self.app.screen is not self:
            self.app.pop_screen()

    # --- the cursor ------------------------------------------------------------------------------

    def go(self, cursor: BoardCursor | None) -> None:
        """Puts the cursor there, for the user."""
        if cursor is not None and cursor != self.cursor:
            self.cursor, self._slipped, self._follow = cursor, None, ""
            self.draw()

    def jump(self, card_id: str) -> None:
        """Puts the cursor on that card, clearing the filter if necessary."""
        if cursor_on(card_id, self.lineup) is None and card_id in self.mirror.cards:
            self.filter.clear()
            self.filter_cards("")
        self.go(cursor_on(card_id, self.lineup))

    def saw(self, card_id: str) -> None:
        """The user returns from that card's session."""
        self.jump(card_id)
        if above := self.above:
            above.saw(card_id)

    def expect(self, card_id: str) -> None:
        """Puts the cursor on a card that was just created, as soon as it arrives."""
        self._expected = card_id
        self._line_up()

    @property
    def marked(self) -> tuple[CardView, ...]:
        """The marked cards, in the order in which they were marked."""
        return tuple(self.mirror.cards[each] for each in self.lineup.marked if each in self.mirror.cards)

    def mark_cards(self, which: Which) -> None:
        found = marked(which, self.cursor, self.lineup)
        if isinstance(found, str):
            self.app.tell(found, severity="warning")
        else:
            self._marked = found
            self._line_up()

    def unmark(self, cards: Iterable[str]) -> None:
        self._marked = tuple(each for each in self.lineup.marked if each not in {*cards})
        self._line_up()

    def follow(self, card_id: str) -> None:
        """Follows that card when it arrives in another column, within a time limit."""
        self._follow, self._follow_until = card_id, self.app.clock() + _FOLLOWS

    def next_waiting(self) -> None:
        everything = line_up(self.mirror.cards.values())
        if cursor := next_waiting(self.cursor, everything, [need.card for need in self.mirror.needs]):
            self.jump(cursor.card)
        else:
            self.app.tell("No card needs you.")

    def filter_cards(self, words: str) -> None:
        """Shows only the cards that fit this filter, and moves the cursor to where there are some. Of one
        with an error, which is shown, the terms before that hold."""
        try:
            self._filter, problem = parse(words), ""
        except FilterError as error:
            self._filter, problem = parse(words[: error.term]), str(error)
        self.filter.say(problem)
        self._line_up()
        self._slipped = None
        if not self.cursor.card and any(self.lineup.cards.values()):
            self.go(first(self.lineup))

    @on(FilterBar.Changed)
    def _filter_cards(self, change: FilterBar.Changed) -> None:
        self.filter_cards(change.words)

    @on(CardBox.Pressed)
    def _pressed(self, press: CardBox.Pressed) -> None:
        self.go(cursor_on(press.card, self.lineup))
        if press.times == 2:
            self.perform("attach")

    # --- input -----------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "do" and (parameters[0] == "filter.saved" or self.refusal(str(parameters[0]))):
            return None  # of a saved filter, `on_key` knows the number
        return True

    def on_key(self, event: events.Key) -> None:
        """A greyed key gives its reason; `escape` clears a kept filter, then the marks."""
        if self.focused is not None:  # the key belongs to the filter line
            return
        if event.key == "escape" and (self._filter.text or self.lineup.marked):
            event.stop()
            if self._filter.text:
                self.filter.clear()
            else:
                self.unmark(self.lineup.marked)
            return
        action = self._twin(self.app.keyboard.action(event.key), event.key)
        if action == "filter.saved":
            event.stop()
            self.acts.use_filter(self.app.keyboard.keys[action].index(event.key))
        elif action and (why := self.refusal(action)):
            event.stop()
            self.app.tell(why, severity="warning")

    def _twin(self, action: str | None, key: str) -> str | None:
        """The action of that key: of pin and unpin, which may share it, the one that can be done."""
        shared = action == "pin" and key in self.app.keyboard.keys["unpin"]
        return "unpin" if shared and self.card and self.card.pinned else action

    def no_text(self) -> str:
        send, new = self.app.keyboard.shown("send"), self.app.keyboard.shown("new")
        return f"The board takes no text. Press {send} to send a prompt, {new} for a new card."

    def action_do(self, action: str) -> None:
        self.perform(action)

    def perform(self, action: str) -> None:
        area, _, what = action.partition(".")
        if area == "cursor":
            self.go(step(self.cursor, self.lineup, what))
        elif self.lineup.marked and action in SEVERAL:
            self._several.perform(action)
        elif why := self.refusal(action):
            self.app.tell(why, severity="warning")
        elif BY_ID[action].on_card and (gone := self._just_slipped()):
            where = NAMES.get(self.mirror.cards[gone.id].column, "") if gone.id in self.mirror.cards else ""
            went = f"moved to {where}" if where else "was removed"
            here = self.cursor.card
            self.app.tell(f"{gone.id} {went}; the cursor is now on {here}. Press again to act on {here}.")
            self._slipped = None
        else:
            call_action(self.acts, action)

    def refusal(self, action: str) -> str:
        if self.lineup.marked and action in SEVERAL:
            return ""  # it is about the marked cards
        return refusal(action, self.card, self.app.keyboard.shown)

    def _just_slipped(self) -> CardView | None:
        if self._slipped is None or self.app.clock() - self._slipped[0] > _UNSURE:
            return None
        return self._slipped[1]
