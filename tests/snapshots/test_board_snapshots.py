"""Pictures of the board that somebody has looked at and found right."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from orchestrator.client import Board
from orchestrator.core.board.views import CardView, Preview
from orchestrator.core.overlaps.overlap import Overlap
from orchestrator.core.overlaps.views import RepositoryOverlaps
from orchestrator.core.worktrees.rescues import RescueView
from tests.clock import NOW
from tests.snapshots import pictures
from tests.snapshots.pictures import HOSTILE, SMALL, SnapCompare, after, both_sizes
from widgets.app import OrchApp
from widgets.gallery.boards import GalleryClient, board, card, cards, hub
from widgets.gallery.landing import in_trouble, survey
from widgets.gallery.overlaps import overlaps


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


@pytest.mark.sample(4)
@both_sizes
@pytest.mark.parametrize("trouble", [False, True], ids=["fine", "trouble"])
@pytest.mark.parametrize("theme", ["orch-dark", "orch-light"])
def test_finish(snap_compare: SnapCompare, size: tuple[int, int], trouble: bool, theme: str) -> None:
    view = card(3, "Dark mode", "review", "idle", branch="orch/dark")
    client = GalleryClient(Board(hub(), (view,)))
    client.survey = in_trouble(view) if trouble else survey(view)
    keys = after("L", "m") if trouble else after("L")
    app = pictures.app(client)
    app.theme = theme
    assert snap_compare(app, terminal_size=size, run_before=keys)


@both_sizes
def test_finish_several(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    views = tuple(card(n, f"Dark mode, part {n}", "review", "idle", branch=f"orch/{n}") for n in (3, 4))
    client = GalleryClient(Board(hub(), views))
    between = Overlap("c3", "c4", files=("src/theme/switch.ts",), conflicts=("src/theme/switch.ts",))
    client.overlaps = (RepositoryOverlaps(views[0].repo, (between,)),)
    keys = after("v", "j", "v", "L")
    assert snap_compare(pictures.app(client), terminal_size=size, run_before=keys)


@both_sizes
def test_overlaps(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    one = card(1, "Auth refactor", "review", "idle", overlaps=2, conflicts=1, manifest_overlaps=1)
    two = card(2, "Session store", "review", "idle", overlaps=2, conflicts=1)
    three = card(3, "Docs", "review", "idle", overlaps=2, manifest_overlaps=1, manifest_conflicts=1)
    client = GalleryClient(Board(hub(), (one, two, three)))
    client.overlaps = (overlaps(),)
    assert snap_compare(pictures.app(client), terminal_size=size, run_before=after("o"))


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@both_sizes
@pytest.mark.usefixtures("utc")
def test_rescues(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    client = GalleryClient(Board(hub(), (card(1, "Dark mode", "review", "idle"),)))
    client.saved = tuple(
        RescueView(f"refs/orch/rescue/{each}/20260131T120000Z", "/src/shop", each, "f" * 40, int(NOW), said)
        for each, said in (
            ("c3", "From /src/shop-orch/dark: 2 changed files."),
            ("c4", f"{HOSTILE[0]} gone."),
        )
    )
    keys = after("ctrl+p", *"rescues", "enter")
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
