"""The exit codes of `orch`: the one table, which the docs print.

Which failure ends with which code is decided in `orchestrator.core.errors`.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """Each member's `__doc__` is its meaning."""

    def __new__(cls, value: int, doc: str) -> "ExitCode":
        member = int.__new__(cls, value)
        member._value_ = value
        member.__doc__ = doc
        return member

    DONE = 0, "Done."
    FAILED = (
        1,
        "A program outside (tmux, git) or orch itself failed; a run failed or was cancelled; a gather "
        "member is gone.",
    )
    USAGE = (
        2,
        "An argument, the configuration, or a workflow or team file is invalid; a program is missing.",
    )
    WAITING = 3, "A headless run is waiting at a gate; it can be resumed."
    REFUSED = (
        4,
        "Refused, with the reason; nothing has changed. For a run: a gate was denied.",
    )
    NO_CARD = (
        5,
        "Not found or ambiguous: card, request, run, gate, workflow, mailbox, message or gather.",
    )
    NO_HUB = 6, "The hub is not running, or does not respond."
    TIMEOUT = 7, "`orch wait`: the timeout has passed."
    UNREACHABLE = 8, "`orch wait`: it cannot be reached any more: a card was removed, or is done."
    INTERRUPTED = 130, "Interrupted by Ctrl-C."
    PIPE_CLOSED = 141, "The reader of the output closed it."
