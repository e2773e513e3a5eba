"""Overlaps of 50 worktrees of a repository of 100,000 files: what a round costs.

The worktree that changes has all files on disk, as every index has them; the others are sparse, to
save disk.
"""

import asyncio
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.core.events import CardCreated, WorktreeAdded
from orchestrator.core.follow import Capacity
from orchestrator.core.model import Worktree
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.overlaps.radar import Radar
from orchestrator.hub.places.local import ProcessPlace, WindowPlace
from orchestrator.hub.places.places import Places
from orchestrator.paths import Home
from orchestrator.store.journal import Journal
from orchestrator.world.tmux import Tmux
from tests.agents.programs import CLAUDE
from tests.conftest import git
from tests.perf.measure import Table

pytestmark = pytest.mark.perf

FILES, WORKTREES = 100_000, 50
_BAR = 0.4


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="orch-perf-overlaps-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_rounds_over_50_worktrees_of_100_000_files(folder: Path) -> None:
    repo = _repository(folder / "repo")
    base = git(repo, "rev-parse", "HEAD")
    paths = [folder / f"w{number}" for number in range(WORKTREES)]
    for number, path in enumerate(paths):
        git(repo, "worktree", "add", "--quiet", "--no-checkout", "-b", f"w{number}", str(path))
        if number:
            git(path, "sparse-checkout", "set", "--cone", f"room{number:03}")
        git(path, "checkout", "--quiet")
        for file in (f"room{number:03}/file000.txt", "shared.txt"):
            (path / file).write_text(f"{number}\n")
        git(path, "commit", "--quiet", "--all", "--message", "Work")
        (path / f"room{number:03}/file001.txt").write_text("not committed\n")
    asyncio.run(_measured(folder, repo, base, paths))


async def _measured(folder: Path, repo: Path, base: str, paths: list[Path]) -> None:
    home = Home(folder / "home", "none")
    home.root.mkdir()
    engine = Engine(Journal(folder / "journal.db"), room=lambda: Capacity(99, 99, ""), stall=(300.0, 900.0))
    places = Places(WindowPlace(home, "", CLAUDE, Tmux("none")), ProcessPlace(home, "", CLAUDE))
    for number, path in enumerate(paths, 1):
        branch, card = f"w{number - 1}", f"c{number}"
        created = CardCreated(1.0, card, branch, branch, "", str(repo), "main", branch, str(path))
        engine.record((created, WorktreeAdded(1.0, card, Worktree(str(path), branch, base, made=True))))
    radar = Radar(engine, home, places, tell=False)
    table = Table(f"overlaps, {WORKTREES} worktrees of {FILES:,} files, one file shared by all")

    async def round_of(what: str, bar: float | None = None) -> None:
        began, before = time.perf_counter(), _of_children()
        await radar._look_now(at_once=True)  # noqa: SLF001 (a round without the clock of its own)
        took, git_s = time.perf_counter() - began, _of_children() - before
        said = f"{took * 1000:,.0f} ms, {git_s * 1000:,.0f} ms of git"
        table.add(what, said, f"{bar * 1000:.0f} ms of git" if bar else "", git_s / bar if bar else None)

    await round_of("first round, all read and 1,225 pairs merged")
    assert engine.cards[0].conflicts == WORKTREES - 1
    for _ in range(3):
        await round_of("nothing has changed", _BAR)
    (paths[0] / "room000/file002.txt").write_text("one more\n")
    radar._stale.add("c1")  # noqa: SLF001 (its session did something)
    await round_of("one worktree has changed, in a file of its own")
    radar._stale.add("c1")  # noqa: SLF001
    await round_of("a session did something and changed nothing", _BAR)
    git(repo, "commit", "--quiet", "--allow-empty", "--message", "Move")
    await round_of("the base has moved")
    print(f"\n{table.text()}")
    engine.journal.close()


def _of_children() -> float:
    """Processor time of all processes that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _repository(path: Path) -> Path:
    """Its files by `git fast-import`, which is quicker than writing them."""
    path.mkdir()
    git(path, "init", "--quiet", "--initial-branch=main")
    git(path, "config", "user.name", "A Person")
    git(path, "config", "user.email", "person@example.org")
    names = [f"room{n // 200:03}/file{n % 200:03}.txt" for n in range(FILES)]
    stream = [b"blob\nmark :1\ndata 5\ntext\n", b"commit refs/heads/main\nmark :2\n"]
    stream += [b"committer A Person <person@example.org> 0 +0000\ndata 5\nFirst\n"]
    stream += [f"M 100644 :1 {name}\n".encode() for name in (*names, "shared.txt")]
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=path, input=b"".join(stream), check=True, env=os.environ
    )
    git(path, "reset", "--quiet", "--hard")
    return path
