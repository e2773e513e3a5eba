"""Whatever is killed while an act is undone: base, branch and work end up as they were before the act."""

import itertools
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.core.commands import RemoveCard
from orchestrator.core.literals import Finishing
from orchestrator.core.worktrees.repo import Loss
from orchestrator.paths import Home
from tests.conftest import git
from tests.hub.landing_rig import LandingRig
from tests.hub.test_landing_killed import killing
from tests.world.kills import Killed, kills_at

pytestmark = pytest.mark.slow


@pytest.fixture
def rig(home: Home, repo: Path) -> LandingRig:
    home.make()
    return LandingRig(home, repo)


def world(rig: LandingRig, path: Path) -> tuple[str, ...]:
    """Refs, commits, checkouts, and everything in the card's worktree."""
    files = sorted(each for each in path.rglob("*") if each.is_file() and each.name != ".git")
    return (
        git(rig.repo, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"),
        git(rig.repo, "status", "--porcelain"),
        git(rig.repo, "worktree", "list", "--porcelain"),
        git(path, "status", "--porcelain", "--untracked-files=all"),
        *(f"{each.relative_to(path)} {each.read_bytes()!r} {each.stat().st_mode:o}" for each in files),
    )


def work_in(path: Path) -> None:
    """Uncommitted and untracked work."""
    (path / "README.md").write_text("changed\n")
    (path / "new").mkdir(exist_ok=True)
    (path / "new" / "run.sh").write_bytes(b"\x00binary\n")
    (path / "new" / "run.sh").chmod(0o755)


def act(rig: LandingRig, card: str, how: str) -> None:
    if how == "rm":
        rig.order(RemoveCard(card, rescue=True, loss=Loss()))
    else:
        finishing: Finishing = how  # type: ignore[assignment]
        rig.ask(card, finishing, rescue=how == "discard")
    rig.live()


@pytest.mark.parametrize(
    ("how", "kills"),
    [
        ("merge", "git"),
        ("rm", "git"),
        *(pytest.param(how, "git", marks=pytest.mark.long) for how in ("squash", "rebase", "discard")),
        *(
            pytest.param(how, "writes", marks=pytest.mark.long)
            for how in ("merge", "squash", "discard", "rm")
        ),
    ],
)
def test_killed_anywhere_an_undo_ends_with_everything_as_it_was(
    rig: LandingRig, monkeypatch: pytest.MonkeyPatch, how: str, kills: str
) -> None:
    dirty = how in ("discard", "rm")
    card = rig.card(1, "n1.txt", "work\n")
    path = Path(rig.state.cards[card].path)
    if dirty:
        work_in(path)
    before, was = world(rig, path), rig.state.cards[card]
    for at in itertools.count(1):
        act(rig, card, how)
        assert not path.exists()
        killed = False
        with monkeypatch.context() as patched, suppress(Killed):
            if kills == "git":
                kills_at(patched, (at + 1) // 2, after=at % 2 == 1)
            else:
                rig.wrote = killing((at + 1) // 2, "after" if at % 2 else "before")
            killed = True
            rig.undo()
            rig.live()
            killed = False
        rig.wrote = lambda _: None
        if not any(each.undone for each in rig.state.acts[-1:]) and not _pending(rig, card):
            rig.undo()  # killed before it was written down
        rig.live()
        now = rig.state.cards[card]
        assert world(rig, path) == before
        assert (now.finished, now.failure, now.worktree, now.ending) == (None, None, was.worktree, None)
        if not killed:
            break
    assert at > 4
    assert git(rig.repo, "worktree", "list").count("\n") == 1, "nothing else is left"


def _pending(rig: LandingRig, card: str) -> bool:
    found = rig.state.cards.get(card)
    return found is not None and found.ending is not None


def test_undone_again_goes_one_act_further_back(rig: LandingRig) -> None:
    first, second = rig.card(1, "one.txt", "1\n"), rig.card(2, "two.txt", "2\n")
    base = git(rig.repo, "rev-parse", "main")
    act(rig, first, "merge")
    middle = git(rig.repo, "rev-parse", "main")
    act(rig, second, "squash")
    for tip in (middle, base):
        rig.undo()
        rig.live()
        assert git(rig.repo, "rev-parse", "main") == tip
    assert not any(card.finished for card in rig.state.cards.values())
