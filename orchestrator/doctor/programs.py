"""The programs that orch stands on: are they there, and new enough?"""

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestrator.agents.claude_code import facts, own_command, road
from orchestrator.doctor.finding import Finding, numbers, said_by

_PYTHON = (3, 11)
_TMUX = (3, 2)
_GIT = (2, 31)
_GIT_MERGE = (2, 38)
"""From here on `git merge-tree --write-tree` can merge without a worktree."""


def python() -> Iterator[Finding]:
    """3.11 or newer; the one that runs this."""
    good = sys.version_info[:2] >= _PYTHON
    fix = "" if good else "Install Python 3.11 or newer and recreate the virtual environment."
    yield Finding("python", "ok" if good else "fail", f"{platform.python_version()} at {sys.executable}", fix)


def tmux() -> Iterator[Finding]:
    """3.2 or newer; a version that can't be read counts as new enough."""
    said = said_by(["tmux", "-V"])
    if said is None:
        yield Finding("tmux", "fail", "not installed", "Install it, for instance: apt install tmux")
    elif (found := numbers(said)) and found < _TMUX:
        yield Finding("tmux", "fail", f"{said} is too old", "Install tmux 3.2 or newer.")
    else:
        yield Finding("tmux", "ok", said)


def git() -> Iterator[Finding]:
    """2.31 or newer for worktrees, 2.38 or newer to merge finished cards."""
    said = said_by(["git", "--version"])
    found = numbers(said or "")
    if said is None:
        yield Finding("git", "fail", "not installed", "Install it, for instance: apt install git")
    elif found < _GIT:
        yield Finding("git", "fail", f"{said} is too old for worktrees", "Install git 2.38 or newer.")
    elif found < _GIT_MERGE:
        yield Finding("git", "warn", f"{said} cannot merge a finished card", "Install git 2.38 or newer.")
    else:
        yield Finding("git", "ok", said)


def agent(kind: str, command: Sequence[str]) -> Iterator[Finding]:
    """The configured agent and, where it is Claude Code, which of the facts that orch builds on hold."""
    if kind != "claude-code":
        yield Finding("agent", "ok", f"{' '.join(command)} (a plain program: only its window is watched)")
        return
    try:
        version = facts.version(_program(command))
    except OSError as error:
        what = f"cannot start {command[0]}: {error.strerror}"
        yield Finding("claude", "fail", what, "Install it with: npm install -g @anthropic-ai/claude-code")
        return
    except ValueError as error:
        yield Finding("claude", "fail", str(error), "Run it yourself to check; is it Claude Code?")
        return
    yield Finding("claude", "ok", f"{version} ({' '.join(command)})")
    yield from _road(command)
    yield from _facts(version)


def _program(command: Sequence[str]) -> tuple[str, ...]:
    try:
        return own_command.read(command, Path.cwd()).words
    except own_command.UnfitCommandError:  # told below
        return tuple(command)


def _road(command: Sequence[str]) -> Iterator[Finding]:
    """Whether sessions started here could report to the hub, and would have its tools."""
    own = None
    try:
        own = own_command.read(command, Path.cwd()).settings
    except own_command.UnfitCommandError as error:
        yield Finding("agent.command", "fail", error.why, error.hint)
    config_dir = Path(os.environ.get("CLAUDE_CONFIG_DIR") or "~/.claude").expanduser()
    found = road.examine(config_dir, Path.cwd(), own=own)
    for cause in found.hooks:
        fix = (
            "Until then, states come from registry, transcript and pane, and requests are answered in "
            "the session."
        )
        yield Finding("hooks", "fail", f"sessions cannot report: {cause}", fix)
    for cause in found.tools:
        fix = "Until then, sessions have no mail; mark stages with: orch run done RUN STAGE"
        yield Finding("mcp", "fail", f"sessions have no orch tools: {cause}", fix)
    if not (found.hooks or found.tools):
        yield Finding("hooks", "ok", "no setting prevents sessions from reporting")


def _facts(version: str) -> Iterator[Finding]:
    """A finding for each fact that is known to hold or not to, and one for all that nobody has tried."""
    found = facts.facts(version)
    for fact in found:
        if fact.holds is not None:
            fix = "" if fact.holds else "Update Claude Code with: claude update"
            yield Finding(f"claude: {fact.name}", "ok" if fact.holds else "warn", fact.note, fix)
    if untried := [fact.name for fact in found if fact.holds is None]:
        what = f"untested with {version}: {', '.join(untried)}"
        yield Finding(
            "claude: untested", "warn", what, "See what each source reports: orch show CARD --evidence"
        )
