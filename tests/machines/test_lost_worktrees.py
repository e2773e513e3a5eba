"""A worktree, a branch or a repository that is not where it was has a way back, and the words name it."""

import shutil
from pathlib import Path

import pytest

from orchestrator.client import Refused
from orchestrator.core.commands import NewCard, Rejected
from orchestrator.core.decide import decide
from orchestrator.core.model import Card, State
from orchestrator.core.worktrees.repo import RepoFacts
from orchestrator.world.worktrees import GitRefused, add, find_again, look, loss
from tests.conftest import git
from tests.hub.stage import Stage
from tests.world.landings import land
from tests.world.plots import Plot, plot

pytestmark = pytest.mark.slow


@pytest.fixture
def there(repo: Path) -> Plot:
    made = plot(repo)
    made.commit()
    return made


def found(there: Plot) -> tuple[Path, str]:
    return find_again(there.repo, there.path, there.branch)


def test_a_worktree_that_is_where_it_was_is_found_there(there: Plot) -> None:
    assert found(there) == (there.path, there.branch)


def test_a_worktree_that_git_moved_is_found_where_it_is(there: Plot) -> None:
    there.write("dirt")
    new = there.repo.parent / "elsewhere" / "b"
    new.parent.mkdir()
    git(there.repo, "worktree", "move", str(there.path), str(new))
    assert found(there) == (new, there.branch)
    moved = Plot(there.repo, new, there.branch)
    assert loss(moved.repo, moved.path, moved.branch, "main").untracked == ("dirt",)


@pytest.mark.parametrize("place", ["repo-orch/renamed", "renamed"])
def test_a_worktree_whose_folder_was_renamed_is_found_and_repaired(there: Plot, place: str) -> None:
    there.write("dirt")
    new = there.repo.parent / place
    there.path.rename(new)
    assert found(there) == (new, there.branch)
    assert str(new) in git(there.repo, "worktree", "list")
    assert loss(there.repo, new, there.branch, "main").untracked == ("dirt",)


def test_a_worktree_of_the_users_own_on_the_same_branch_is_not_taken_for_it(there: Plot) -> None:
    git(there.repo, "worktree", "remove", str(there.path))
    mine = there.repo.parent / "mine"
    git(there.repo, "worktree", "add", "--quiet", str(mine), there.branch)
    assert found(there) == (there.path, there.branch)


def test_a_folder_that_was_deleted_stands_again_at_the_commits_of_its_branch(there: Plot) -> None:
    base = git(there.repo, "rev-parse", "main")
    shutil.rmtree(there.path)
    assert found(there) == (there.path, there.branch)
    add(there.repo, there.path, there.branch, base, existing=True, began=True)
    assert (there.path / "work.txt").read_text() == "work\n"
    assert git(there.path, "branch", "--show-current") == there.branch


@pytest.mark.parametrize("names", [("renamed",), ("half", "deep/er")])
def test_a_renamed_branch_is_followed(there: Plot, names: tuple[str, ...]) -> None:
    for name in names:
        git(there.path, "branch", "--move", name)
    assert found(there) == (there.path, names[-1])
    land(there.repo, names[-1], "main", "Merge it")
    assert (there.repo / "work.txt").exists()


def test_another_branch_that_is_checked_out_is_not_taken_for_the_cards(there: Plot) -> None:
    git(there.path, "switch", "--quiet", "--create", "else")
    assert found(there) == (there.path, there.branch)
    git(there.repo, "branch", "--quiet", "-D", there.branch)
    assert found(there) == (there.path, there.branch)


def test_a_repository_that_was_moved_is_named_and_a_link_brings_all_of_it_back(there: Plot) -> None:
    there.write("dirt")
    new = there.repo.parent / "moved"
    there.repo.rename(new)
    with pytest.raises(GitRefused, match="is missing") as refused:
        found(there)
    assert f"ln -s NEW_PATH {there.repo}" in refused.value.hint
    assert "--keep" in refused.value.hint
    there.repo.symlink_to(new)
    assert found(there) == (there.path, there.branch)
    assert loss(there.repo, there.path, there.branch, "main").untracked == ("dirt",)
    (there.path / "dirt").unlink()
    land(there.repo, there.branch, "main", "Merge it")
    assert (new / "work.txt").exists()


# --- names that git can't have both --------------------------------------------------------------


def wanted(facts: RepoFacts, branch: str, template: str = "orch/{slug}") -> NewCard:
    return NewCard(
        "A card",
        "",
        facts,
        "main",
        branch,
        "",
        "",
        "",
        True,
        "{parent}/{repo}-orch/{slug}",
        template,
        "/h",
        "s",
    )


@pytest.mark.parametrize(
    ("there_is", "asked"),
    [("feature", "feature/x"), ("feature/x", "feature"), ("a/b/c", "a"), ("a", "a/b/c"), ("a/b", "a/b/c/d")],
)
def test_a_branch_that_git_can_not_have_beside_another_is_refused_before_a_card_is_made(
    repo: Path, there_is: str, asked: str
) -> None:
    git(repo, "branch", there_is)
    refused = decide(State(), wanted(look(repo, "main"), asked), 1.0)
    assert isinstance(refused, Rejected)
    assert there_is in refused.why
    assert "--branch" in refused.hint


def test_the_branch_of_a_card_that_has_not_begun_counts_too(repo: Path) -> None:
    other = Card("c1", "x", "X", "", str(repo), "main", "feature", "/x", 0.0)
    refused = decide(State(cards={"c1": other}), wanted(look(repo, "main"), "feature/x"), 1.0)
    assert isinstance(refused, Rejected)


def test_a_pattern_that_no_branch_can_follow_is_named(repo: Path) -> None:
    git(repo, "branch", "orch")
    refused = decide(State(), wanted(look(repo, "main"), ""), 1.0)
    assert isinstance(refused, Rejected)
    assert "[worktree] branch" in refused.hint


@pytest.mark.parametrize("asked", ["featured", "feature-x", "x/feature"])
def test_names_that_only_look_alike_are_no_clash(repo: Path, asked: str) -> None:
    git(repo, "branch", "feature")
    assert not isinstance(decide(State(), wanted(look(repo, "main"), asked), 1.0), Rejected)


# --- with a hub ----------------------------------------------------------------------------------

COMMITS = 'demo: edit made.txt "made here"; commit Make it; say Done.'


@pytest.mark.long
def test_a_hub_finds_remakes_rescues_and_lets_go_of_what_is_lost(stage: Stage) -> None:
    stage.start()
    client, repo = stage.client, stage.repo
    (repo / ".git" / "info" / "exclude").write_text(".env\nnotes/\n")

    stage.new("Deleted", COMMITS)
    folder = Path(stage.until("c1", "idle", reason="Done.").worktree or "")
    client.stop("c1")
    shutil.rmtree(folder)
    client.resume("c1")
    stage.until("c1", "idle")
    assert (folder / "made.txt").read_text() == "made here"

    client.stop("c1")
    git(repo, "worktree", "move", str(folder), str(folder.parent / "moved"))
    git(folder.parent / "moved", "branch", "--move", "renamed")
    (folder.parent / "moved" / ".env").write_text("KEY=1\n")
    with pytest.raises(Refused, match=r"1 ignored file \(\.env\).*--rescue"):
        client.finish("c1", "merge")
    found = stage.card("c1")
    assert (found.worktree, found.branch) == (str(folder.parent / "moved"), "renamed")
    assert (folder.parent / "moved" / ".env").exists()

    git(repo, "switch", "--quiet", "--detach")
    git(repo, "branch", "--move", "main", "trunk")
    with pytest.raises(Refused, match=r"no local branch main.*--into"):
        client.finish("c1", "merge", rescue=True)
    git(repo, "switch", "--quiet", "trunk")
    done = client.finish("c1", "merge", rescue=True, into="trunk")
    assert (done.column, done.finished) == ("done", "merge")
    assert (repo / "made.txt").read_text() == "made here"
    (ref,) = done.rescues

    (listed,) = client.rescues()
    assert listed.ref == ref
    assert ("A", ".env") in client.rescue("c1").files
    back = client.restore("c1", branch="again")
    assert (Path(back.path) / ".env").read_text() == "KEY=1\n"
    with pytest.raises(Refused, match="not the full name"):
        client.drop_rescue("c1")
    client.drop_rescue(ref)
    assert client.rescues() == ()

    stage.new("Gone", COMMITS, base="trunk")
    gone = stage.until("c2", "idle", reason="Done.")
    client.stop("c2")
    repo.rename(repo.parent / "away")
    with pytest.raises(Refused, match=r"is missing.*ln -s"):
        client.remove("c2")
    client.remove("c2", keep=True)
    assert Path(gone.worktree or "", "made.txt").exists()
    assert [card.id for card in client.cards()] == ["c1"]
