"""`orch mail key`: the key that the hubs of a shared mail store have in common."""

import json
import sys

import click

from orchestrator.cli.group import verb
from orchestrator.cli.options import json_option
from orchestrator.client import Failed, Refused
from orchestrator.config.mail_key import NoKeyError, mail_key, set_mail_key
from orchestrator.paths import Home


@verb("mail.key")
@click.option(
    "--set", "sets", is_flag=True, help="Read the key of another hub from standard input and store it."
)
@json_option("Print an object with key and file as JSON.")
def key(*, sets: bool, as_json: bool) -> None:
    home = Home.from_environment()
    try:
        if sets:
            set_mail_key(home, sys.stdin.readline().strip())
        else:
            home.make()
        found = mail_key(home)
    except NoKeyError as error:
        raise Refused("the key was not set", str(error)) from error
    except OSError as error:
        raise Failed("cannot use the state directory", str(error)) from error
    if as_json:
        click.echo(json.dumps({"key": found, "file": str(home.mail_key)}))
    elif sets:
        click.echo("The key is set. To apply it to a running hub: orch hub restart", err=True)
    else:
        click.echo(found)
