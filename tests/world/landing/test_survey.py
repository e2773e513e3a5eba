"""What a survey finds before anything is landed; it changes nothing."""

from pathlib import Path

import pytest

from orchestrator.core.landing.methods import METHODS
from orchestrator.core.landing.refusals import judged
from orchestrator.core.landing.survey import BranchSurvey, LandedFile, Survey
from orchestrator.core.landing.text import facts, said_of
from orchestrator.world.worktrees import GitRefused, survey
from tests.conftest import git
from tests.world.landings import land
from tests.world.plots import Plot, plot, refs


@pytest.fixture
def there(repo: Path) -> Plot:
    made = plot(repo)
    made.commit()
    return made


def found(there: Plot, into: str = "main") -> BranchSurvey:
    before = refs(there.repo), git(there.repo, "status", "--porcelain")
    survey_ = survey(there.repo, there.branch, into)
    assert (refs(there.repo), git(there.repo, "status", "--porcelain")) == before
    return survey_


def test_commits_files_distance_and_the_checkout_that_follows_are_found(there: Plot) -> None:
    there.write(b"odd \xff\nname", b"\0binary\0")
    git(there.path, "add", ".")
    git(there.path, "commit", "--quiet", "--message=Add a binary")
    git(there.repo, "commit", "--quiet", "--allow-empty", "--message=ahead")
    seen = found(there)
    assert [each.partition(" ")[2] for each in seen.commits] == ["Add a binary", "Add work.txt"]
    assert (seen.count, seen.behind, seen.merges, seen.conflicts) == (2, 1, 0, ())
    assert seen.files == (LandedFile("odd \\xff\nname", None, None), LandedFile("work.txt", 1, 0))
    assert seen.checkout is not None
    assert seen.checkout.clean
    assert not seen.held


def test_conflicts_and_a_checkout_in_the_way_are_foreseen(there: Plot) -> None:
    (there.repo / "work.txt").write_text("otherwise\n")
    git(there.repo, "add", ".")
    git(there.repo, "commit", "--quiet", "--message=otherwise")
    (there.repo / "README.md").write_text("mine\n")
    git(there.repo, "bisect", "start")
    seen = found(there)
    assert seen.conflicts == ("work.txt",)
    assert seen.checkout is not None
    assert (seen.checkout.changed, seen.checkout.operation) == (("README.md",), "a bisect in progress")


@pytest.mark.sample(2)
@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize("name", ["work.txt", "work.txt/inside"])
def test_untracked_files_in_the_way_are_foreseen_and_nothing_is_landed(
    there: Plot, name: str, ignored: bool
) -> None:
    file = there.repo / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine\n")
    if ignored:
        (there.repo / ".git" / "info" / "exclude").write_text("work.txt\n")
    seen = judged(Survey("c1", found(there)))
    assert all("untracked files in the way (work.txt)" in no.why for _, no in seen.refused)
    assert len(seen.refused) == len(METHODS)
    assert any(fact.weight == "bad" and "in the way" in fact.said for fact in facts(seen))
    before = refs(there.repo)
    with pytest.raises(GitRefused, match="untracked files in the way"):
        land(there.repo, there.branch)
    assert (refs(there.repo), file.read_text()) == (before, "mine\n")


def test_untracked_files_elsewhere_keep_nothing_from_landing(there: Plot) -> None:
    (there.repo / "other.txt").write_text("mine\n")
    assert judged(Survey("c1", found(there))).refused == ()


def test_what_is_landed_is_held_and_what_was_reverted_is_named(there: Plot) -> None:
    commit = land(there.repo, there.branch)
    assert found(there).held
    git(there.repo, "revert", "--mainline=1", "--no-edit", "HEAD")
    assert found(there).undone == commit


@pytest.mark.parametrize(
    ("into", "words"),
    [("gone", "no branch named gone"), ("v1", "a tag or a commit"), ("new", "no commit yet")],
)
def test_a_base_that_nothing_can_be_landed_on_is_trouble_in_words(there: Plot, into: str, words: str) -> None:
    git(there.repo, "tag", "v1")
    if into == "new":
        git(there.repo, "switch", "--quiet", "--orphan", "new")
    seen = found(there, into)
    assert seen.trouble is not None
    assert words in said_of(seen.trouble)
    assert "--into" in seen.trouble.hint


def test_a_branch_that_is_not_there_is_refused(there: Plot) -> None:
    with pytest.raises(GitRefused, match="no local branch none"):
        survey(there.repo, "none", "main")


def test_a_history_without_anything_in_common_is_trouble_in_words(there: Plot) -> None:
    git(there.path, "switch", "--quiet", "--orphan", "apart")
    (there.path / "alone").write_text("alone\n")
    git(there.path, "add", "alone")
    git(there.path, "commit", "--quiet", "--message=alone")
    seen = survey(there.repo, "apart", "main")
    assert seen.trouble is not None
    assert "no commit in common" in seen.trouble.why


def test_a_submodule_at_another_commit_keeps_no_checkout_from_following(
    there: Plot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A Person")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "person@example.org")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "protocol.file.allow")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "always")
    library = there.repo.parent / "library"
    git(there.repo.parent, "init", "--quiet", "library")
    for name in ("first", "second"):
        git(library, "commit", "--quiet", "--allow-empty", f"--message={name}")
    git(there.repo, "submodule", "--quiet", "add", str(library), "lib")
    git(there.repo / "lib", "checkout", "--quiet", "HEAD~1")
    git(there.repo, "add", ".")
    git(there.repo, "commit", "--quiet", "--message=Add the library")
    other = plot(there.repo, "bump")
    newest = git(library, "rev-parse", "HEAD")
    git(other.path, "update-index", "--cacheinfo", f"160000,{newest},lib")
    git(other.path, "commit", "--quiet", "--message=Bump the library")
    land(there.repo, other.branch)
    assert git(there.repo, "ls-tree", "main", "lib").split()[2] == newest
    assert "lib" in git(there.repo, "status", "--porcelain"), "as after a merge by hand"
    seen = found(there)
    assert seen.checkout is not None
    assert seen.checkout.clean
    land(there.repo, there.branch)
    assert (there.repo / "work.txt").exists()
