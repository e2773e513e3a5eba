"""Keeps hooks of the user's tmux.conf from affecting what orch opens.

A hook runs between two commands of one call, so `after-new-window 'rename-window x'` or `pane-died
'respawn-pane -k'` would affect a session before it is marked. orch's sessions and windows therefore have
their own empty hook for each name, which takes precedence over the global one, even if that is set later.
Global ones are removed from orch's server: they would affect a session before it can have its own.
"""

from orchestrator.world.tmux.server import Command

_AFTER = (
    "bind-key", "capture-pane", "copy-mode", "display-message", "display-panes", "kill-pane", "list-buffers",
    "list-clients", "list-keys", "list-panes", "list-sessions", "list-windows", "load-buffer", "lock-server",
    "new-session", "new-window", "paste-buffer", "pipe-pane", "queue", "refresh-client", "rename-session",
    "rename-window", "resize-pane", "resize-window", "save-buffer", "select-layout", "select-pane",
    "select-window", "send-keys", "set-buffer", "set-environment", "set-hook", "set-option",
    "show-environment", "show-messages", "show-options", "split-window", "unbind-key",
)  # fmt: skip

OF_SESSIONS = (
    # First: it would run after each of the commands that remove the others.
    "after-set-option",
    *(f"after-{command}" for command in _AFTER if command != "set-option"),
    "alert-activity", "alert-bell", "alert-silence", "client-active", "client-attached",
    "client-dark-theme", "client-detached", "client-focus-in", "client-focus-out", "client-light-theme",
    "client-resized", "client-session-changed", "command-error", "session-closed", "session-created",
    "session-renamed", "session-window-changed", "window-linked", "window-unlinked",
)  # fmt: skip
"""Names of tmux 3.2 to 3.7; unknown ones are ignored."""

OF_WINDOWS = (
    "pane-died", "pane-exited", "pane-focus-in", "pane-focus-out", "pane-mode-changed", "pane-set-clipboard",
    "pane-title-changed", "window-layout-changed", "window-pane-changed", "window-renamed", "window-resized",
)  # fmt: skip


def removed() -> list[Command]:
    """No global hooks on this server."""
    return [
        *(("set-option", "-gqu", name) for name in OF_SESSIONS),
        *(("set-option", "-gwqu", name) for name in OF_WINDOWS),
    ]


def none_for_session(target: str) -> list[Command]:
    """No hooks for the session that `target` names, whatever is set globally later."""
    return [("set-option", "-qt", target, name, "") for name in OF_SESSIONS]


def none_for_window(target: str) -> list[Command]:
    """No hooks for the window that `target` names, nor for its panes."""
    return [("set-option", "-wqt", target, name, "") for name in OF_WINDOWS]
