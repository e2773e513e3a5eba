"""Starting a run: which file is meant, its inputs, and what is wrong with them."""

from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator.cli.failures import Unusable
from orchestrator.cli.text import plain
from orchestrator.cli.trust import with_trust
from orchestrator.client import Client, Missing, Refused, Untrusted
from orchestrator.core.workflow.views import RunView


def start(
    client: Client, file: str, repo: Path, inputs: dict[str, str], *, headless: bool, yes: bool = False
) -> RunView:
    """Begins the run; with `yes` also what nobody has allowed yet. Raises `Unusable` in the hub's words where
    file or inputs can't be used, `Untrusted` where something would run that is not allowed."""
    try:
        return with_trust(
            client,
            lambda: client.start_run(named(file), repo=str(repo), inputs=inputs, headless=headless),
            yes=yes,
        )
    except Untrusted:
        raise
    except (Refused, Missing) as error:
        raise unusable(str(error)) from error


def unusable(said: str) -> Unusable:
    """The words as an error of the command line's, in as many lines as they have."""
    return Unusable("\n".join(map(plain, said.splitlines())))


def named(file: str) -> str:
    """An absolute path where a path is meant; the name of a workflow stays as it is."""
    path = Path(file).expanduser()
    return str(path.absolute()) if path.is_file() or len(path.parts) > 1 else file


def parsed_inputs(words: Sequence[str]) -> dict[str, str]:
    """Name to value out of `NAME=VALUE`. Raises `click.UsageError`."""
    found: dict[str, str] = {}
    for word in words:
        name, is_there, value = word.partition("=")
        if not is_there or not name.strip():
            raise click.UsageError(f"--input takes NAME=VALUE, not {word!r}.")
        if name.strip() in found:
            raise click.UsageError(f"--input {name.strip()} is given twice.")
        found[name.strip()] = value
    return found
