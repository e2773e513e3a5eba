"""What the exit code of `orch` says: the one table, which the docs print."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Each member's `__doc__` says what it means."""

    def __new__(cls, value: int, doc: str) -> "ExitCode":
        member = int.__new__(cls, value)
        member._value_ = value
        member.__doc__ = doc
        return member

    DONE = 0, "Done."
    FAILED = (
        1,
        "Something outside (tmux, git, the disk) failed, or orch itself did; a run failed or was cancelled; "
        "somebody of a gather is gone.",
    )
    USAGE = (
        2,
        "The command line, the configuration, or a workflow or team file is wrong; a program is missing.",
    )
    WAITING = 3, "A run that has no terminal waits at a gate; it can be resumed."
    REFUSED = (
        4,
        "Understood and refused, for the reason given; nothing has changed. Of a run: a gate was denied.",
    )
    NO_CARD = (
        5,
        "There is no such card, request, run, gate, workflow, mailbox, message or gather, or the name fits "
        "several.",
    )
    NO_HUB = 6, "No hub is running, or it does not answer."
    INTERRUPTED = 130, "Ended by Ctrl-C."
    PIPE_CLOSED = 141, "Whoever read the output stopped reading."
