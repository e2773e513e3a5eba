"""How a session starts: its id, its script, and whether there is a user."""

import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.demo import script, transcript
from orchestrator.demo.flags import Flags
from orchestrator.demo.ids import is_id, new_id
from orchestrator.demo.refusal import Refusal
from orchestrator.demo.script import Script
from orchestrator.demo.terminal import is_file

if TYPE_CHECKING:
    from orchestrator.demo.session import Session


def start(flags: Flags) -> int:
    """Runs the session to its end and returns its exit code. Raises `Refusal` if it cannot start."""
    config_dir = os.environ.get("CLAUDE_CONFIG_DIR", "")
    if not config_dir:
        raise Refusal("CLAUDE_CONFIG_DIR is not set; the demo agent must not write into your ~/.claude")
    if flags.mcp_config and not flags.mcp_config.startswith("{") and not Path(flags.mcp_config).is_file():
        raise Refusal(f"MCP config file not found: {flags.mcp_config}")
    if not flags.printed and not flags.prompt and is_file(0):
        flags = replace(flags, prompt=sys.stdin.buffer.read().decode(errors="replace"))
    session_id, played = _session_id(flags, Path(config_dir)), _script(flags.name)
    session = _kind(flags)(flags, Path(config_dir), session_id, played)
    try:
        session.run()
    except SystemExit as left:
        return int(left.code or 0)
    finally:
        session.terminal.close()
    return 0


def _kind(flags: Flags) -> "type[Session]":
    # each takes time to load, and no session is both
    if flags.printed:
        from orchestrator.demo.printed import PrintedSession

        return PrintedSession
    from orchestrator.demo.session import Session

    return Session


def _session_id(flags: Flags, config_dir: Path) -> str:
    wanted = flags.resume or flags.session_id or new_id()
    if not is_id(wanted):
        raise Refusal("Invalid session ID. Must be a valid UUID.")
    known = transcript.path(config_dir, wanted).exists()
    if flags.resume and not known:
        raise Refusal(f"No conversation found with session ID: {wanted}")
    if known and not flags.resume:
        raise Refusal(f"Session ID {wanted} is already in use.")
    return wanted


def _script(name: str) -> Script:
    folder = os.environ.get("ORCH_DEMO_SCRIPTS", "")
    with contextlib.suppress(FileNotFoundError):
        if folder and name:
            return script.read((Path(folder) / f"{name}.json").read_text())
    return script.DEFAULT
