"""Starting a run: the file, its inputs, and their errors."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator.cli.failures import Unusable
from orchestrator.cli.machine.trust import with_trust
from orchestrator.cli.text import plain
from orchestrator.client import Client, Missing, Refused, Untrusted
from orchestrator.core.requests.runs import RunWorkflow
from orchestrator.core.workflow.views import RunView


def start(
    client: Client, file: str, repo: Path, inputs: dict[str, str], *, headless: bool, yes: bool = False
) -> RunView:
    """Starts the run; with `yes` also trusts its content. Raises `Unusable` with the hub's errors about the
    file or the inputs, `Untrusted` if something would run that is not trusted."""
    try:
        return with_trust(
            client,
            lambda: client.submit(RunWorkflow(named(file), repo=str(repo), inputs=inputs, headless=headless)),
            yes=yes,
        )
    except Untrusted:
        raise
    except (Refused, Missing) as error:
        what = f"{error.what}: {error.why}" if error.why else error.what
        raise unusable(f"{what}\n{error.hint}") from error


def only_one(repo: Path) -> str:
    """The workflow if none is named: the only one of the repository, or the one chosen at the terminal.
    Raises `Unusable` if there is none, or several and no terminal."""
    from orchestrator.workflows import FOLDER, listing, root  # costs a third of a second

    found = listing(repo)
    if not found:
        raise unusable(
            f"no workflow in {root(repo)}: {FOLDER} has none, and there is no kandev.yml\n"
            "Create one: orch workflow init. Or name a file: orch run FILE"
        )
    if len(found) == 1:
        return found[0].path
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        names = ", ".join(each.name for each in found)
        raise unusable(f"name the workflow to run: {names}\nFor example: orch run {found[0].name}")
    for number, each in enumerate(found, 1):
        click.echo(f"{number:>3}  {plain(each.name)}  {plain(each.trouble or ' → '.join(each.stages))}")
    number = click.prompt("Number of the workflow", type=click.IntRange(1, len(found)))
    return found[number - 1].path


def warn(run: RunView) -> None:
    """Warns on standard error about what will block stages later."""
    for caution in run.cautions:
        click.echo(f"orch: warning: {plain(caution)}", err=True)


def unusable(said: str) -> Unusable:
    """The text as a usage error, line by line."""
    return Unusable("\n".join(map(plain, said.splitlines())))


def named(file: str) -> str:
    """An absolute path if it is a path; the name of a workflow unchanged."""
    path = Path(file).expanduser()
    return str(path.absolute()) if path.is_file() or len(path.parts) > 1 else file


def parsed_inputs(words: Sequence[str]) -> dict[str, str]:
    """Name to value from `NAME=VALUE`. Raises `click.UsageError`."""
    found: dict[str, str] = {}
    for word in words:
        name, is_there, value = word.partition("=")
        if not is_there or not name.strip():
            raise click.UsageError(f"--input takes NAME=VALUE, not {word!r}.")
        if name.strip() in found:
            raise click.UsageError(f"--input {name.strip()} is given twice.")
        found[name.strip()] = value
    return found
