"""The user's own command: its options for Claude Code, merged with those a session needs.

Of two `--settings` or `--append-system-prompt` Claude Code silently uses the last (probed on 2.1.197 and
2.1.332), so the user's are read, merged into ours and passed once. Options that would start a different
session are refused.
"""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.agents.agent import UnfitCommandError

__all__ = ["OwnCommand", "UnfitCommandError", "merged", "read"]

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_SAID = frozenset({
    "--settings", "--append-system-prompt", "--append-system-prompt-file", "--permission-mode", "--model",
    "--name",
})  # fmt: skip
"""Options with a value that are removed, to be merged."""
_SHORT = {"-n": "--name", "-r": "--resume", "-c": "--continue", "-p": "--print", "-w": "--worktree"}
_REFUSED = {
    "--session-id": "orch assigns each session its id",
    "--resume": "orch resumes conversations itself: orch resume CARD",
    "--continue": "orch resumes conversations itself: orch resume CARD",
    "--from-pr": "orch starts each session itself",
    "--fork-session": "orch assigns each session its id",
    "--print": "orch decides whether a session has a terminal",
    "--output-format": "orch decides whether a session has a terminal",
    "--input-format": "orch decides whether a session has a terminal",
    "--worktree": "orch creates the worktree",
    "--tmux": "orch opens the window",
    "--bg": "orch opens the window",
    "--bare": "it disables the hooks that report the session's state",
    "--safe-mode": "it disables the hooks that report the session's state",
    "--permission-prompt-tool": "orch answers permissions",
    "--help": "no session would start",
    "--version": "no session would start",
}


@dataclass(frozen=True, slots=True)
class OwnCommand:
    """`words` start the program, with the options that need no merging; the rest are the options that were
    removed."""

    words: tuple[str, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    system_prompt: str = ""
    permission_mode: str = ""
    model: str = ""

    @property
    def status_line(self) -> str:
        """The shell command of the status line that its settings name."""
        line = self.settings.get("statusLine")
        command = line.get("command") if isinstance(line, dict) and line.get("type") == "command" else ""
        return command if isinstance(command, str) else ""


def read(command: Sequence[str], cwd: Path, *, here: bool = True) -> OwnCommand:
    """Reads the files it names, relative to `cwd` as Claude Code does. Raises `UnfitCommandError`.

    What precedes the program (`env A=1`, a wrapper with its own options) is kept. `here` is whether the
    command runs on this machine.
    """
    words = [*(("env",) if _ASSIGNMENT.match(command[0]) else ()), *command]
    begin = _program(words) + 1
    kept, left = [os.path.expanduser(word) for word in words[:begin]], list(words[begin:])  # noqa: PTH111
    known = Path(kept[-1]).name.startswith("claude")  # short options may belong to another program
    own: dict[str, list[str]] = {}
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        name = _SHORT.get(name, name) if known else name
        if word == "--":
            raise _unfit("--", "it would turn what follows into the first prompt")
        if name in _REFUSED:
            raise _unfit(word, _REFUSED[name])
        if name not in _SAID:
            kept.append(word)
            continue
        if not equals and not left:
            raise _unfit(word, "its value is missing")
        own.setdefault(name, []).append(value if equals else left.pop(0))
    prompts = [*own.get("--append-system-prompt", ())]
    prompts += [_text(file, cwd, here=here) for file in own.get("--append-system-prompt-file", ())]
    settings: dict[str, Any] = {}
    for each in own.get("--settings", ()):
        settings = merged(settings, _settings(each, cwd, here=here))
    return OwnCommand(
        tuple(kept),
        settings,
        "\n\n".join(filter(None, (prompt.strip() for prompt in prompts))),
        own.get("--permission-mode", [""])[-1],
        own.get("--model", [""])[-1],
    )


def merged(theirs: Any, ours: Any) -> Any:
    """Both: tables key by key, lists concatenated, theirs first; for anything else ours wins."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        both = {key: merged(theirs[key], ours[key]) for key in theirs.keys() & ours.keys()}
        return {**theirs, **ours, **both}
    if isinstance(theirs, list) and isinstance(ours, list):
        return [*theirs, *(each for each in ours if each not in theirs)]
    return ours


def _program(words: Sequence[str]) -> int:
    """The position of the program: the first word named after Claude, else the first after `env` that is no
    option or assignment."""
    for at, word in enumerate(words):
        if Path(word).name.startswith("claude"):
            return at
    at = 0
    if Path(words[0]).name == "env":
        at = 1
        while at < len(words) - 1 and (words[at].startswith("-") or _ASSIGNMENT.match(words[at])):
            at += 2 if words[at] in ("-u", "-C", "-S") else 1
    return min(at, len(words) - 1)


def _settings(given: str, cwd: Path, *, here: bool) -> dict[str, Any]:
    inline = given.lstrip().startswith("{")
    where = "the JSON in --settings" if inline else given
    try:
        said = json.loads(given if inline else _text(given, cwd, here=here))
    except ValueError as error:
        raise _unfit("--settings", f"{where} is not JSON: {error}") from None
    if not isinstance(said, dict):
        raise _unfit("--settings", f"{where} is not an object")
    for key in ("hooks", "permissions"):
        if key in said and not isinstance(said[key], dict):
            raise _unfit("--settings", f"{key} in {where} is not an object")
    return said


def _text(file: str, cwd: Path, *, here: bool) -> str:
    if not here:
        raise _unfit(file, "the session runs on another machine, where orch can't read the file to merge it")
    try:
        return (cwd / Path(file).expanduser()).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise _unfit(file, f"cannot read it: {said}") from None


def _unfit(word: str, why: str) -> UnfitCommandError:
    shown = word if len(word) <= 80 else f"{word[:79]}…"
    return UnfitCommandError(
        "cannot start a session with agent.command",
        f"{shown}: {why}",
        "Change agent.command; see: orch config show",
    )
