"""What is said before a branch is landed, and what refuses it."""

import re
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.core.landing.methods import METHODS, message
from orchestrator.core.landing.refusals import judged
from orchestrator.core.landing.survey import BranchSurvey, Checkout, LandedFile, Refusal, Survey
from orchestrator.core.landing.text import facts
from orchestrator.core.worktrees.repo import Loss

GIT = BranchSurvey(
    "orch/a", "main", "t" * 40, "o" * 40, ("abc1234 Add it",), files=(LandedFile("a.py", 3, 1),),
    checkout=Checkout("/r"),
)  # fmt: skip
FINE = Survey("c1", GIT)


def with_git(**more: Any) -> Survey:
    return replace(FINE, git=replace(GIT, **more))


def with_loss(**more: tuple[str, ...]) -> Survey:
    return replace(FINE, loss=Loss(**more))


def with_checkout(**more: Any) -> Survey:
    return with_git(checkout=Checkout("/r", **more))


REFUSED = {
    "uncommitted": (with_loss(changed=("a.py",), untracked=("b",)), "1 changed file and 1 untracked"),
    "rebase in the worktree": (with_loss(other=("a rebase in progress",)), "a rebase in progress"),
    "detached HEAD": (with_loss(other=("a detached HEAD with commits of its own",)), "a detached HEAD"),
    "conflicts": (with_git(conflicts=("a.py", "b.py")), r"both changed a\.py, b\.py"),
    "dirty base": (with_checkout(changed=("x",)), r"/r has uncommitted changes \(x\)"),
    "busy base": (with_checkout(operation="a bisect in progress"), "a bisect in progress in /r"),
    "used base": (with_checkout(used_by="c7"), "where c7 is working"),
    "missing base": (with_checkout(missing=True), "which is gone"),
    "no base": (with_git(trouble=Refusal("no local branch main", "was deleted", "--into")), "was deleted"),
    "itself": (with_git(branch="main"), "the same branch"),
    "protected": (replace(FINE, protected="main"), "main is protected"),
    "reverted": (with_git(undone="f" * 40), "reverted since"),
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_a_clean_branch_is_refused_by_no_method(method: str) -> None:
    assert judged(FINE).refusal(method) is None


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_could_lose_work_is_refused_with_the_reason_and_a_way_out(name: str, method: str) -> None:
    survey, words = REFUSED[name]
    no = judged(survey).refusal(method)
    assert no is not None
    assert re.search(words, no.why)
    assert no.hint


@pytest.mark.parametrize("name", REFUSED)
def test_what_refuses_a_landing_is_on_the_screen_before(name: str) -> None:
    if name != "itself":
        assert any(fact.weight == "bad" for fact in facts(judged(REFUSED[name][0])))


def test_a_branch_with_merges_is_not_rebased_and_can_be_squashed() -> None:
    survey = judged(with_git(merges=2))
    no = survey.refusal("rebase")
    assert no is not None
    assert "2 merge commits" in no.why
    assert survey.refusal("squash") is None


def test_what_the_base_has_already_is_landed_whatever_its_checkout_is_like() -> None:
    assert judged(with_git(held=True, checkout=Checkout("/r", changed=("x",)))).refused == ()


def test_conflicts_come_with_a_prompt_that_names_base_and_files() -> None:
    prompt = judged(with_git(conflicts=("a.py", "dir/\x1b[31mb"))).prompt
    assert "onto main" in prompt
    assert "- a.py" in prompt
    assert "\x1b" not in prompt
    assert judged(FINE).prompt == ""


def test_a_squash_lists_its_commits_under_the_title_the_oldest_first() -> None:
    said = message("squash", "orch/a", "Add the login page", ("Fix it", "Add it"))
    assert said == "Add the login page\n\n* Add it\n* Fix it"
    assert message("squash", "orch/a", "Add it", ("Add it",)) == "Add it"
    assert message("merge", "orch/a", "Add it", ()) == "Merge orch/a: Add it"
    assert len(message("squash", "orch/a", "word " * 40, ()).splitlines()[0]) <= 72
