"""All errors of a request, with the one map to HTTP statuses and exit codes."""

from typing import ClassVar


class OrchError(Exception):
    """What happened, why, and what to do next, each a sentence or empty.

    `status` is that of the hub's HTTP answer, from which the client restores the same kind of error, and
    `exit_code` that of the command line. A board shows all kinds as an error notice.
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
    """Something that a repository configures would run and is not trusted. `path` leads to it."""

    path: str = ""


class NotUnderstood(Refused):
    """An argument or the request itself is invalid; nothing has changed."""

    status = 422
    exit_code = 2


class Missing(OrchError):
    """No such thing, or an ambiguous name."""

    status = 404
    exit_code = 5


class Failed(OrchError):
    """Something outside (tmux, git, the disk) or the hub itself failed."""

    status = 502


class TooLarge(Failed):
    """The request is too large."""

    status = 413


class Unsaved(Failed):
    """The disk cannot be written or read."""

    status = 507


class OtherVersion(Failed):
    """The hub has a different version, and does not understand this client, or the reverse."""


class HubAway(OrchError):
    """No hub answers on this state directory's socket."""

    exit_code = 6


def kind_of(status: int) -> type[OrchError]:
    """The kind of error for an HTTP answer with this status."""
    kinds = (Refused, NotUnderstood, Missing, TooLarge, Unsaved)
    return next((kind for kind in kinds if kind.status == status), Failed)
