"""`orch workflow …`: workflow files; needs no hub."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from orchestrator.cli.cards.views import terminal_width
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import fit, pad, plain, widths
from orchestrator.cli.verb_table import GROUPS
from orchestrator.client import Failed, Missing, Refused

if TYPE_CHECKING:  # importing it takes a third of a second
    from orchestrator.workflows import Problem, WorkflowError

_HERE = "orchestrator.cli.runs.workflow"

workflow = LazyGroup(
    name="workflow",
    help=GROUPS["workflow"],
    prefix="workflow.",
    verbs={
        "list": f"{_HERE}:list_",
        **{name: f"{_HERE}:{name}" for name in ("check", "schema", "init", "graph")},
    },
)

_REPO = click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The repository; default: the one around the current directory.",
)


def _complete(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from orchestrator.workflows.finding import files

    names = [CompletionItem(each.stem) for each in files(Path()) if each.stem.startswith(incomplete)]
    return [*names, CompletionItem(incomplete, type="file")]


@verb("workflow.list")
@_REPO
@json_option("Print a list of workflows as JSON.")
def list_(repo: Path, as_json: bool) -> None:
    from orchestrator.workflows import FOLDER, listing, root

    found = listing(repo)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
        return
    if not found:
        click.echo(
            f"No workflows in {root(repo)}: {FOLDER} has none, and there is no kandev.yml. "
            "Create one: orch workflow init",
            err=True,
        )
        return
    rows = [("NAME", "STAGES", "INPUTS", "TROUBLE")]
    for each in found:
        inputs = [f"{name}={default}" if default else name for name, _, default in each.inputs]
        rows.append(
            (plain(each.name), str(len(each.stages)), fit(plain(", ".join(inputs)), 40), plain(each.trouble))
        )
    sizes = widths([row[:-1] for row in rows])
    for row in rows:
        line = "  ".join(
            [*(pad(text, size) for text, size in zip(row, sizes, strict=False)), row[-1]]
        ).rstrip()
        width = terminal_width()
        click.echo(line if width is None else fit(line, width))
    for each in found:
        for note in each.notes:
            of = f" (one of {', '.join(map(plain, note.choices))})" if note.choices else ""
            click.echo(f"  {plain(each.name)} {plain(note.name)}: {plain(note.description)}{of}")


@verb("workflow.check")
@click.argument("files", metavar="[FILE]...", nargs=-1, shell_complete=_complete)
@json_option("Print a list of objects, one per problem, as JSON.")
def check(files: tuple[str, ...], as_json: bool) -> None:
    from orchestrator import config
    from orchestrator.workflows import FOLDER, WorkflowError, root
    from orchestrator.workflows import check as checked
    from orchestrator.workflows.finding import files as known

    settings = config.load()
    paths = [_found(each) for each in files] or list(known(Path()))
    if not paths:
        raise Missing(f"no workflows in {root(Path()) / FOLDER}", hint="Name a file")
    found: list[tuple[str, Problem]] = []
    for path in paths:
        try:
            problems = checked(_text(path), file=str(path), hosts=settings.hosts, agents=settings.agent_names)
        except WorkflowError as error:
            problems = error.problems
        found += [(str(path), each) for each in problems]
    if as_json:
        click.echo(json.dumps([{"file": file} | asdict(each) for file, each in found], indent=2))
    else:
        _print(found)
        _conclude(len(paths), [each for _, each in found])
    if not all(each.warning for _, each in found):
        sys.exit(ExitCode.USAGE)


def _conclude(files: int, found: list["Problem"]) -> None:
    errors = sum(not each.warning for each in found)
    warnings = len(found) - errors
    counts = [
        f"{number} {word}{'s' if number > 1 else ''}"
        for number, word in ((errors, "error"), (warnings, "warning"))
        if number
    ]
    said = " and ".join(counts) or "no problems"
    click.echo(f"{files} file{'s' if files > 1 else ''} checked: {said}.", err=True)


def _print(found: list[tuple[str, "Problem"]], *, err: bool = False) -> None:
    from orchestrator.workflows import located

    for file, problem in found:
        words = plain(located(problem, file))
        grade = click.style("warning", fg="yellow") if problem.warning else click.style("error", fg="red")
        place, mark, said = words.partition(": warning: " if problem.warning else ": error: ")
        click.echo(f"{place}: {grade}: {said}" if mark else words, err=err)


@verb("workflow.schema")
def schema() -> None:
    from orchestrator.workflows import schema as json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@verb("workflow.init")
@click.argument("name", default="feature")
@_REPO
def init(name: str, repo: Path) -> None:
    from orchestrator.workflows import FOLDER, example, root
    from orchestrator.workflows.finding import fits_a_file

    name = name.removesuffix(".yml").removesuffix(".yaml")
    if not fits_a_file(name):
        hint = "Use letters, digits, dots, - and _, such as: orch workflow init nightly"
        raise Refused(f"{plain(name)!r} is not a valid workflow name", hint=hint)
    folder = root(repo) / FOLDER
    file = folder / f"{name}.yml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (other := folder / f"{name}.yaml").exists():
            file = other
            raise FileExistsError
        with file.open("x", encoding="utf-8") as new:
            new.write(example(name))
    except FileExistsError:
        raise Refused(
            f"{file} already exists", "it is not overwritten", "Edit it, or choose another name"
        ) from None
    except OSError as error:
        raise Failed(f"cannot write {file}", error.strerror or str(error)) from error
    click.echo(file)


@verb("workflow.graph")
@click.argument("file", shell_complete=_complete)
@json_option("Print the stages and what each needs as JSON.")
def graph(file: str, as_json: bool) -> None:
    from orchestrator.workflows import WorkflowError, outline
    from orchestrator.workflows import graph as drawn

    path = _found(file)
    try:
        plan = outline(_text(path), file=str(path))
    except WorkflowError as error:
        _say_all(error)
        sys.exit(ExitCode.USAGE)
    click.echo(json.dumps(asdict(plan), indent=2) if as_json else drawn(plan, terminal_width() or 80))


def _say_all(error: "WorkflowError") -> None:
    _print([(error.file, each) for each in error.problems], err=True)


def _found(ref: str) -> Path:
    """The file. Raises `Missing`."""
    from orchestrator.workflows import WorkflowMissing, find

    try:
        return find(ref, Path())
    except WorkflowMissing as error:
        raise Missing(error.what, error.why, error.hint) from error


def _text(path: Path) -> str:
    """Raises `Missing` and `WorkflowError`."""
    from orchestrator.workflows import WorkflowMissing, read

    try:
        return read(path)
    except WorkflowMissing as error:
        raise Missing(error.what, error.why, error.hint) from error
