"""Types into a session's pane."""

import secrets
import time

from orchestrator.core.text.clean import clean
from orchestrator.world.tmux.errors import TmuxFailed
from orchestrator.world.tmux.server import Server

_SETTLE = 0.15
"""Seconds between a paste and Enter: Claude Code takes an earlier Enter for part of the paste."""


def paste(server: Server, pane: str, text: str) -> None:
    """Pastes the text without its control characters, and presses Enter. One caller per pane at a time.

    Raises `NoSuchTarget` if the pane is gone, `TmuxFailed` if its program has ended or there is nothing to
    paste.
    """
    wanted = clean(text)
    if not wanted.strip():
        raise TmuxFailed("nothing was pasted", "the text is empty")
    buffer = f"orch-{secrets.token_hex(8)}"
    # -p brackets the paste if the program asked for that, -r keeps line feeds from becoming Enter.
    typed = _unless_dead(server, pane, f"paste-buffer -d -p -r -b {buffer} -t {pane}", buffer, wanted)
    if typed:
        time.sleep(_SETTLE)
        typed = _unless_dead(server, pane, f"send-keys -t {pane} Enter")
    if not typed:
        raise TmuxFailed("nothing was pasted", "the program in the pane has ended")


def press(server: Server, pane: str, keys: tuple[str, ...]) -> None:
    """Presses keys by tmux's names for them. Anything else is typed as text.

    Raises `NoSuchTarget` if the pane is gone.
    """
    server.run(("copy-mode", "-q", "-t", pane), ("send-keys", "-t", pane, "--", *keys))


def _unless_dead(server: Server, pane: str, command: str, buffer: str = "", text: str = "") -> bool:
    # The server itself must decide: tmux 3.3a crashes on a paste into a dead pane. A pane that the user has
    # scrolled back would take keys as commands of its copy mode.
    alive = f"copy-mode -q -t {pane} ; {command} ; display-message -p typed"
    choice = ("if-shell", "-F", "-t", pane, "#{pane_dead}", "display-message -p dead", alive)
    try:
        if buffer:
            return server.run(("load-buffer", "-b", buffer, "-"), choice, stdin=text) == ["typed"]
        return server.run(choice) == ["typed"]
    finally:
        if buffer:
            server.chain(("delete-buffer", "-b", buffer))
