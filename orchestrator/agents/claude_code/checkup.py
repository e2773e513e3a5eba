"""What `orch doctor` has to say of Claude Code: whether it is there, whether its sessions could report, and
which of the facts that orch builds on hold."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestrator.agents.agent import UnfitCommandError
from orchestrator.agents.claude_code import connection, facts, own_command
from orchestrator.agents.finding import Finding


def examine(config_dir: Path, command: Sequence[str], cwd: Path) -> Iterator[Finding]:
    try:
        version = facts.version(_program(command, cwd))
    except OSError as error:
        what = f"cannot start {command[0]}: {error.strerror}"
        yield Finding("agent", "fail", what, "Install it with: npm install -g @anthropic-ai/claude-code")
        return
    except ValueError as error:
        yield Finding("agent", "fail", str(error), "Run it yourself to check; is it Claude Code?")
        return
    yield Finding("agent", "ok", f"{version} ({' '.join(command)})")
    yield from _road(config_dir, command, cwd)
    yield from _facts(version)


def _program(command: Sequence[str], cwd: Path) -> tuple[str, ...]:
    try:
        return own_command.read(command, cwd).words
    except UnfitCommandError:  # told below
        return tuple(command)


def _road(config_dir: Path, command: Sequence[str], cwd: Path) -> Iterator[Finding]:
    """Whether sessions started here could report to the hub, and would have its tools."""
    own = None
    try:
        own = own_command.read(command, cwd).settings
    except UnfitCommandError as error:
        yield Finding("agent.command", "fail", error.why, error.hint)
    found = connection.examine(config_dir, cwd, own=own)
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
    """A finding for each fact that is known to hold or not to, and one for all that are untested."""
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
