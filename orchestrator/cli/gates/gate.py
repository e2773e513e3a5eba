"""`orch gate …`: list and decide gates."""

import getpass
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from orchestrator.cli.cards.views import terminal_width
from orchestrator.cli.connection import hub, running_hub
from orchestrator.cli.gates.signature import signed
from orchestrator.cli.gates.text import table, whole
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import from_stdin, json_option
from orchestrator.cli.text import plain
from orchestrator.cli.verb_table import GROUPS
from orchestrator.client import OrchError
from orchestrator.core.requests.gates import Approve, Deny, ListGates, ShowGate
from orchestrator.core.workflow.views import GateView

_HERE = "orchestrator.cli.gates.gate"

gate = LazyGroup(
    name="gate",
    help=GROUPS["gate"],
    prefix="gate.",
    verbs={"list": f"{_HERE}:list_", **{name: f"{_HERE}:{name}" for name in ("show", "approve", "deny")}},
)


def _complete(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        gates = running_hub().submit(ListGates())
    except OrchError:
        return []
    names = [(each.id, each.message) for each in gates if each.state == "open"]
    return [CompletionItem(name, help=plain(said)) for name, said in names if name.startswith(incomplete)]


def _gate_argument() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.argument("ref", metavar="GATE", shell_complete=_complete)


_json = json_option("Print the gate as a JSON line.")
_seen = click.option(
    "--seen",
    type=click.IntRange(min=0),
    metavar="VERSION",
    help="The version of the evidence you read; refused if it has changed.",
)
_who = click.option(
    "--as",
    "who",
    default=lambda: getpass.getuser(),  # noqa: PLW0108 (looked up when it is needed)
    metavar="NAME",
    help="Who decides; default: the current user.",
)


_key = click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="Sign the decision with this SSH key of NAME (see gates.signers).",
)


@verb("gate.list")
@click.option("--all", "every", is_flag=True, help="Include decided gates.")
@json_option("Print a list of gates as JSON.")
def list_(*, every: bool, as_json: bool) -> None:
    gates = [each for each in hub().submit(ListGates()) if every or each.state == "open"]
    if as_json:
        click.echo(json.dumps([asdict(each) for each in gates], indent=2))
    elif gates:
        click.echo("\n".join(table(gates, time.time(), terminal_width())))
    else:
        click.echo(
            "No gates." if every else "No gate is open. Decided ones: orch gate list --all",
            err=True,
        )


@verb("gate.show")
@_gate_argument()
@_json
def show(ref: str, as_json: bool) -> None:
    found = hub().submit(ShowGate(ref))
    click.echo(json.dumps(asdict(found)) if as_json else "\n".join(whole(found, time.time())))


@verb("gate.approve")
@_gate_argument()
@click.option("--note", default="", help="A note to store with the approval; - reads it from standard input.")
@_seen
@_who
@_key
@click.option("--yes", is_flag=True, help="Do not show the evidence and ask, even on a terminal.")
@_json
def approve(
    *, ref: str, note: str, seen: int | None, who: str, key: Path | None, yes: bool, as_json: bool
) -> None:
    client = hub()
    note = from_stdin() if note == "-" else note
    if seen is None and not (yes or as_json) and at_a_terminal():
        found = client.submit(ShowGate(ref))
        click.echo("\n".join(whole(found, time.time())))
        if found.state == "open":
            click.confirm(f"It has {found.unusual}. Approve?" if found.unusual else "Approve?", abort=True)
        ref, seen = found.id, found.version
    if key is None:
        _report(client.submit(Approve(ref, note=note, seen=seen, who=who)), as_json)
        return
    found = client.submit(ShowGate(ref))
    signature, seen = signed(key, found, seen, "approve", who, note)
    after = client.submit(Approve(found.id, note=note, seen=seen, who=who, signature=signature))
    _report(after, as_json)


@verb("gate.deny")
@_gate_argument()
@click.option(
    "--reason",
    "--note",
    "reason",
    required=True,
    help="The reason, passed to the retried stage; - reads it from standard input.",
)
@click.option("--comments", is_flag=True, help="Send the draft comments on its diffs along.")
@_seen
@_who
@_key
@_json
def deny(
    *, ref: str, reason: str, comments: bool, seen: int | None, who: str, key: Path | None, as_json: bool
) -> None:
    reason = from_stdin() if reason == "-" else reason
    if not reason.strip():
        raise click.UsageError("the reason is empty.")
    if comments and key is not None:
        raise click.UsageError("--comments cannot be signed: write them into the reason, or omit --key.")
    client = hub()
    if key is None:
        _report(client.submit(Deny(ref, note=reason, seen=seen, who=who, comments=comments)), as_json)
        return
    found = client.submit(ShowGate(ref))
    signature, seen = signed(key, found, seen, "deny", who, reason)
    _report(client.submit(Deny(found.id, note=reason, seen=seen, who=who, signature=signature)), as_json)


def at_a_terminal() -> bool:
    """Whether both ends are terminals, so that a question can be asked and answered."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _report(found: GateView, as_json: bool) -> None:
    click.echo(json.dumps(asdict(found)) if as_json else decided_in_words(found))


def decided_in_words(found: GateView) -> str:
    """The gate after a decision, and what it starts."""
    name = f"{found.id} {plain(found.stage)} of {found.run}"
    if found.state == "open":
        return f"{name}: {len(found.approved_by)} of {found.quorum} approvals; still open"
    if found.state == "approved":
        return f"{name}: approved; starting: {', '.join(map(plain, found.next)) or 'nothing further'}"
    back = f"{plain(found.on_deny)} runs again" if found.on_deny else "the run ends"
    return f"{name}: {found.state}" + (f"; {back}" if found.state == "denied" else "")
