"""The changes that a gate is about, opened from where it is decided, and comments that go with its denial."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import Board, Refused
from orchestrator.core.board.views import NeedDetail
from orchestrator.core.workflow.run import BranchDiff, Evidence
from tests.widgets.needs_pane import settled as shown_in_queue
from tests.widgets.runs_pane import BUILD, CARD, MERGE, OPEN, REVIEW, RUN, settled
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.gallery.runs import gate_need
from widgets.review.opening import reviewable
from widgets.review.screen import ReviewScreen
from widgets.runs.dialogs.decide import Drafts, going_along

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = pytest.mark.anyio

BUILT, TESTED = (BranchDiff(name, f"orch/{name}", f"/w/{name}", "9f31c02") for name in ("build", "tests"))
STAGES = (replace(BUILD, card="c4"), replace(BUILD, name="tests", card="c5"), REVIEW, MERGE)
WORK = replace(RUN, stages=STAGES)


def client(*diffs: BranchDiff, drafts: int = 0) -> GalleryClient:
    """A hub that has one gate, about these branches."""
    gate = replace(OPEN, evidence=Evidence(diffs=diffs), on_deny="build")
    detail = NeedDetail(gate_need(gate), gate.message, False, (), (), gate)
    cards = (replace(CARD, drafts=drafts), card(5, "Tests", "review", "idle"))
    made = GalleryClient(Board(hub(waiting=1), cards, (detail.need,), (WORK,)))
    made.gates_by_id["g7"] = gate
    made.details[detail.need.id] = detail
    made.refusals["diff"] = Refused("not in this test")
    return made


def test_the_stages_of_a_gates_evidence_are_meant_or_else_the_stage_itself() -> None:
    gate = replace(OPEN, evidence=Evidence(diffs=(TESTED, BUILT, replace(BUILT, stage="gone"))))
    assert reviewable(WORK, REVIEW, gate) == [("tests", "c5"), ("build", "c4")]
    assert reviewable(WORK, STAGES[0], None) == [("build", "c4")]
    assert reviewable(WORK, MERGE, None) == []


async def test_v_on_a_gate_opens_the_changes_that_it_is_about(play: "Play") -> None:
    async with play(client=client(BUILT)) as player:
        await player.press("r")
        await settled(player)
        player.clock.now += 1
        await player.press("v")
        await player.shown("ReviewScreen")
        assert player.pane(ReviewScreen).reviewed_card == "c4"
        await player.press("escape")
        await player.shown("RunsPane")


async def test_v_in_the_queue_opens_the_changes_that_its_gate_is_about(play: "Play") -> None:
    async with play(client=client(BUILT)) as player:
        await player.press("a")
        await player.shown("NeedsPane")
        await shown_in_queue(player)
        player.clock.now += 1
        await player.press("v")
        await player.shown("ReviewScreen")
        assert player.pane(ReviewScreen).reviewed_card == "c4"
        await player.press("escape")
        await player.shown("NeedsPane")


async def test_of_several_branches_one_is_chosen(play: "Play") -> None:
    async with play(client=client(BUILT, TESTED)) as player:
        await player.press("r")
        await settled(player)
        player.clock.now += 1
        await player.press("v")
        await player.shown("Choose")
        await player.press("2")
        await player.shown("ReviewScreen")
        assert player.pane(ReviewScreen).reviewed_card == "c5"


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("drafts", "said"), [(0, ""), (1, "Your comment on its diff goes"), (3, "Your 3 comments")]
)
async def test_drafts_on_a_gates_diff_go_along_with_its_denial(play: "Play", drafts: int, said: str) -> None:
    async with play(client=client(BUILT, drafts=drafts)) as player:
        await player.press("r")
        await settled(player)
        player.clock.now += 1
        await player.press("d")
        await player.shown("Words")
        assert ("comment" in player.screen_text()) == bool(drafts)
        assert said in player.screen_text()
        await player.press(*"no", "ctrl+s")
        assert (await player.asked("gate.deny"))["comments"] == bool(drafts)


@pytest.mark.parametrize(
    ("drafts", "said"),
    [
        ((("build", "orch/build", 1),), "Your comment on its diff goes along."),
        ((("tests", "orch/tests", 1),), "Your comment on the diff of orch/tests goes along."),
        (
            (("build", "orch/build", 2), ("tests", "orch/tests", 1)),
            "Your 2 comments on its diff and comment on the diff of orch/tests go along.",
        ),
    ],
)
def test_comments_on_another_branchs_diff_are_named_with_that_branch(drafts: Drafts, said: str) -> None:
    assert going_along(replace(OPEN, on_deny="build"), drafts) == said
