"""The command line. What prompts and shells ask for again and again is answered without loading the rest."""

import os
import sys

TYPE_CHECKING = False  # `typing` takes longer to load than all the rest of `orch status`
if TYPE_CHECKING:
    import click

    root: click.Group

_COMPLETE = "_ORCH_COMPLETE"
_PIPE_CLOSED = 141
"""As in `exit_codes`."""


def main() -> None:
    """The program `orch`. Ends the process with one of the codes of `exit_codes`."""
    try:
        code = _quick()
        sys.stdout.flush()
    except BrokenPipeError:
        code = _PIPE_CLOSED
    if code is not None:
        sys.stderr.flush()
        os._exit(code)  # nothing is left to be done, and the interpreter's own end takes milliseconds
    from orchestrator.cli.program import root

    root(prog_name="orch")


def _quick() -> int | None:
    """Answers what can be answered at once, and returns the exit code; `None` for everything else."""
    if _COMPLETE in os.environ:
        from orchestrator.cli.scripts.quick_names import complete

        return 0 if complete(os.environ[_COMPLETE]) else None
    if sys.argv[1:2] == ["status"]:
        from orchestrator.cli.scripts import quick_status

        return quick_status.answer(sys.argv[2:])
    if sys.argv[1:] == ["ls", "--json"]:
        from orchestrator.cli.scripts import quick_ls

        return 0 if quick_ls.answer() else None
    return None


def __getattr__(name: str) -> "click.Group":
    """`root`, loaded when it is first used."""
    if name != "root":
        raise AttributeError(name)
    from orchestrator.cli import program

    return program.root
