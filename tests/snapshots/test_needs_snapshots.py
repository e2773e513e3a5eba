"""Pictures of the queue that somebody has looked at and found right."""

from dataclasses import replace

import pytest

from orchestrator.client import Board
from orchestrator.core.board.views import Question
from tests.clock import NOW
from tests.snapshots.pictures import HOSTILE, SnapCompare, after, app, both_sizes, one_idle_card
from widgets.gallery.boards import GalleryClient, card, hub, stage
from widgets.gallery.needs import detail, need


@pytest.mark.sample(4)
@both_sizes
@pytest.mark.parametrize(
    "keys",
    [
        ("a",), ("a", "j"), ("a", "g", "2", "1", "3"), ("a", "g", "j"), ("a", "j", "j"), ("a", "A"),
        ("a", "d"), ("a", "G", "k", "k"), ("a", "a"), ("a", "question_mark"),
    ],
    ids=["permission", "edit", "question", "plan", "dialog", "always", "deny", "stall", "answering", "help"],
)  # fmt: skip
def test_queue(snap_compare: SnapCompare, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(app(stage(NOW)), terminal_size=size, run_before=after(*keys))


@both_sizes
def test_empty_queue(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(one_idle_card()), terminal_size=size, run_before=after("a"))


def hostile() -> GalleryClient:
    client = GalleryClient()
    cards = [
        replace(card(number, "t", "blocked", "question"), title=text)
        for number, text in enumerate(HOSTILE, 1)
    ]
    needs = [need(view, "question", view.title, NOW - 60.0 * number) for number, view in enumerate(cards)]
    client.details = {
        each.id: detail(
            each,
            questions=(
                Question(each.title, each.title, False, ((each.title, each.title), (each.title, ""))),
            ),
            always=(each.title,),
        )
        for each in needs
    }
    client.tell(Board(hub(waiting=7), tuple(cards), tuple(needs)))
    return client


@pytest.mark.sample(1)
@both_sizes
@pytest.mark.parametrize("down", [0, 2, 4])
def test_hostile_queue(snap_compare: SnapCompare, size: tuple[int, int], down: int) -> None:
    keys = ("a", "g", *["j"] * down, "1")
    assert snap_compare(app(hostile()), terminal_size=size, run_before=after(*keys))


@both_sizes
def test_a_long_diff(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    view = card(1, "Rewrite the parser", "blocked", "permission", attention=1)
    asked = need(view, "permission", "Edit src/parser.py", NOW - 60)
    lines = [
        f"{'+- '[number % 3]}    line {number} of the parser, " + "more " * (number % 40)
        for number in range(200)
    ]
    client = GalleryClient(Board(hub(waiting=1), (view,), (asked,)))
    client.details = {asked.id: detail(asked, "\n".join(["@@ -1,200 +1,200 @@", *lines]), diff=True)}
    assert snap_compare(app(client), terminal_size=size, run_before=after("a", "pagedown"))
