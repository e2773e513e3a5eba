"""Claude Code's command line, as far as orch uses it."""

from dataclasses import dataclass
from typing import Any

from orchestrator.demo.refusal import Refusal

VERSION = "2.1.197 (orch demo agent)"
"""The version of Claude Code that is imitated, and the name of this program."""

_VALUED = {
    "--session-id": "session_id",
    "--resume": "resume",
    "-r": "resume",
    "--name": "name",
    "-n": "name",
    "--settings": "settings",
    "--mcp-config": "mcp_config",
    "--permission-mode": "permission_mode",
    "--model": "model",
    "--append-system-prompt": "append_system_prompt",
    "--append-system-prompt-file": "append_system_prompt_file",
    "--output-format": "output_format",
    "--input-format": "input_format",
    "--permission-prompt-tool": "permission_tool",
    "--allowedTools": "allowed_tools",
    "--allowed-tools": "allowed_tools",
}
_SWITCHES = {
    "--version": "version",
    "-v": "version",
    "--print": "printed",
    "-p": "printed",
    "--verbose": "verbose",
    "--strict-mcp-config": "strict_mcp_config",
    "--include-partial-messages": "include_partial_messages",
}
_CHOICES = {
    "output_format": ("text", "json", "stream-json"),
    "input_format": ("text",),
    "permission_mode": ("default", "acceptEdits", "plan", "auto", "bypassPermissions", "dontAsk"),
}


@dataclass(frozen=True, slots=True)
class Flags:
    """The session's flags; empty strings for missing ones.

    `printed` is `--print`: no terminal, one prompt, and its result in the format `output_format`.
    """

    session_id: str = ""
    resume: str = ""
    name: str = ""
    settings: str = ""
    mcp_config: str = ""
    permission_mode: str = "default"
    model: str = ""
    append_system_prompt: str = ""
    append_system_prompt_file: str = ""
    output_format: str = "text"
    input_format: str = "text"
    allowed_tools: str = ""
    permission_tool: str = ""
    prompt: str = ""
    version: bool = False
    printed: bool = False
    verbose: bool = False
    strict_mcp_config: bool = False
    include_partial_messages: bool = False


def parse(words: list[str]) -> Flags:
    """Raises `Refusal` at an unknown option, a missing value or an invalid one."""
    values: dict[str, Any] = {}
    rest: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += left
            break
        if word in _SWITCHES:
            values[_SWITCHES[word]] = True
        elif name in _VALUED:
            if not equals:
                if not left:
                    raise Refusal(f"option '{name}' argument missing")
                value = left.pop(0)
            values[_VALUED[name]] = value
        elif word.startswith("-") and len(word) > 1:
            raise Refusal(f"unknown option '{word}'")
        else:
            rest.append(word)
    flags = Flags(**values, prompt=" ".join(rest))
    for key, choices in _CHOICES.items():
        if (said := getattr(flags, key)) not in choices:
            name = next(name for name, each in _VALUED.items() if each == key)
            raise Refusal(
                f"option '{name}' argument '{said}' is invalid. Allowed choices are {', '.join(choices)}."
            )
    if flags.printed and flags.output_format == "stream-json" and not flags.verbose:
        raise Refusal("When using --print, --output-format=stream-json requires --verbose")
    return flags
