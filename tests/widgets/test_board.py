"""The board under the fingers of a robot user: cursor, filter, preview, updates."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events

from orchestrator.client import Board, CardChanged, CardGone, Failed, HubChanged
from orchestrator.core.board.views import CardView, Preview
from widgets.board.columns.card import CardBox
from widgets.board.preview import PreviewPane
from widgets.dialogs.help import help_lines
from widgets.gallery.boards import GalleryClient, card, cards, hub
from widgets.screens.keybar import KeyBar

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio

NOW = 1_700_000_000.0
WORKING = card(1, "Auth refactor", "in_progress", "working", since=NOW - 90)
ASKING = card(2, "Migrate billing", "blocked", "permission", attention=1, since=NOW - 60)
IDLE = card(3, "Dark mode", "review", "idle", attention=2, since=NOW - 30, branch="orch/dark")
NEW = card(4, "Speed up CI", "backlog", "new", since=NOW - 10)
OTHER = card(5, "Drop old code", "review", "idle", since=NOW - 500)


async def test_all_five_columns_stand_at_200_cells(play: "Play") -> None:
    async with play(WORKING, ASKING, IDLE, NEW) as player:
        said = player.screen_text()
        for part in (
            "Backlog 1",
            "In Progress 1",
            "Blocked 1",
            "Review 1",
            "Done 0",
            "Auth refactor",
            "Dark mode",
        ):
            assert part in said


async def test_one_column_and_the_counts_of_all_stand_at_80_cells(play: "Play") -> None:
    async with play(WORKING, ASKING, IDLE, NEW, size=(80, 24)) as player:
        said = player.screen_text()
        assert "Migrate billing" in said
        assert "Auth refactor" not in said
        for part in ("Backlog 1", "In Progress 1", "Blocked 1 ▲1", "Review 1 ▲1", "Done 0"):
            assert part in said
        await player.press("left")
        assert "Auth refactor" in player.screen_text()


async def test_an_empty_column_that_has_the_screen_says_where_the_cards_are(play: "Play") -> None:
    async with play(WORKING, ASKING, IDLE, NEW, size=(80, 24)) as player:
        await player.press("right", "right")
        said = player.screen_text()
        assert "No card in Done." in said
        assert "← and → switch columns." in said
        assert "w goes to the 2 cards that need you." in said
        await player.press("left")
        assert "Dark mode" in player.screen_text()
        assert "No card" not in player.screen_text()
    async with play(WORKING, ASKING, IDLE, NEW, size=(200, 50)) as player:
        await player.press("right", "right")
        assert "No card in Done." not in player.screen_text()


async def test_in_between_the_cursors_column_stays_in_sight(play: "Play") -> None:
    async with play(WORKING, ASKING, IDLE, NEW, size=(120, 40)) as player:
        assert "Migrate billing" in player.screen_text()
        await player.press("right", "right")
        assert "Dark mode" in player.screen_text()
        await player.press("h", "h", "h", "h")
        assert "Speed up CI" in player.screen_text()
        await player.pilot.resize_terminal(200, 50)
        await player.until(lambda: "Dark mode" in player.screen_text())


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("keys", "ends"),
    [
        ("right", "c3"), ("l", "c3"), ("left", "c1"), ("h", "c1"), ("l j", "c5"), ("right down up", "c3"),
        ("l j k", "c3"), ("l G", "c5"), ("l end home", "c3"), ("l G g", "c3"), ("w", "c3"),
    ],
)  # fmt: skip
async def test_the_cursor_goes_where_its_keys_say(play: "Play", keys: str, ends: str) -> None:
    async with play(WORKING, ASKING, IDLE, NEW, OTHER) as player:
        assert player.at == "c2"
        await player.press(*keys.split())
        assert player.at == ends


async def test_w_goes_round_all_that_wait_and_out_of_the_filter(play: "Play") -> None:
    async with play(WORKING, ASKING, IDLE) as player:
        await player.press("w", "w")
        assert player.at == "c2"
        await player.press("slash", *"auth", "enter")
        assert player.at == "c1"
        await player.press("w")
        assert player.at == "c2"
        assert "Dark mode" in player.screen_text()


async def test_w_says_so_when_nobody_waits(play: "Play") -> None:
    async with play(WORKING) as player:
        await player.press("w")
        assert "No card needs you" in player.told


async def test_a_change_is_shown_and_a_card_that_goes_is_gone(play: "Play") -> None:
    async with play(WORKING, NEW) as player:
        player.client.tell(CardChanged(replace(WORKING, state="compacting", reason="making room")))
        await player.until(lambda: "making room" in player.screen_text())
        player.client.tell(CardGone("c1"), HubChanged(hub(sessions=7)))
        await player.until(lambda: "Auth refactor" not in player.screen_text())
        assert "7/30" in player.screen_text()


async def test_the_cursor_follows_a_card_only_where_the_user_sent_it(play: "Play") -> None:
    async with play(ASKING, IDLE, OTHER, WORKING) as player:
        await player.press("right")
        player.client.tell(CardChanged(replace(IDLE, column="in_progress", state="working", attention=0)))
        await player.until(lambda: player.at == "c5")
        await player.press("left", "left")
        player.board.follow(player.at)
        moved = player.at
        view = player.board.mirror.cards[moved]
        player.client.tell(CardChanged(replace(view, column="blocked", held="x")))
        await player.until(lambda: player.board.cursor.column == "blocked")
        assert player.at == moved


async def test_a_command_does_not_hit_the_card_that_has_just_slipped_under_the_cursor(play: "Play") -> None:
    async with play(IDLE, OTHER) as player:
        player.client.tell(CardChanged(replace(IDLE, column="in_progress", state="working", attention=0)))
        await player.until(lambda: player.at == "c5")
        await player.press("x")
        assert "c3 moved to In Progress" in player.told
        assert not [verb for verb, _ in player.client.asked if verb == "stop"]
        await player.press("x")
        assert (await player.asked("stop"))["card"] == "c5"


async def test_the_filter_sifts_counts_and_lets_go(play: "Play") -> None:
    async with play(WORKING, ASKING, IDLE, OTHER, NEW) as player:
        await player.press("slash", *"orch/da")
        assert player.at == "c3"
        said = player.screen_text()
        assert "Review 1/2" in said
        assert "Drop old code" not in said
        await player.press("enter")
        assert "Review 1/2" in player.screen_text()
        await player.press("slash", "escape")
        assert "Drop old code" in player.screen_text()
        assert "Review 2" in player.screen_text()


async def test_a_filter_that_fits_nothing_says_so(play: "Play") -> None:
    async with play(WORKING) as player:
        await player.press("slash", *"zzz")
        assert "No card matches “zzz”" in player.screen_text()
        await player.press("escape")
        assert "Auth refactor" in player.screen_text()


async def test_enter_keeps_the_filter_over_a_card_that_cant_be_attached(play: "Play") -> None:
    async with play(NEW) as player:
        await player.press("slash", "i", "enter")
        assert player.app.focused is None
        assert not player.told
        assert "Backlog 1/1" in player.screen_text()


async def test_escape_on_the_board_lets_a_kept_filter_go(play: "Play") -> None:
    async with play(WORKING, NEW) as player:
        await player.press("slash", *"auth", "enter", "escape")
        assert "Speed up CI" in player.screen_text()


async def test_an_error_in_the_filter_is_shown_and_the_terms_before_it_hold(play: "Play") -> None:
    async with play(WORKING, ASKING, IDLE, NEW, size=(80, 24)) as player:
        await player.press("slash", *"column=review colum=x", "enter")
        said = player.screen_text()
        assert "no field 'colum' (at 15). Did you mean column?" in said
        assert player.board.filter.input.has_focus
        assert player.at == "c3"
        await player.press(*["backspace"] * 8, "enter")
        assert "no field" not in player.screen_text()
        assert player.app.focused is None
        assert [each.id for of in player.board.lineup.cards.values() for each in of] == ["c3"]


async def test_a_number_key_chooses_a_saved_filter_and_zero_clears_it(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (WORKING, ASKING, IDLE, NEW)))
    client.options = replace(client.options, filters={"mine": "column=review", "waiting": "column=blocked"})
    async with play(client=client, size=(80, 24)) as player:
        await player.press("1")
        assert player.at == "c3"
        assert "column=review" in player.screen_text()
        await player.press("2")
        assert player.at == "c2"
        await player.press("3")
        assert "There is no saved filter 3." in player.told
        await player.press("0")
        assert not player.board.lineup.words
        lines = help_lines(player.app.keyboard, 100, filters=client.options.filters)
        said = ["".join(text for text, _ in line) for line in lines]
        assert said[said.index("Saved filters") + 2].split() == ["2", "waiting:", "column=blocked"]
        await player.press("ctrl+p", *"saved filter", "enter")
        await player.shown("Choose")
        await player.press("1")
        assert player.at == "c3"


async def test_the_preview_shows_the_pane_follows_the_cursor_and_asks_only_while_shown(play: "Play") -> None:
    async with play(ASKING, IDLE) as player:
        player.client.screen = Preview(
            "\x1b[32mall green\x1b[0m [/x]\x1b]8;;http://x\x07link\x1b[2J\n", 80, 24, NOW
        )
        assert not [verb for verb, _ in player.client.asked if verb == "preview"]
        await player.press("space")
        await player.until(lambda: "all green [/x]link" in player.screen_text())
        asked = {arguments["card"] for verb, arguments in player.client.asked if verb == "preview"}
        assert asked == {"c2"}
        await player.press("right")
        await player.until(lambda: ("preview", {"card": "c3"}) in player.client.asked)
        await player.press("space")
        assert "all green" not in player.screen_text()


async def test_the_preview_says_why_there_is_nothing_to_see(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (NEW, ASKING)))
    client.refusals["preview"] = Failed("tmux does not respond")
    async with play(client=client) as player:
        await player.press("space")
        await player.until(lambda: "tmux does not respond" in player.screen_text())
        await player.press("left", "left")
        await player.until(lambda: "c4 has no window" in player.screen_text())


async def test_the_preview_leaves_room_for_cards_at_80_by_24(play: "Play") -> None:
    async with play(ASKING, size=(80, 24)) as player:
        await player.press("space")
        assert "Migrate billing" in player.screen_text()
        assert player.board.query_one(PreviewPane).size.height >= 9


async def test_an_empty_board_says_what_to_press(play: "Play") -> None:
    async with play() as player:
        said = player.screen_text()
        assert "No cards yet" in said
        assert "Press n" in said


async def test_titles_of_any_kind_break_nothing(play: "Play") -> None:
    titles = [
        "[/x]",
        "[bold red]x",
        "\x1b[2J\x1b[31m",
        "👨‍👩‍👧" * 30,
        "שלום\u202e" * 40,
        "x" * 500,
        "a\nb\tc",
        "日本" * 80,
    ]
    hostile = [
        card(number, "t", "review", "idle", branch=title, reason=title, last_words=title, unread=True)
        for number, title in enumerate(titles, 1)
    ]
    hostile = [replace(view, title=title) for view, title in zip(hostile, titles, strict=True)]
    for size in ((200, 50), (80, 24)):
        async with play(*hostile, size=size) as player:
            assert player.widths() == {size[0]}
            assert "[/x]" in player.screen_text()
            assert "\x1b" not in player.screen_text()


async def test_a_click_selects_and_two_attach(play: "Play") -> None:
    async with play(WORKING, ASKING, IDLE) as player:
        boxes = [box for box in player.board.query(CardBox) if box.card and box.card.id == "c3"]
        await player.pilot.click(boxes[0])
        assert player.at == "c3"
        await player.pilot.double_click(boxes[0])
        assert (await player.asked("attach"))["card"] == "c3"


async def test_two_hundred_cards_scroll_with_the_cursor(play: "Play") -> None:
    many = [
        card(number, f"Card number {number}", "review", "idle", since=float(number)) for number in range(200)
    ]
    async with play(*many) as player:
        await player.press("G")
        await player.until(lambda: "Card number 199" in player.screen_text())
        await player.press("g")
        await player.until(lambda: "Card number 0 " in player.screen_text())


async def test_a_mouse_can_use_the_bottom_line(play: "Play") -> None:
    async with play(WORKING, ASKING) as player:
        await player.pilot.click("KeyBar", offset=(2, 0))
        await player.until(lambda: len(player.app.screen_stack) == 2)


async def test_two_thousand_updates_end_in_the_last(play: "Play") -> None:
    async with play(WORKING) as player:
        last: CardView = WORKING
        for number in range(2000):
            last = replace(WORKING, reason=f"step {number}")
            player.client.tell(CardChanged(last))
        await player.until(lambda: "step 1999" in player.screen_text())


async def test_a_days_board_is_shown_whole(play: "Play") -> None:
    everything = cards(NOW)
    async with play(*everything) as player:
        said = player.screen_text()
        assert all(view.id in said for view in everything)


async def test_mouse_wheel_scrolls_the_column_under_it(play: "Play") -> None:
    many = [
        card(number, f"Card number {number}", "review", "idle", since=-float(number)) for number in range(40)
    ]
    async with play(*many) as player:
        box = next(box for box in player.board.query(CardBox) if box.card and box.card.id == "c0")
        for _ in range(3):
            box.post_message(events.MouseScrollDown(box, 1, 1, 0, 1, 0, False, False, False))
        await player.until(lambda: "Card number 0 " not in player.screen_text())


async def test_a_card_that_leaves_gives_its_room_back(play: "Play") -> None:
    async with play(ASKING, IDLE, OTHER) as player:
        player.client.tell(CardGone("c5"))
        await player.until(lambda: "Drop old code" not in player.screen_text())
        boxes = list(player.board.query("#review CardBox"))
        assert [box.display for box in boxes] == [True, True]
        await player.until(lambda: [box.display for box in boxes] == [True, False])
        player.client.tell(CardChanged(OTHER))
        await player.until(lambda: "Drop old code" in player.screen_text())


async def test_each_key_of_the_bottom_line_has_its_tooltip(play: "Play") -> None:
    async with play(NEW) as player:
        await player.pilot.hover("KeyBar", offset=(2, 0))
        bar = player.board.query_one(KeyBar)
        assert "Create a card" in str(bar.tooltip)
        await player.pilot.hover("KeyBar", offset=(14, 0))
        assert "never started" in str(bar.tooltip)
