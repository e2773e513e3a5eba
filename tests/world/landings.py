"""Landing as a hub does: what was made is written down before the base moves, and looked for afterwards."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.core.model import Landed
from orchestrator.world.worktrees import GitRefused, Wanted, make, move

_TRIES = 3


@dataclass
class Lander:
    """One landing, which may be asked for again after it was broken off anywhere. `made` is its journal."""

    repo: Path
    wanted: Wanted
    made: Landed | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def land(self) -> str:
        """The base's commit once it has the branch."""
        for _ in range(_TRIES):
            if self.made is None:
                self.made = make(self.repo, self.wanted, **self.options)
                assert self.made is not None
            if commit := move(self.repo, self.made):
                return commit
            self.made = None
        raise GitRefused("not landed", f"{self.wanted.into} moved during every attempt")


def land(
    repo: Path, branch: str, into: str = "main", message: str = "Merge it", method: str = "merge", **more: Any
) -> str:
    return Lander(repo, Wanted(branch, into, method, message, **more)).land()
