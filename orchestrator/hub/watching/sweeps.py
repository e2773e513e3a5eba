"""Signals from one sweep over all windows of the tmux server."""

import time

from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import PaneDied, PaneSeen, ServerGone, Signal, WindowClosed
from orchestrator.world.tmux import Sweep


def foreign(sweep: Sweep) -> str:
    """Running sessions of another journal on this tmux server, as text; empty for none."""
    running = [pane for pane in sweep.foreign if not pane.dead]
    if not running:
        return ""
    named = ", ".join(f"{pane.window} (its {pane.card}, process {pane.pid})" for pane in running[:3])
    more = f" and {len(running) - 3} more" if len(running) > 3 else ""
    windows = "window" if len(running) == 1 else "windows"
    return f"sessions of another journal run in the {windows} {named}{more}: orch windows"


def told(session: Session, sweep: Sweep) -> Signal | None:
    """The signals of a sweep about a session; none without changes."""
    now = time.time()
    if session.server and sweep.server_pid != session.server:
        return ServerGone(now)
    for pane in sweep.panes:
        if pane.pane == session.pane and pane.run == session.run:
            if pane.dead:
                return PaneDied(now, pane.exit_code)
            return PaneSeen(now, pane.pid) if session.signs.unreachable_since else None
    return WindowClosed(now)
