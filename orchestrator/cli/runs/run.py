"""`orch run FILE`, and `orch run …` for existing runs."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import VerbGroup, verb
from orchestrator.cli.options import json_option, time_option
from orchestrator.cli.runs.output import exit_code_of, follow
from orchestrator.cli.runs.start import only_one, parsed_inputs, start, warn
from orchestrator.cli.text import plain

_HERE, _VERBS = "orchestrator.cli.runs.run", "orchestrator.cli.runs.verbs"
_OF_A_RUN = ("show", "pause", "resume", "cancel", "acknowledge", "retry", "skip", "done", "fail")

run = VerbGroup(
    name="run",
    help="Run a workflow, from a file or by name; or act on a run.",
    prefix="run.",
    itself=f"{_HERE}:run_file",
    bare=True,
    verbs={"list": f"{_VERBS}:list_", **{name: f"{_VERBS}:{name}" for name in _OF_A_RUN}},
)


@verb("run")
@click.argument("file", metavar="FILE", required=False)
@click.option(
    "--input", "inputs", multiple=True, metavar="NAME=VALUE", help="An input of the workflow; repeatable."
)
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="Any path in the repository; default: the current directory.",
)
@click.option("--follow", "-f", "follows", is_flag=True, help="Print a line per change until it ends.")
@click.option("--headless", is_flag=True, help="Run it here, without a terminal or tmux, as in CI.")
@click.option("--resume", metavar="RUN", default="", help="With --headless: resume this run.")
@click.option(
    "--retry",
    multiple=True,
    metavar="STAGE",
    help="With --resume: retry this stage first, even in a failed run.",
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --headless: the run's state directory; default: one per repository.",
)
@click.option(
    "--gate",
    "gates",
    multiple=True,
    metavar="NAME=VERDICT",
    help="With --headless: approve, deny or wait, for one gate or all (*); default: wait.",
)
@click.option(
    "--yes", "-y", is_flag=True, help="Allow what the workflow and the repository run, see orch trust."
)
@click.option("--note", default="", help="With --gate or --retry: a note, such as a reason.")
@time_option("--timeout", "With --headless: stop after a time such as 90s, 5m or 2h; the run can be resumed.")
@time_option(
    "--permission-timeout",
    "With --headless: how long a session's permission or question may wait for an answer before its stage "
    "fails; default: it fails at once.",
)
@json_option("Print the run as a JSON line; with --follow or --headless, one line per change.")
def run_file(
    *,
    file: str | None,
    inputs: tuple[str, ...],
    repo: Path,
    follows: bool,
    headless: bool,
    resume: str,
    retry: tuple[str, ...],
    state: Path | None,
    gates: tuple[str, ...],
    yes: bool,
    note: str,
    timeout: float | None,
    permission_timeout: float | None,
    as_json: bool,
) -> None:
    given = parsed_inputs(inputs)
    if headless:
        from orchestrator.cli.ci.headless import run_headless
        from orchestrator.cli.ci.headless_run import HeadlessOptions
        from orchestrator.cli.gates.orders import parsed

        _fits_together(file, given, resume=resume, retry=retry, gates=gates, note=note)
        order = HeadlessOptions(
            file=file or ("" if resume else only_one(repo.resolve())),
            inputs=given,
            repo=repo.resolve(),
            state=state,
            resume=resume,
            retry=retry,
            gates=parsed(gates),
            note=note,
            yes=yes,
            timeout=timeout,
            permission_timeout=permission_timeout or 0.0,
            as_json=as_json,
        )
        click.get_current_context().exit(run_headless(order))
    for is_there, option in (
        (resume, "--resume"),
        (retry, "--retry"),
        (state, "--state"),
        (gates, "--gate"),
        (note, "--note"),
        (timeout, "--timeout"),
        (permission_timeout, "--permission-timeout"),
    ):
        if is_there:
            raise click.UsageError(f"{option} requires --headless.")
    file = file or only_one(repo.resolve())
    client = hub()
    found = start(client, file, repo.resolve(), given, headless=False, yes=yes)
    warn(found)
    if as_json and not follows:
        click.echo(json.dumps(asdict(found)))
    elif not as_json:
        stages = ", ".join(plain(stage.name) for stage in found.stages)
        click.echo(f"{found.id} {plain(found.name)}: {found.state} ({stages})")
    if follows:
        click.get_current_context().exit(exit_code_of(follow(client, found, as_json)))


def _fits_together(
    file: str | None,
    inputs: dict[str, str],
    *,
    resume: str,
    retry: tuple[str, ...],
    gates: tuple[str, ...],
    note: str,
) -> None:
    if resume and (file or inputs):
        raise click.UsageError("--resume cannot be combined with FILE or --input.")
    if retry and not resume:
        raise click.UsageError("--retry requires --resume.")
    if note and not (gates or retry):
        raise click.UsageError("--note requires --gate or --retry.")
