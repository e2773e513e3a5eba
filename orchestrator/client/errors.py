"""What a call can end with: words for the user, in one small tree."""


class OrchError(Exception):
    """What happened, why, and what to do next, each a sentence or empty."""

    def __init__(self, what: str, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.hint = what, why, hint

    def __str__(self) -> str:
        said = self.what if not self.why else f"{self.what}: {self.why}"
        return f"{said.rstrip('.')}. {self.hint}" if self.hint else said


class Refused(OrchError):
    """The hub understood and said no; nothing has changed."""


class Untrusted(Refused):
    """Something that a repository brings along would run, and nobody has allowed it. `path` leads to it."""

    path = ""


class Missing(OrchError):
    """No such card, or the name fits several."""


class Failed(OrchError):
    """Something outside (tmux, git, the disk) or the hub itself went wrong."""


class OtherVersion(Failed):
    """The hub is of another version, and does not understand this client, or is not understood by it."""


class HubAway(OrchError):
    """No hub answers on this state directory's socket."""
