"""Pictures of the board that somebody has looked at and found right."""

from dataclasses import replace

import pytest

from orchestrator.client import Board
from orchestrator.core.board.views import CardView, Preview
from tests.clock import NOW
from tests.snapshots import pictures
from tests.snapshots.pictures import HOSTILE, SMALL, SnapCompare, after, both_sizes
from widgets.app import OrchApp
from widgets.gallery.boards import GalleryClient, board, card, cards, hub
from widgets.gallery.landing import in_trouble, survey


def app(told: Board | None) -> OrchApp:
    """The board as it was told, with the same pane behind every card."""
    client = GalleryClient(told)
    client.screen = Preview(
        "\x1b[1;36m● Bash\x1b[0m(npm test)\n  \x1b[32m214 passed\x1b[0m in 8.1 s\n\n> ", 80, 24, NOW
    )
    return pictures.app(client)


@pytest.mark.sample(3)
@both_sizes
@pytest.mark.parametrize(
    "keys",
    [(), ("n",), ("question_mark",), ("s",), ("space",)],
    ids=["board", "new", "help", "send", "preview"],
)
def test_board(snap_compare: SnapCompare, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(app(board(NOW)), terminal_size=size, run_before=after(*keys))


@both_sizes
@pytest.mark.parametrize("trouble", [False, True], ids=["fine", "trouble"])
def test_finish(snap_compare: SnapCompare, size: tuple[int, int], trouble: bool) -> None:
    view = card(3, "Dark mode", "review", "idle", branch="orch/dark")
    client = GalleryClient(Board(hub(), (view,)))
    client.survey = in_trouble(view) if trouble else survey(view)
    keys = after("L", "m") if trouble else after("L")
    assert snap_compare(pictures.app(client), terminal_size=size, run_before=keys)


@both_sizes
def test_empty_board(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(Board(hub(), ())), terminal_size=size, run_before=after())


def test_four_columns(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(board(NOW)), terminal_size=(120, 40), run_before=after("right"))


def test_connecting(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(None), terminal_size=SMALL, run_before=after())


def hostile_cards() -> tuple[CardView, ...]:
    return tuple(
        replace(view, title=title, reason=title, branch=title, column="review", attention=0)
        for view, title in zip(cards(NOW), HOSTILE, strict=False)
    )


@both_sizes
def test_hostile_titles(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(Board(hub(), hostile_cards())), terminal_size=size, run_before=after())
