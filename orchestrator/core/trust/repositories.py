"""What a repository configures that would run on this machine, and whether a person trusts it."""

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.commands import Rejected
from orchestrator.core.text.clean import one_line, shown_line


@dataclass(frozen=True, slots=True)
class TrustPart:
    """Something that runs: the settings of `.orch.toml`, a workflow or a team. `text` is all of it."""

    repo: str
    """The top folder of its repository."""
    name: str
    """Its path below that."""
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 in hex, over the text in UTF-8 with lone surrogates kept."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class TrustView:
    """A part, for a person's decision."""

    repo: str
    name: str
    text: str
    digest: str
    trusted: bool
    before: str = ""
    """The last allowed text with this name, if it differs."""
    at: float = 0.0
    """When it was allowed; 0 for never."""


def not_allowed(view: TrustView, path: str) -> Rejected:
    """Why nothing of it runs yet, and how to allow it."""
    changed = "has changed since you allowed it" if view.before else "has not been allowed yet"
    said = "; ".join(line.strip() for line in view.text.splitlines() if line.strip())
    return Rejected(
        f"{one_line(view.name)} of {one_line(view.repo)} {changed}",
        f"it would run on this machine: {shown_line(said, 160)}",
        f"Review and allow it: orch trust {path}",
    )


def state_of(view: TrustView) -> str:
    """As text: allowed, changed since, or new."""
    return "allowed" if view.trusted else "changed since you allowed it" if view.before else "new"


def lines_of(view: TrustView) -> Iterable[str]:
    """The subject of the decision: the full text, or a diff since it was last allowed."""
    if not view.before:
        return view.text.splitlines()
    return difflib.unified_diff(
        view.before.splitlines(), view.text.splitlines(), "allowed", "now", lineterm="", n=2
    )
