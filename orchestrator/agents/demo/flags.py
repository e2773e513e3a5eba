"""Claude Code's command line, as far as orch uses it."""

from dataclasses import dataclass

from orchestrator.agents.demo.refusal import Refusal

VERSION = "2.1.197 (orch demo agent)"
"""Claude Code's number whose outward behaviour is shown, and who really speaks."""

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
}
_MODES = ("default", "acceptEdits", "plan", "auto", "bypassPermissions", "dontAsk")


@dataclass(frozen=True, slots=True)
class Flags:
    """What the session was started with; empty strings where a flag was not given."""

    session_id: str = ""
    resume: str = ""
    name: str = ""
    settings: str = ""
    mcp_config: str = ""
    permission_mode: str = "default"
    model: str = ""
    append_system_prompt: str = ""
    prompt: str = ""
    version: bool = False


def parse(words: list[str]) -> Flags:
    """Raises `Refusal` at an unknown option, a missing value or a permission mode that is none."""
    values: dict[str, str] = {}
    version = False
    rest: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += left
            break
        if word in ("--version", "-v"):
            version = True
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
    mode = values.get("permission_mode", "default")
    if mode not in _MODES:
        raise Refusal(
            f"option '--permission-mode' argument '{mode}' is invalid. "
            f"Allowed choices are {', '.join(_MODES)}."
        )
    return Flags(**values, prompt=" ".join(rest), version=version)
