"""Marked cards: one act on all of them, with one summary."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.client import Board, Refused
from orchestrator.core.requests.cards import Stop
from widgets.board.columns.cursor import on
from widgets.board.columns.lineup import line_up
from widgets.board.dialogs.label import changes
from widgets.board.several.batch import Batch, head, lines
from widgets.board.several.marks import marked, marks_line
from widgets.gallery.boards import GalleryClient, card, hub

if TYPE_CHECKING:
    from tests.widgets.conftest import Play, Player

IDLE = [
    replace(card(n, f"Card {n}", "review", "idle", since=float(n)), session_state="idle", labels=("old",))
    for n in range(1, 6)
]
BUSY = replace(card(6, "Busy", "in_progress", "working"), session_state="working")
DONE = replace(card(7, "Over", "done", "exited"), finished="keep")
NEW = card(8, "An idea", "backlog", "new")
EVERY = (*IDLE, BUSY, DONE, NEW)
NO = Refused("c2 is not ready", "it is busy", "Send it later: --queue")


def test_marks_are_toggled_one_by_one_by_range_by_column_and_all_that_are_shown() -> None:
    def press(*whats: tuple[Any, str], words: str = "") -> tuple[str, ...] | str:
        from orchestrator.core.filter.language import parse

        marks: tuple[str, ...] = ()
        for what, card_id in whats:
            lineup = line_up(EVERY, parse(words), marks)
            here = on(card_id, lineup)
            assert here is not None
            found = marked(what, here, lineup)
            if isinstance(found, str):
                return found
            marks = found
        return marks

    assert press(("one", "c2"), ("one", "c4"), ("one", "c2")) == ("c4",)
    assert press(("one", "c2"), ("range", "c4")) == ("c2", "c3", "c4")
    assert press(("one", "c4"), ("range", "c2")) == ("c4", "c3", "c2")
    assert press(("range", "c3")) == ("c3",)
    assert "c6, is in In Progress. Mark a card of this column first." in press(("one", "c6"), ("range", "c1"))
    assert press(("one", "c3"), ("column", "c1")) == ("c3", "c1", "c2", "c4", "c5")
    assert press(("column", "c1"), ("column", "c1")) == ()
    assert press(("shown", "c1")) == ("c8", "c6", "c1", "c2", "c3", "c4", "c5", "c7")
    assert press(("shown", "c1"), words="card=c1,c6") == ("c6", "c1")


def test_the_line_of_the_marks_counts_those_that_the_filter_hides() -> None:
    from orchestrator.core.filter.language import parse

    line = marks_line(line_up(EVERY, parse("card=c1"), ("c1", "c6", "c7")), [("s", "Send"), ("", "x")], 80)
    said = "".join(text for text, _ in line)
    assert said.startswith(" ▣ 3 marked (2 hidden)  c1, c6, c7")
    assert said.rstrip().endswith("s Send")


def test_the_summary_names_each_refusal_with_its_words_and_what_was_not_reached() -> None:
    batch = Batch("Stopping", "stopped", tuple(IDLE), lambda each: Stop(each.id))
    assert head(batch) == "Stopping: 0 of 5 done"
    batch.outcomes = {"c1": None, "c2": NO, "c3": None}
    batch.cancelled = batch.over = True
    assert head(batch) == "2 of 5 cards stopped"
    said = ["".join(text for text, _ in line) for line in lines(batch, 60)]
    assert said == [
        "✗ c2 Card 2",
        "    c2 is not ready. it is busy. Send it later: --queue.",
        "✓ c1, c3",
        "· not done: cancelled: c4, c5",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("new", (("new",), ())),
        ("+a, -b , good first issue", (("a", "good first issue"), ("b",))),
        ("a,a,,", (("a",), ())),
        (" - old", ((), ("old",))),
        ("", ((), ())),
    ],
)
def test_labels_are_separated_by_commas_and_signed(text: str, found: object) -> None:
    assert changes(text) == found


def client_of() -> GalleryClient:
    return GalleryClient(Board(hub(), EVERY))


async def mark(player: "Player", *cards: str) -> None:
    for each in cards:
        player.board.jump(each)
        await player.press("v")


def cards_asked(client: GalleryClient, verb: str) -> list[str]:
    return [given["card"] for asked, given in client.asked if asked == verb]


@pytest.mark.anyio
async def test_an_act_on_marked_cards_tells_once_and_takes_their_marks(play: "Play") -> None:
    client = client_of()
    async with play(client=client, size=(80, 24)) as player:
        await mark(player, "c1", "c3")
        assert "▣ 2 marked  c1, c3" in player.screen_text()
        await player.press("x")
        await player.until(lambda: "2 cards stopped c1, c3." in player.told)
        assert cards_asked(client, "stop") == ["c1", "c3"]
        assert player.board.marked == ()
        assert "marked" not in player.screen_text()


@pytest.mark.anyio
@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_one_refusal_stops_no_other_and_is_in_the_summary(play: "Play", size: tuple[int, int]) -> None:
    client = client_of()
    refused = client.submit

    def submit(request: Any) -> Any:
        if request.verb == "send" and request.card == "c2":
            client.asked.append(("send", {"card": "c2"}))
            raise NO
        return refused(request)

    client.submit = submit  # type: ignore[method-assign]
    async with play(client=client, size=size) as player:
        player.board.jump("c1")
        await player.press("asterisk", "s")
        await player.shown("Words")
        await player.press(*"go", "ctrl+s")
        await player.shown("Progress")
        await player.until(lambda: "4 of 5 cards sent the prompt" in player.screen_text())
        said = player.screen_text()
        assert "✗ c2 Card 2" in said
        assert "it is busy" in said
        assert cards_asked(client, "send") == ["c1", "c2", "c3", "c4", "c5"]
        await player.press("enter")
        assert [each.id for each in player.board.marked] == ["c2"]
        await player.press("minus")
        assert player.board.marked == ()


@pytest.mark.anyio
async def test_what_cuts_off_work_is_asked_once_for_all(play: "Play") -> None:
    client = client_of()
    async with play(client=client) as player:
        await mark(player, "c1", "c6")
        await player.press("x")
        await player.shown("Confirm")
        assert "1 of 2 is at work and will be cut off." in player.screen_text()
        await player.press("n", "x", "y")
        await player.until(lambda: cards_asked(client, "stop") == ["c1", "c6"])


@pytest.mark.anyio
async def test_labels_change_on_all_marked_cards_and_on_one(play: "Play") -> None:
    client = client_of()
    async with play(client=client, size=(80, 24)) as player:
        await mark(player, "c1", "c7")
        await player.press("number_sign")
        await player.shown("LabelDialog")
        assert "Labels: old." in player.screen_text()
        await player.press("enter")
        assert "Enter a label" in player.screen_text()
        await player.press(*"new, -old", "enter")
        await player.until(lambda: "2 cards labelled" in player.told)
        found = [given for verb, given in client.asked if verb == "label"]
        assert found == [
            {"card": "c1", "add": ("new",), "remove": ("old",)},
            {"card": "c7", "add": ("new",), "remove": ()},
        ]
        client.asked.clear()
        player.board.jump("c2")
        await player.press("number_sign", *"-old", "enter")
        await player.until(lambda: cards_asked(client, "label") == ["c2"])


@pytest.mark.anyio
async def test_a_move_does_to_each_card_what_it_means_for_it(play: "Play") -> None:
    client = client_of()
    async with play(client=client) as player:
        await mark(player, "c8", "c1", "c7")
        await player.press("L")
        await player.until(lambda: cards_asked(client, "start") == ["c8"])
        await player.shown("FinishSeveral")
        assert "Finish 1 card ─" in player.screen_text()
        assert "1 card cannot move" in player.told
