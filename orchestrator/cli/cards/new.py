"""`orch new`: creates a card, and starts its session unless told to wait."""

from pathlib import Path

import click

from orchestrator import regular_file
from orchestrator.cli.cards.verbs import report
from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.machine.trust import with_trust
from orchestrator.cli.options import from_stdin, json_option
from orchestrator.core.requests.cards import New

_LARGEST_PROMPT = 1_000_000


@verb("new")
@click.argument("title")
@click.argument("stdin", metavar="[-]", type=click.Choice(["-"]), required=False)
@click.option("--prompt", help="The session's first prompt; - reads it from standard input.")
@click.option(
    "--prompt-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that contains the first prompt.",
)
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="Any path in the repository; default: the current directory.",
)
@click.option("--base", default="", help="The base of the branch; default: the default branch.")
@click.option("--branch", default="", help="The branch's name; default: from the card's name.")
@click.option("--name", default="", help="The card's short name; default: from the title.")
@click.option("--agent", default="", help="The agent program, by its name in the configuration.")
@click.option("--model", default="", help="The agent's model.")
@click.option("--permission-mode", default="", help="The agent's permission mode, such as plan.")
@click.option("--label", "labels", multiple=True, help="A label, which rules may require; repeatable.")
@click.option("--backlog", is_flag=True, help="Create the card in the backlog; start nothing.")
@json_option("Print the new card as a JSON line.")
def new(
    *,
    title: str,
    stdin: str | None,
    prompt: str | None,
    prompt_file: Path | None,
    repo: Path,
    base: str,
    branch: str,
    name: str,
    agent: str,
    model: str,
    permission_mode: str,
    labels: tuple[str, ...],
    backlog: bool,
    as_json: bool,
) -> None:
    if not title.strip():
        raise click.UsageError("the title is empty.")
    if not all(each.strip() and each.isprintable() for each in labels):
        raise click.UsageError("a label is empty, or more than one line.")
    first = _first_prompt(stdin, prompt, prompt_file)
    client = hub()
    card = with_trust(
        client,
        lambda: client.submit(
            New(
                title,
                repo=str(repo.resolve()),
                prompt=first,
                base=base,
                branch=branch,
                name=name,
                agent=agent,
                model=model,
                permission_mode=permission_mode,
                labels=tuple(dict.fromkeys(each.strip() for each in labels)),
                backlog=backlog,
            )
        ),
    )
    report(card, as_json)


def _first_prompt(stdin: str | None, prompt: str | None, file: Path | None) -> str:
    if sum(each is not None for each in (stdin, prompt, file)) > 1:
        raise click.UsageError("use only one of --prompt, --prompt-file and -.")
    if stdin or prompt == "-":
        return from_stdin()
    if file is None:
        return prompt or ""
    try:
        return regular_file.read(file, _LARGEST_PROMPT).decode("utf-8").strip("\n")
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not UTF-8 text.") from None
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror}.") from None
