"""The terminals: one private tmux server, one window per session. The only room that knows tmux.

It holds what the user's tmux.conf says, with the settings on top that orch's promises need.
"""

from orchestrator.world.tmux.errors import NoSuchTarget, TmuxError, TmuxFailed, TmuxGone, TmuxMissing
from orchestrator.world.tmux.panes import Pane, PaneSeen, Sweep
from orchestrator.world.tmux.tmux import Tmux

__all__ = [
    "NoSuchTarget",
    "Pane",
    "PaneSeen",
    "Sweep",
    "Tmux",
    "TmuxError",
    "TmuxFailed",
    "TmuxGone",
    "TmuxMissing",
]
