"""`orch doctor`: checks this machine, and says how to fix what it finds."""

import json
from dataclasses import asdict

import click

from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import cells, pad, plain

_LOOK = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


@verb("doctor")
@json_option("Print a list of findings as JSON.")
def doctor(as_json: bool) -> None:
    from orchestrator.doctor import examine  # it imports every room, which is slow

    findings = examine()
    if as_json:
        click.echo(json.dumps([asdict(each) for each in findings], indent=2))
    else:
        size = max(cells(each.name) for each in findings)
        for each in findings:
            sign, colour = _LOOK[each.status]
            click.echo(f"{click.style(sign, fg=colour)} {pad(each.name, size)}  {plain(each.what)}")
            if each.fix:
                click.echo(f"  {' ' * size}  {plain(each.fix)}")
    failed = any(each.status == "fail" for each in findings)
    click.get_current_context().exit(ExitCode.FAILED if failed else ExitCode.DONE)
