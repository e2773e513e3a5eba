"""Sample overlaps."""

from orchestrator.core.overlaps.order import Turn
from orchestrator.core.overlaps.overlap import Overlap
from orchestrator.core.overlaps.views import LeftOut, RepositoryOverlaps


def overlaps() -> RepositoryOverlaps:
    """Cards in conflict, with files in common, in a stack, and one that cannot be read."""
    return RepositoryOverlaps(
        "/src/shop",
        (
            Overlap("c1", "c2", ("src/[/x].py", "src/session.py"), ("src/[/x].py",), ("go.sum",)),
            Overlap("c1", "c3", ("README.md",), (), ("package.json",), ("package.json",)),
            Overlap("c2", "c3", ("README.md",)),
            Overlap("c1", "c4", holds="c4"),
        ),
        (Turn("c3", 1), Turn("c1", 2, conflicts=("c2",)), Turn("c4", 3, after=("c1",)), Turn("c2", 5)),
        (LeftOut("c5", "the worktree /src/shop-orch/five is missing"),),
        (("c1", "auth"), ("c2", "session-store"), ("c3", "docs"), ("c4", "auth-ui"), ("c5", "five")),
    )
