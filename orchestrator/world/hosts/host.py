"""A machine on which sessions may run, and its errors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Host:
    """`ssh` runs its last argument in a shell there. `folder` is orch's own there; it and `python` may begin
    with `~/`."""

    name: str
    ssh: tuple[str, ...]
    folder: str = "~/.orch-host"
    python: str = "python3"


class HostError(Exception):
    """What happened, why, and what to do next, each a sentence or empty."""

    def __init__(self, what: str, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.hint = what, why, hint

    def __str__(self) -> str:
        said = self.what if not self.why else f"{self.what}: {self.why}"
        return f"{said.rstrip('.')}. {self.hint}" if self.hint else said


class HostAway(HostError):
    """It does not respond. Nothing is known about what runs there, and nothing is to be concluded."""
