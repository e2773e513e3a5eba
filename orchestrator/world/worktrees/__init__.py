"""Git worktrees: looking at a repository, adding, preparing, landing, rescuing and removing.

Everything blocks, with a timeout, and is thread-safe; changes to a repository take its lock. Nothing here
loses work, forces anything or asks on a terminal. GitPython is loaded by the first call.
"""

from orchestrator.world.worktrees.adding import add
from orchestrator.world.worktrees.command import leave, version
from orchestrator.world.worktrees.copying import copy_files
from orchestrator.world.worktrees.differing import differing
from orchestrator.world.worktrees.errors import (
    CheckFailed,
    GitFailed,
    GitMissing,
    GitRefused,
    WorktreeError,
    WouldLose,
)
from orchestrator.world.worktrees.facts import look
from orchestrator.world.worktrees.files import committed, diff_at, file_at, last_commit_at
from orchestrator.world.worktrees.landing.back import check_back, move_back
from orchestrator.world.worktrees.landing.making import make
from orchestrator.world.worktrees.landing.methods import Wanted
from orchestrator.world.worktrees.landing.moving import move
from orchestrator.world.worktrees.landing.survey import survey
from orchestrator.world.worktrees.leftovers import Stale, stale
from orchestrator.world.worktrees.losses import loss
from orchestrator.world.worktrees.moved import find_again
from orchestrator.world.worktrees.published import published_on, pushed
from orchestrator.world.worktrees.remotes import remotes
from orchestrator.world.worktrees.removal import Removal, remove
from orchestrator.world.worktrees.removed import check_restorable, restore_removed
from orchestrator.world.worktrees.repository import check_branch_name
from orchestrator.world.worktrees.rescues.saved import (
    compared_with,
    drop,
    rescued_files,
    rescued_patch,
    rescues,
    restore,
    restore_branch,
    whole_patch,
)
from orchestrator.world.worktrees.rescues.saving import rescue
from orchestrator.world.worktrees.setup import SetupResult, run_setup
from orchestrator.world.worktrees.stage_obstacles import obstacles, unclean
from orchestrator.world.worktrees.standing import BranchStanding, standing

__all__ = [
    "BranchStanding",
    "CheckFailed",
    "GitFailed",
    "GitMissing",
    "GitRefused",
    "Removal",
    "SetupResult",
    "Stale",
    "Wanted",
    "WorktreeError",
    "WouldLose",
    "add",
    "check_back",
    "check_branch_name",
    "check_restorable",
    "committed",
    "compared_with",
    "copy_files",
    "diff_at",
    "differing",
    "drop",
    "file_at",
    "find_again",
    "last_commit_at",
    "leave",
    "look",
    "loss",
    "make",
    "move",
    "move_back",
    "obstacles",
    "published_on",
    "pushed",
    "remotes",
    "remove",
    "rescue",
    "rescued_files",
    "rescued_patch",
    "rescues",
    "restore",
    "restore_branch",
    "restore_removed",
    "run_setup",
    "stale",
    "standing",
    "survey",
    "unclean",
    "version",
    "whole_patch",
]
