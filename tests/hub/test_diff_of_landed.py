"""The diff of a card whose worktree and branch are gone."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from orchestrator.core.model import Card, Landed
from orchestrator.hub.places.places import Places
from orchestrator.hub.services.looking import look
from orchestrator.world.worktrees import GitRefused, diffs
from tests.conftest import git


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_the_diff_of_a_landed_card_is_what_it_landed(repo: Path, tmp_path: Path, method: str) -> None:
    onto = git(repo, "rev-parse", "main")
    git(repo, "checkout", "--quiet", "-b", "work")
    (repo / "a.txt").write_text("one\n")
    git(repo, "add", "a.txt")
    git(repo, "commit", "--quiet", "-m", "Add a")
    tip = git(repo, "rev-parse", "work")
    git(repo, "checkout", "--quiet", "main")
    git(
        repo,
        "merge",
        "--quiet",
        *{"merge": ["--no-ff", "--no-edit"], "squash": ["--squash"]}.get(method, []),
        "work",
    )
    if method == "squash":
        git(repo, "commit", "--quiet", "-m", "Work")
    landed = git(repo, "rev-parse", "main")
    (repo / "later.txt").write_text("later\n")
    git(repo, "add", "later.txt")
    git(repo, "commit", "--quiet", "-m", "Later")
    git(repo, "branch", "--quiet", "-D", "work")
    store = diffs.object_store(repo, tmp_path / "objects")
    card = SimpleNamespace(worktree=None, landed=Landed(method, "work", tip, "main", onto, landed))
    scope = diffs.Scope(base="main")
    _, found = look(cast("Card", card), cast("Places", None), store, scope, ignore_space=False)
    assert [each.path for each in found.files] == ["a.txt"]
    assert (found.base, found.branch) == ("main", "work")
    assert found.notes == (f"landed on main as {landed[:12]}: what it landed is shown",)
    with pytest.raises(GitRefused) as gone:
        diffs.of_branch(store, "work")
    assert "orch rescue list" in str(gone.value)
