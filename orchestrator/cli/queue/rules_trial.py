"""`orch rules test`: the answers of the rules to past requests, or to a given one."""

import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import click

from orchestrator.cli.connection import hub, running_hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import json_option
from orchestrator.cli.queue.rules import table
from orchestrator.cli.text import plain
from orchestrator.core.requests.cards import ShowCard
from orchestrator.core.requests.needs import TryRules
from orchestrator.core.rules import SHELLS, RequestFacts, Rule, judge
from orchestrator.core.text.clean import shown
from orchestrator.paths import from_worktree

_NOBODY_ELSE = "no rule matches: you are asked"


@verb("rules.test")
@click.argument("command", required=False)
@click.option(
    "--tool", default="", help="The requesting tool; default: Bash for a command, Write for a path."
)
@click.option("--path", "path", default="", metavar="FILE", help="A file it would touch.")
@click.option("--card", default="", help="As if requested by this card: its repository, labels and worktree.")
@click.option("--repo", default="", help="The repository, without a card; default: the current directory.")
@click.option("--label", "labels", multiple=True, help="A label of the card; repeatable.")
@click.option("--no-sandbox", is_flag=True, help="As a command that requests to run outside the sandbox.")
@click.option(
    "--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How many days back."
)
@json_option("Print an object with answer, rule and why as JSON; for past requests, a list of them.")
def test(
    *,
    command: str | None,
    tool: str,
    path: str,
    card: str,
    repo: str,
    labels: tuple[str, ...],
    no_sandbox: bool,
    days: int,
    as_json: bool,
) -> None:
    from orchestrator.cli.settings import load_config  # costs a fifth of a second
    from orchestrator.config import rules_of

    rules = rules_of(load_config())  # errors in the rules are reported here, like those of any setting
    if command is None and not path and not tool:
        _past(days, as_json)
        return
    facts = RequestFacts(
        tool or ("Bash" if command is not None else "Write"), command or "", unsandboxed=no_sandbox
    )
    root = repo or str(Path.cwd())
    worktree = root if Path(root).is_dir() else str(Path.cwd())
    if card:
        found = running_hub().submit(ShowCard(card)).card
        root, labels, worktree = found.repo, (*found.labels, *labels), found.worktree or found.repo
    if path:
        facts = replace(facts, paths=(from_worktree(path, worktree, worktree),))
    _one(rules, facts, root, labels, as_json)


def _one(
    rules: tuple[Rule, ...], facts: RequestFacts, repo: str, labels: tuple[str, ...], as_json: bool
) -> None:
    from orchestrator import shell  # a parser that only this needs

    script = shell.read(facts.command) if facts.tool in SHELLS and facts.command else None
    ruling = judge(rules, facts, repo=repo, labels=labels, script=script)
    if as_json:
        click.echo(json.dumps({**asdict(facts), **asdict(ruling)}))
        return
    colour = {"allow": "green", "deny": "red"}.get(ruling.answer)
    by = f"by the rule {plain(ruling.rule)}" if ruling.rule else _NOBODY_ELSE
    click.echo(f"{click.style(ruling.answer, fg=colour)}: {by}")
    for why in ruling.why.split("; ") if ruling.why else ():
        click.echo(f"  {plain(shown(why))}")


def _past(days: int, as_json: bool) -> None:
    found = hub().submit(TryRules(days))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
        return
    if not found:
        click.echo(f"No requests in the past {days} days.", err=True)
        return
    rows = [
        (
            time.strftime("%m-%d %H:%M", time.localtime(each.at)),
            each.card,
            each.answer,
            each.rule,
            each.was,
            each.summary,
        )
        for each in found
    ]
    click.echo("\n".join(table(("WHEN", "CARD", "ANSWER", "RULE", "WAS", "SUMMARY"), rows)))
    answered = sum(each.answer != "ask" for each in found)
    click.echo(f"{answered} of {len(found)} would be answered by a rule.", err=True)
