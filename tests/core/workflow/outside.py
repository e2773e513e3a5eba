"""The outside world of a run, in memory: what outlives a hub that was killed."""

from dataclasses import dataclass, field

from orchestrator.core.board.new_card import Naming
from orchestrator.core.workflow.begin import BeginFacts
from orchestrator.core.worktrees.repo import RepoFacts

ROOT = "/r/shop"
NAMING = Naming("{parent}/{repo}-orch/{slug}", "orch/{slug}", "/h")


@dataclass
class Agent:
    """An agent program. `box` holds the prompts that it was given and has not taken up."""

    card: str
    run: int
    terminal: bool
    box: list[str]
    doing: str = "up"
    """`up`, `turn`, `asking`, `idle` or `gone`."""


@dataclass
class Process:
    """A script's process; it is started once, and `exit_code` is there when it has ended."""

    exit_code: int | None = None
    wanted: bool = True


@dataclass
class Outside:
    """Windows by (card, run), scripts by (run, stage, attempt), checked out branches with their paths."""

    agents: dict[tuple[str, int], Agent] = field(default_factory=dict)
    processes: dict[tuple[str, str, int], Process] = field(default_factory=dict)
    branches: set[str] = field(default_factory=lambda: {"main"})
    checked_out: dict[str, str] = field(default_factory=lambda: {"main": ROOT})
    unclean: set[str] = field(default_factory=set)
    conversations: set[str] = field(default_factory=set)

    def add_worktree(self, branch: str, path: str) -> str:
        """Why it can't be, in words. One that already exists is found."""
        there = self.checked_out.get(branch, path)
        if there != path:
            return f"{branch} is checked out in {there}"
        self.branches.add(branch)
        self.checked_out[branch] = path
        return ""

    def remove_worktree(self, path: str) -> None:
        self.checked_out = {branch: there for branch, there in self.checked_out.items() if there != path}
        self.unclean.discard(path)

    def look(self, fresh: str) -> BeginFacts:
        repo = RepoFacts(ROOT, "main", "abc", frozenset(self.branches), tuple(self.checked_out.items()))
        return BeginFacts(repo, dict.fromkeys(self.unclean, "1 changed file"), NAMING, fresh)
