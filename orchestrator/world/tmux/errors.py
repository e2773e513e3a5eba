"""Errors of tmux."""

from orchestrator.core.errors import Failed


class TmuxError(Failed):
    """An error of tmux; see `OrchError`."""


class TmuxMissing(TmuxError):
    """There is no tmux program."""

    def __init__(self) -> None:
        super().__init__(
            "tmux is not installed",
            hint="Install it with your package manager (apt install tmux, brew install tmux).",
        )


class TmuxGone(TmuxError):
    """No server is running on the socket, and nothing that ran in it."""


class TmuxFailed(TmuxError):
    """tmux refused, or did not respond in time; what runs in it continues."""


class NoSuchTarget(TmuxFailed):
    """The server responds and has no such session, window or pane."""
