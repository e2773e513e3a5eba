"""What can go wrong between orch and tmux."""


class TmuxError(Exception):
    """What happened, why and what to do next, each in words; `why` and `hint` may be empty."""

    def __init__(self, what: str, why: str = "", hint: str = "") -> None:
        super().__init__(what, why, hint)
        self.what, self.why, self.hint = what, why, hint

    def __str__(self) -> str:
        said = f"{self.what}: {self.why}" if self.why else self.what
        return f"{said.rstrip('.')}. {self.hint}" if self.hint else said


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
