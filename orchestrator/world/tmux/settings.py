"""The options that orch sets on its server, sessions and windows, over those of the user's tmux.conf.

Nothing here is written to a file: it lasts as long as the server.
"""

from orchestrator.world.tmux import hooks
from orchestrator.world.tmux.server import Command

SESSION = "orch"
"""The name of the session that contains the hub's window and every card's; it is identified by an option of
its own, since names may be changed."""


def server_settings() -> list[Command]:
    """For the whole server; set again after a tmux.conf was loaded, which may undo them."""
    return [
        # The user's aliases could replace tmux's own commands.
        ("set-option", "-su", "command-alias"),
        *hooks.removed(),
        ("set-option", "-s", "exit-unattached", "off"),
        # For sessions of the user's own, too: tmux 3.3a crashes over it, and ours would end with it.
        ("set-option", "-g", "destroy-unattached", "off"),
    ]


def session_settings(session: str, *, mouse: bool, status_line: str) -> list[Command]:
    """For the session that `session` targets: it stays without clients, and has our one-row status line."""
    options = {
        "destroy-unattached": "off",
        # When its last window closes, the client returns to the board, not to a session of its own.
        "detach-on-destroy": "on",
        "key-table": "root",
        "mouse": "on" if mouse else "off",
        "status": "on",
        "status-interval": "0",
        "status-style": "bg=colour236,fg=colour252",
        "status-format[0]": status_line,
    }
    return [
        *hooks.none_for_session(session),
        *(("set-option", "-t", session, name, value) for name, value in options.items()),
    ]


def window_settings(window: str, label: str) -> list[Command]:
    """For the window that `window` targets: the last output is kept, the name is ours, and only a window with
    a client takes the size of their terminal."""
    options = {
        "remain-on-exit": "on",
        "automatic-rename": "off",
        "allow-rename": "off",
        "aggressive-resize": "on",
        "window-size": "latest",
        # With many windows printing at once these would ring constantly.
        "monitor-activity": "off",
        "monitor-silence": "0",
        "@orch_status": label,
    }
    return [
        *hooks.none_for_window(window),
        *(("set-option", "-w", "-t", window, name, value) for name, value in options.items()),
        # tmux's own notice would scroll the last output away; unknown before tmux 3.3.
        ("set-option", "-wq", "-t", window, "remain-on-exit-format", ""),
    ]
