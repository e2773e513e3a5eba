"""The queue under the fingers of a robot user: what it shows, and where the selection goes."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board, NeedsChanged, Refused
from orchestrator.core.board.views import Question
from tests.clock import NOW
from tests.widgets.needs_pane import ASKING, BASH, EDIT, OTHER, opened, pane_of, selected, settled, verbs
from widgets.board.screen import BoardScreen
from widgets.gallery.boards import GalleryClient, card, hub, stage
from widgets.gallery.needs import detail, need
from widgets.kit.rows import RowBox

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio


# --- opening and closing --------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_a_opens_the_pane_with_all_that_waits_and_escape_closes_it(
    play: "Play", size: tuple[int, int]
) -> None:
    async with opened(play, detail(BASH, "npm test -- --watch=no"), detail(EDIT), size=size) as player:
        said = player.screen_text()
        for part in ("permission", "Bash npm test", "Edit app.py", "npm test -- --watch=no", "a Allow"):
            assert part in said
        before = player.board.cursor
        await player.press("j", "escape")
        assert isinstance(player.app.screen, BoardScreen)
        assert player.board.cursor == before


async def test_q_closes_the_pane_and_not_the_board(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.press("q")
        await player.until(lambda: isinstance(player.app.screen, BoardScreen))


async def test_it_opens_on_the_need_of_the_card_under_the_cursor(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (ASKING, OTHER), (BASH, EDIT)))
    async with play(client=client) as player:
        player.board.jump("c2")
        await player.press("a")
        assert selected(player) == "c2.m71"


async def test_an_empty_pane_says_so_and_fills(play: "Play") -> None:
    async with opened(play, cards=[ASKING]) as player:
        assert "The queue is empty" in player.screen_text()
        await player.press("a")
        assert "The queue is empty" in player.told
        player.client.tell(NeedsChanged((BASH,)))
        await player.until(lambda: "Bash npm test" in player.screen_text())


async def test_the_palette_opens_the_pane_and_in_it_offers_its_actions(play: "Play") -> None:
    async with play(client=stage(NOW)) as player:
        await player.press("ctrl+p")
        await player.shown("Palette")
        await player.press(*"queue")
        await player.until(lambda: "most urgent first" in player.screen_text())
        await player.press("enter")
        await player.shown("NeedsPane")
        await settled(player)
        await player.press("ctrl+p")
        await player.shown("Palette")
        await player.press(*"interrupt")
        await player.until(lambda: "Cannot interrupt" in player.screen_text())


async def test_help_in_the_pane_begins_with_its_keys(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.press("question_mark")
        await player.shown("Help")
        said = player.screen_text()
        assert "Allow always" in said.partition("New card")[0]


async def test_the_users_own_key_closes_it_too(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (ASKING,), (BASH,)))
    client.options = replace(client.options, keys={"queue": "Q", "answer.allow": "Y"})
    async with play(client=client) as player:
        await player.press("Q")
        await settled(player)
        assert "Y Allow once" in player.screen_text()
        await player.press("a")
        assert verbs(player) == []
        await player.press("Y")
        assert (await player.asked("answer"))["verdict"] == "allow"
        await player.press("Q")
        assert isinstance(player.app.screen, BoardScreen)


# --- the list -------------------------------------------------------------------------------------


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("keys", "ends"),
    [
        ("j", "c2.x"), ("down", "c2.x"), ("j k", "c1.x"), ("j up", "c1.x"), ("n", "c2.x"), ("tab", "c2.x"),
        ("w", "c2.x"), ("n n n", "c1.x"), ("G", "c3.x"), ("end g", "c1.x"), ("k", "c1.x"),
    ],
)  # fmt: skip
async def test_the_selection_goes_where_its_keys_say(play: "Play", keys: str, ends: str) -> None:
    three = [detail(replace(BASH, id=f"c{number}.x", card=f"c{number}")) for number in (1, 2, 3)]
    async with opened(play, *three, key="a") as player:
        pane_of(player).go(None)
        await player.press("g", *keys.split())
        assert selected(player) == ends


async def test_a_request_is_fetched_when_the_selection_rests_and_only_once(play: "Play") -> None:
    async with opened(play, detail(BASH, "first command"), detail(EDIT, "second command")) as player:
        await player.press("j")
        await player.until(lambda: "second command" in player.screen_text())
        await player.press("k")
        assert "first command" in player.screen_text()
        asked = [arguments["need"] for verb, arguments in player.client.asked if verb == "queue.show"]
        assert asked == ["c1.k3f", "c2.m71"]


async def test_going_through_the_list_asks_only_where_it_rests(play: "Play") -> None:
    many = [detail(replace(BASH, id=f"c{number}.x", card=f"c{number}")) for number in range(1, 31)]
    async with opened(play, *many) as player:
        await player.press(*["j"] * 3)
        for _ in range(25):
            pane_of(player).perform("cursor.down")
        await player.until(lambda: ("queue.show", {"need": "c29.x"}) in player.client.asked)
        assert sum(verb == "queue.show" for verb, _ in player.client.asked) < 8


async def test_a_request_that_can_not_be_fetched_says_why_and_is_asked_for_again(play: "Play") -> None:
    client = GalleryClient(Board(hub(), (ASKING,), (BASH,)))
    client.refusals["queue.show"] = Refused("c1.k3f is gone")
    async with play(client=client) as player:
        await player.press("a")
        await player.until(lambda: "cannot load" in player.screen_text())
        player.clock.now += 1
        player.client.refusals.clear()
        await player.press("a")
        assert verbs(player) == []
        await settled(player)
        await player.press("a")
        assert (await player.asked("answer"))["need"] == "c1.k3f"


async def test_a_need_that_is_gone_leaves_at_once_and_the_next_is_selected(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        player.client.tell(NeedsChanged((EDIT,)))
        await player.until(lambda: "Bash npm test" not in player.screen_text())
        assert selected(player) == "c2.m71"


@pytest.mark.long
async def test_a_more_urgent_need_does_not_move_the_selection(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        player.client.tell(NeedsChanged((EDIT, BASH)))
        await player.until(lambda: "Edit app.py" in player.screen_text())
        assert selected(player) == "c1.k3f"


async def test_the_mouse_selects_and_twice_attaches(play: "Play") -> None:
    async with opened(play, detail(BASH), detail(EDIT)) as player:
        boxes = {box.row.id: box for box in pane_of(player).query(RowBox) if box.row}
        await player.pilot.click(boxes["c2.m71"])
        assert selected(player) == "c2.m71"
        await player.pilot.double_click(boxes["c2.m71"])
        assert (await player.asked("attach"))["card"] == "c2"


async def test_a_long_request_scrolls(play: "Play") -> None:
    diff = "\n".join(f"+line {number}" for number in range(200))
    async with opened(play, detail(BASH, diff, diff=True), size=(80, 24)) as player:
        assert "+line 0" in player.screen_text()
        await player.press("pagedown", "ctrl+d")
        assert "+line 0" not in player.screen_text()
        for _ in range(30):
            await player.press("pagedown")
        assert "+line 199" in player.screen_text()
        await player.press(*["ctrl+u"] * 10, *["pageup"] * 30)
        assert "+line 0" in player.screen_text()


# --- many, and of any kind ------------------------------------------------------------------------


@pytest.mark.long
async def test_fifty_needs_at_once_are_all_listed_answered_and_gone(play: "Play") -> None:
    many = [
        detail(replace(BASH, id=f"c{number}.x", card=f"c{number}", summary=f"Bash step {number};"))
        for number in range(1, 51)
    ]
    async with opened(play, *many, size=(80, 24)) as player:
        player.client.settles = True
        seen = set()
        for _ in range(50):
            await settled(player)
            seen.add(selected(player))
            assert pane_of(player).selected is not None
            await player.press("a")
            await player.until(lambda: selected(player) not in seen)
        assert seen == {each.need.id for each in many}
        assert verbs(player) == ["answer"] * 50
        await player.until(lambda: "The queue is empty" in player.screen_text())


@pytest.mark.long
async def test_hostile_text_breaks_nothing(play: "Play") -> None:
    texts = ["[/x]", "\x1b[2J\x1b[31mred", "שלום\u202e" * 40, "x" * 500, "a\nb\tc", "日本" * 80]
    wholes = []
    for number, text in enumerate(texts, 1):
        told = need(card(number, "t", "blocked", "question"), "question", text, NOW, title=text, hint=text)
        wholes.append(
            detail(told, text, questions=(Question(text, text, True, ((text, text),)),), always=(text,))
        )
    for size in ((200, 50), (80, 24)):
        async with opened(play, *wholes, size=size) as player:
            for _ in texts:
                await player.press("1", "n")
                await settled(player)
                assert player.widths() == {size[0]}
                assert "\x1b" not in player.screen_text()
            assert "[/x]" in player.screen_text()


async def test_a_screen_too_small_for_anything_breaks_nothing(play: "Play") -> None:
    async with play(client=stage(NOW), size=(80, 24)) as player:
        await player.press("a")
        for size in ((20, 5), (3, 2), (400, 100), (80, 24)):
            await player.pilot.resize_terminal(*size)
            await player.press("j", "k")
            assert player.widths() <= {size[0]}
        await player.until(lambda: "psql" in player.screen_text())


async def test_the_bottom_line_can_be_clicked(play: "Play") -> None:
    async with opened(play, detail(BASH)) as player:
        await player.pilot.click("KeyBar", offset=(2, 0))
        assert (await player.asked("answer"))["verdict"] == "allow"
