"""The border at which a verb's failure becomes text and an exit code."""

import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import IO, Any

import click

from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.text import plain
from orchestrator.core.errors import OrchError
from orchestrator.core.text.clean import shown
from orchestrator.core.trust.secrets import masked
from orchestrator.paths import Home


class Unusable(click.ClickException):
    """A program that is not installed, or an invalid configuration: reported without the verb's usage, which
    would not help."""

    exit_code = ExitCode.USAGE

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"orch: {shown(self.message)}", file=file, err=file is None)


@contextmanager
def said_as_data() -> Iterator[None]:
    """click's own errors about a verb's arguments contain these as data, never as escape sequences."""
    try:
        yield
    except _Said:
        raise
    except click.ClickException as error:
        raise _Said(error) from error


class _Said(click.ClickException):
    """Another error, with its exit code, in text that is safe for a terminal."""

    def __init__(self, error: click.ClickException) -> None:
        super().__init__(shown(error.message))
        self.exit_code = error.exit_code  # type: ignore[misc]  # the stubs have it fixed
        text = StringIO()
        error.show(text)
        self._text = shown(text.getvalue())

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self._text, file=file, err=file is None, nl=False)


@contextmanager
def told_to_the_user(ctx: click.Context) -> Iterator[None]:
    """Ends the command with the exit code that fits the error raised inside."""
    try:
        yield
        sys.stdout.flush()
    except OrchError as error:
        tell(error)
        ctx.exit(exit_code(error))
    except KeyboardInterrupt:
        ctx.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The interpreter flushes once more at exit, and would fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        ctx.exit(ExitCode.PIPE_CLOSED)
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:  # noqa: BLE001 (a bug: the border where it goes to the log)
        click.echo(f"orch: a bug in orch: {plain(masked(repr(error)))}. {_kept()}", err=True)
        ctx.exit(ExitCode.FAILED)


def tell(error: OrchError, about: str = "") -> None:
    """One line on stderr, with `about` (a card, a file) before it."""
    click.echo(f"orch: {f'{about}: ' if about else ''}{plain(str(error))}", err=True)


def exit_code(error: OrchError) -> ExitCode:
    return ExitCode(error.exit_code)  # type: ignore[call-arg]  # members are made of two values


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
        return f"Details: {log}"
    return f"Cannot write to {log}"
