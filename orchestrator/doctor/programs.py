"""The programs that orch requires: whether they exist and are new enough."""

import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from orchestrator.agents.finding import Finding
from orchestrator.agents.known import KINDS
from orchestrator.doctor.versions import numbers, said_by

_PYTHON = (3, 11)
_TMUX = (3, 2)
_GIT = (2, 31)
_GIT_MERGE = (2, 38)
"""The first version whose `git merge-tree --write-tree` merges without a worktree."""


def python() -> Iterator[Finding]:
    """3.11 or newer; the one that runs this."""
    good = sys.version_info[:2] >= _PYTHON
    fix = "" if good else "Install Python 3.11 or newer and recreate the virtual environment."
    yield Finding("python", "ok" if good else "fail", f"{platform.python_version()} at {sys.executable}", fix)


def tmux() -> Iterator[Finding]:
    """3.2 or newer; an unreadable version counts as new enough."""
    said = said_by(["tmux", "-V"])
    if said is None:
        yield Finding("tmux", "fail", "not installed", "Install it, for instance: apt install tmux")
    elif (found := numbers(said)) and found < _TMUX:
        yield Finding("tmux", "fail", f"{said} is too old", "Install tmux 3.2 or newer.")
    else:
        yield Finding("tmux", "ok", said)


def git() -> Iterator[Finding]:
    """2.31 or newer for worktrees, 2.38 or newer to merge finished cards and to tell conflicts."""
    said = said_by(["git", "--version"])
    found = numbers(said or "")
    if said is None:
        yield Finding("git", "fail", "not installed", "Install it, for instance: apt install git")
    elif found < _GIT:
        yield Finding("git", "fail", f"{said} is too old for worktrees", "Install git 2.38 or newer.")
    elif found < _GIT_MERGE:
        lacks = "cannot merge a finished card, nor tell whether cards conflict"
        yield Finding("git", "warn", f"{said} {lacks}", "Install git 2.38 or newer.")
    else:
        yield Finding("git", "ok", said)


def agent(name: str, kind: str, command: Sequence[str], env: Mapping[str, str]) -> Iterator[Finding]:
    """The agent of that name, by what its program has to say of itself."""
    for found in KINDS[kind](env).examine(command, Path.cwd()):
        yield replace(found, name=name) if found.name == "agent" else found
