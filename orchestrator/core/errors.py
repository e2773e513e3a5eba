"""How anything asked of orch can fail: words for the user, and the one map of what each kind comes to."""

from typing import ClassVar


class OrchError(Exception):
    """What happened, why, and what to do next, each a sentence or empty.

    `status` is that of the hub's HTTP answer, from which the client makes the same kind of error again, and
    `exit_code` that of the command line. A board shows all kinds as a notice of an error.
    """

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.hint = what, why, hint

    def __str__(self) -> str:
        said = self.what if not self.why else f"{self.what}: {self.why}"
        return f"{said.rstrip('.')}. {self.hint}" if self.hint else said


class Refused(OrchError):
    """Understood, and refused; nothing has changed."""

    status = 409
    exit_code = 4


class Untrusted(Refused):
    """Something that a repository brings along would run, and nobody has allowed it. `path` leads to it."""

    path: str = ""


class NotUnderstood(Refused):
    """The request is not what it should be; nothing has changed."""

    status = 422


class Missing(OrchError):
    """No such thing, or a name that fits several."""

    status = 404
    exit_code = 5


class Failed(OrchError):
    """Something outside (tmux, git, the disk) or the hub itself went wrong."""

    status = 502


class TooLarge(Failed):
    """The request has more bytes than are taken."""

    status = 413


class Unsaved(Failed):
    """The disk does not take it, or can't be read."""

    status = 507


class OtherVersion(Failed):
    """The hub is of another version, and does not understand this client, or is not understood by it."""


class HubAway(OrchError):
    """No hub answers on this state directory's socket."""

    exit_code = 6


def kind_of(status: int) -> type[OrchError]:
    """The kind of error that an HTTP answer of this status tells of."""
    kinds = (Refused, NotUnderstood, Missing, TooLarge, Unsaved)
    return next((kind for kind in kinds if kind.status == status), Failed)
