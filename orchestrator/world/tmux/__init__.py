"""The terminals: one private tmux server, one window per session. The only room that uses tmux.

It has the settings of the user's tmux.conf, with those on top that orch's promises need.
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
