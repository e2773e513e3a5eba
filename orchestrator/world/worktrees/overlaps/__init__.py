"""What cards of a repository change, and whether git can merge two of them, without touching anything in
their worktrees.

Worktrees are written as trees into a store of orch's own that all cards of the repository share; each tree
becomes a commit there, on top of the worktree's HEAD, so that git finds what two of them have in common.
"""

from orchestrator.world.worktrees.overlaps.changes import base_tip, changes, fork
from orchestrator.world.worktrees.overlaps.merging import merge
from orchestrator.world.worktrees.overlaps.signs import Sign, sign_of_base, sign_of_worktree

__all__ = ["Sign", "base_tip", "changes", "fork", "merge", "sign_of_base", "sign_of_worktree"]
