"""What is known about a window of another journal: from its mark, its launch file, its process and git."""

import re
from dataclasses import dataclass
from pathlib import Path

import psutil

from orchestrator.agents.agent import LaunchRecord, RegistryEntry
from orchestrator.agents.configured import Agents
from orchestrator.core.board.windows import WindowView
from orchestrator.paths import Home
from orchestrator.world import worktrees
from orchestrator.world.tmux import PaneSeen

_NAME = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class ForeignWindow:
    """A window of another journal. `agent` is the name of its agent here, `tree` the worktree that its
    session works in, where it is one."""

    pane: PaneSeen
    view: WindowView
    agent: str
    launched: LaunchRecord
    tree: worktrees.BranchStanding | None


def look_at(home: Home, agents: Agents, pane: PaneSeen, entry: RegistryEntry | None) -> ForeignWindow:
    """`entry` is its entry in the agent's registry."""
    agent, before = agents.of_launch(_launch_file(home, pane))
    program, started, cwd = _process(0 if pane.dead else pane.pid)
    folder, tree = _worktree(before.cwd, cwd)
    view = WindowView(
        window=pane.window,
        pane=pane.pane,
        pid=pane.pid,
        journal=pane.mark.journal,
        card=pane.card,
        run=pane.run,
        slug=before.slug or Path(folder).name,
        state="exited" if pane.dead else "running",
        program=program,
        doing=entry.status if entry else "",
        folder=tree.path if tree else folder,
        branch=tree.branch if tree else "",
        conversation=(entry.session_id if entry else "") or before.conversation,
        since=started or pane.last_activity,
    )
    return ForeignWindow(pane, view, agent, before, tree)


def _launch_file(home: Home, pane: PaneSeen) -> Path:
    """Each journal has a folder for its cards' launch files. The mark names no other."""
    names = [pane.mark.journal, pane.card] if pane.mark.journal else [pane.card]
    if not all(map(_NAME.fullmatch, names)):
        return home.launches / "none"
    folder = home.launches.parent / "launches"
    found = [folder / pane.mark.journal] if pane.mark.journal else sorted(folder.glob("before-*"))
    return next((each / pane.card / "launch.sh" for each in found), home.launches / "none")


def _process(pid: int) -> tuple[str, float, str]:
    """Its name, when it started and where it works; empty if it cannot be inspected."""
    try:
        process = psutil.Process(pid) if pid else None
        return (process.name(), process.create_time(), process.cwd()) if process else ("", 0.0, "")
    except psutil.Error:
        return "", 0.0, ""


def _worktree(*folders: str) -> tuple[str, worktrees.BranchStanding | None]:
    """The first existing folder, and the worktree that contains it."""
    folder = next((each for each in folders if each and Path(each).is_dir()), "")
    if not folder:
        return next(filter(None, folders), ""), None
    try:
        return folder, worktrees.standing(Path(folder))
    except worktrees.WorktreeError:
        return folder, None
