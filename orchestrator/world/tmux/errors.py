"""What can go wrong between orch and tmux."""

from orchestrator.core.errors import Failed


class TmuxError(Failed):
    """Something about tmux; see `OrchError`."""


class TmuxMissing(TmuxError):
    """There is no tmux program."""

    def __init__(self) -> None:
        super().__init__(
            "tmux is not installed",
            hint="Install it with your package manager (apt install tmux, brew install tmux).",
        )


class TmuxGone(TmuxError):
    """No server runs on the socket, so neither does anything that ran in it."""


class TmuxFailed(TmuxError):
    """tmux refused, or did not answer in time; what runs in it goes on."""


class NoSuchTarget(TmuxFailed):
    """The server answers and has no such session, window or pane."""
