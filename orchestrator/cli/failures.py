"""The border at which a verb's failure becomes words and an exit code."""

import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

import click

from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.text import plain
from orchestrator.client import HubAway, Missing, OrchError, Refused
from orchestrator.core.secrets import masked
from orchestrator.paths import Home


class Unusable(click.ClickException):
    """A program that is not installed, or a configuration with a mistake: said without the verb's usage,
    which would be no help."""

    exit_code = ExitCode.USAGE

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"orch: {self.message}", file=file, err=file is None)


@contextmanager
def told_to_the_user(ctx: click.Context) -> Iterator[None]:
    """Ends the command with the exit code that fits what is raised inside."""
    try:
        yield
        sys.stdout.flush()
    except OrchError as error:
        tell(error)
        ctx.exit(exit_code(error))
    except KeyboardInterrupt:
        ctx.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The interpreter flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        ctx.exit(ExitCode.PIPE_CLOSED)
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:  # noqa: BLE001 (a bug: the border where it goes to the log)
        click.echo(f"orch: a bug in orch: {plain(masked(repr(error)))}. {_kept()}", err=True)
        ctx.exit(ExitCode.FAILED)


def tell(error: OrchError, about: str = "") -> None:
    click.echo(f"orch: {f'{about}: ' if about else ''}{plain(str(error))}", err=True)


def exit_code(error: OrchError) -> ExitCode:
    match error:
        case Refused():
            return ExitCode.REFUSED
        case Missing():
            return ExitCode.NO_CARD
        case HubAway():
            return ExitCode.NO_HUB
        case _:
            return ExitCode.FAILED


def _kept() -> str:
    """Writes the traceback to the log and says where."""
    home = Home.from_environment()
    log = home.root / "cli.log"
    with suppress(OSError):
        home.make()
        with os.fdopen(
            os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8"
        ) as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} orch\n{masked(traceback.format_exc())}\n")
        return f"The details are in {log}"
    return f"Nothing could be written to {log}"
