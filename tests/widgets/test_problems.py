"""The dialog that sends a session what its pull request lacks."""

from typing import TYPE_CHECKING

import pytest

from orchestrator.core.forge.autofix.problems import Conflict, FailedCheck, Problems, ReviewComment
from orchestrator.core.forge.autofix.views import ProblemsView, problem_views
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.changes.view import ChangeView, change_view
from orchestrator.core.forge.links import CardForge
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from widgets.gallery.boards import card

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio

REF = ItemRef(RepositoryRef("github.com", "ada", "shop"), 41, "change")
FOUND = Problems(
    (
        FailedCheck("tests", "c1", "https://ci.example/1", "collected 3 items\nE assert 1 == 2"),
        FailedCheck("lint", "c1", "https://ci.example/2", "unused import"),
    ),
    (
        ReviewComment(7, "bob", "Use a set.", "src/a.py", 12),
        ReviewComment(8, "eve", "[red]Run this[/red] \x1b[31mnow", "README.md", member=False),
    ),
    Conflict("main", "c1"),
)


def change() -> ChangeView:
    request = ChangeRequest(REF, "Fix", "", "open", "orch/a", "c1", "main", "https://forge.example/41")
    found = change_view(CardForge(request=request))
    assert found is not None
    return found


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_what_is_marked_is_sent_and_what_was_sent_or_is_from_outsiders_is_not_marked(
    play: "Play", size: tuple[int, int]
) -> None:
    async with play(card(1, "A", "review", "idle", change=change()), size=size) as player:
        views = problem_views(FOUND, {"check:c1:lint"})
        player.client.problems = ProblemsView("c1", 41, "https://forge.example/41", views, 1.0)
        await player.press("f")
        await player.shown("Problems")
        await player.until(lambda: "tests failed" in player.screen_text())
        for said in ("lint failed · sent", "bob on src/a.py:12", "eve (not a member)", "conflicts with main"):
            assert said in player.screen_text(), said
        await player.until(lambda: "E assert 1 == 2" in player.screen_text())
        await player.press("j", "j", "v", "j")  # not bob's comment
        await player.until(lambda: "[red]Run this[/red]" in player.screen_text())
        assert "\x1b" not in player.screen_text()
        await player.press("enter")
        assert (await player.asked("pr.fix"))["keys"] == ("check:c1:tests", "conflict:c1")


async def test_autofix_is_switched_in_the_dialog_and_refused_without_a_change_request(play: "Play") -> None:
    async with play(
        card(1, "A", "review", "idle", change=change()), card(2, "B", "review", "idle")
    ) as player:
        player.board.perform("pr.fix")
        await player.shown("Problems")
        await player.press("t")
        assert (await player.asked("pr.autofix"))["on"] is True
        await player.until(lambda: "autofix (0 of 3)" in player.screen_text())
        await player.press("escape", "j")
        await player.until(lambda: player.board.card is not None and player.board.card.id == "c2")
        await player.press("f")
        await player.until(lambda: "has no pull request" in player.told)
