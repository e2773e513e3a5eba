"""`orch rules …`: the rules that answer requests automatically."""

import json
from collections.abc import Sequence

import click

from orchestrator.cli.cards.views import terminal_width
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import fit, pad, plain, widths
from orchestrator.cli.verb_table import GROUPS
from orchestrator.paths import user_config

_HERE = "orchestrator.cli.queue.rules"
_COLOURS = {"allow": "green", "deny": "red"}

rules = LazyGroup(
    name="rules",
    help=GROUPS["rules"],
    prefix="rules.",
    verbs={"list": f"{_HERE}:list_", "test": f"{_HERE}_trial:test"},
)


@verb("rules.list")
@json_option("Print a list of rules as JSON.")
def list_(as_json: bool) -> None:
    from orchestrator.cli.settings import load_config  # costs a fifth of a second

    found = [rule.model_dump() for rule in load_config().rules]
    if as_json:
        click.echo(json.dumps(found, indent=2))
    elif found:
        rows = [(rule["name"], rule["answer"], _conditions(rule)) for rule in found]
        click.echo("\n".join(table(("RULE", "ANSWER", "WHERE"), rows)))
    else:
        click.echo(f"No rules. Add [[rules]] to {user_config()}.", err=True)


def _conditions(rule: dict[str, str]) -> str:
    parts = [f"{name} {rule[name]}" for name in ("tool", "command", "path", "repo", "label") if rule[name]]
    return ", ".join(part for part in parts if part != "tool *") or "tool *"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Aligned, the answers coloured; the last column is shortened to the terminal's width."""
    lines = [tuple(heads), *(tuple(map(plain, row)) for row in rows)]
    sizes = widths([line[:-1] for line in lines])
    width = terminal_width()
    room = None if width is None else max(8, width - sum(sizes) - 2 * len(sizes))
    shown = []
    for line in lines:
        parts = [pad(text, size) for text, size in zip(line, sizes, strict=False)]
        parts = [
            click.style(part, fg=_COLOURS[text]) if head == "ANSWER" and text in _COLOURS else part
            for part, text, head in zip(parts, line, heads, strict=False)
        ]
        shown.append("  ".join([*parts, line[-1] if room is None else fit(line[-1], room)]).rstrip())
    return shown
