"""`orch phone`: turns the page for phones on, pairs phones, and revokes them."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import VerbGroup, verb
from orchestrator.cli.options import json_option
from orchestrator.cli.text import age, pad, plain, widths
from orchestrator.core.phone.devices import SCOPES, DeviceView, Pairing, PhoneView
from orchestrator.core.requests.phone import (
    ListDevices,
    PairPhone,
    RevokeDevice,
    ShowPhone,
    TurnPhoneOff,
    TurnPhoneOn,
)
from orchestrator.qr import qr_lines

_HERE = "orchestrator.cli.phone.phone"
_BLACK_ON_WHITE, _USUAL = "\x1b[38;5;16;48;5;231m", "\x1b[0m"

phone = VerbGroup(
    name="phone",
    help="Turn the page for phones on, and pair a phone by a QR code.",
    prefix="phone.",
    bare=True,
    itself=f"{_HERE}:start",
    verbs={name: f"{_HERE}:{name}" for name in ("on", "off", "pair", "devices", "revoke")},
)


@verb("phone")
@json_option("Print the page's state and a new pairing as JSON.")
def start(*, as_json: bool) -> None:
    client = hub()
    view = client.submit(TurnPhoneOn())
    pairing = client.submit(PairPhone())
    if as_json:
        click.echo(json.dumps({**asdict(view), "pairing": asdict(pairing)}, indent=2))
        return
    _pairing(pairing)
    click.echo()
    _reach(view)
    if view.devices:
        click.echo()
        click.echo("\n".join(_table(view.devices)))


@verb("phone.on")
@json_option("Print the page's state as JSON.")
def on(*, as_json: bool) -> None:
    view = hub().submit(TurnPhoneOn())
    if as_json:
        click.echo(json.dumps(asdict(view), indent=2))
        return
    click.echo(f"The phone page is on: {plain(view.address)}")
    _reach(view)
    if not view.devices:
        click.echo("No phone is paired. Pair one: orch phone pair")


@verb("phone.off")
@json_option("Print the page's state as JSON.")
def off(*, as_json: bool) -> None:
    view = hub().submit(TurnPhoneOff())
    click.echo(
        json.dumps(asdict(view), indent=2) if as_json else "The phone page is off. Phones stay paired."
    )


@verb("phone.pair")
@click.option(
    "--scopes",
    metavar="SCOPES",
    default="",
    help=f"What the phone may do: {', '.join(SCOPES)}; all that [phone] scopes says by default.",
)
@json_option("Print `url`, whose fragment holds the code, and `expires_at` as JSON.")
def pair(*, scopes: str, as_json: bool) -> None:
    given = tuple(each.strip() for each in scopes.split(",") if each.strip())
    pairing = hub().submit(PairPhone(given))
    if as_json:
        click.echo(json.dumps(asdict(pairing)))
    else:
        _pairing(pairing)


@verb("phone.devices")
@json_option("Print a list of devices as JSON.")
def devices(*, as_json: bool) -> None:
    client = hub()
    found = client.submit(ListDevices())
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
        return
    if found:
        click.echo("\n".join(_table(found)))
    else:
        click.echo("No phone is paired. Pair one: orch phone", err=True)
    view = client.submit(ShowPhone())
    if view.wrong_codes:
        click.echo(f"Wrong pairing codes within the last hour: {view.wrong_codes}", err=True)


@verb("phone.revoke")
@click.argument("device", metavar="NAME")
@json_option("Print the device as JSON.")
def revoke(*, device: str, as_json: bool) -> None:
    gone = hub().submit(RevokeDevice(device))
    click.echo(json.dumps(asdict(gone)) if as_json else f"{plain(gone.name)}: revoked; its pages are closed")


def _pairing(pairing: Pairing) -> None:
    """The code, drawn where a camera can see it, with how long it can be used."""
    if sys.stdout.isatty():
        for line in qr_lines(pairing.url):
            click.echo(f"{_BLACK_ON_WHITE}{line}{_USUAL}")
    until = time.strftime("%H:%M:%S", time.localtime(pairing.expires_at))
    click.echo(f"Scan it, or open: {pairing.url}")
    click.echo(f"It pairs one phone, until {until}. Whoever has this link can pair theirs: do not share it.")


def _reach(view: PhoneView) -> None:
    for line in view.reach:
        click.echo(line)


def _table(found: Sequence[DeviceView]) -> Iterator[str]:
    now = time.time()
    rows = [("PHONE", "PAIRED", "SEEN", "OPEN", "MAY")]
    for each in found:
        seen = "now" if each.connected else f"{age(now - each.seen_at)} ago"
        may = " ".join(each.scopes) + ("" if each.secure else " (http)")
        rows.append(
            (plain(each.name), f"{age(now - each.paired_at)} ago", seen, str(each.connected or ""), may)
        )
    sizes = widths([row[:-1] for row in rows])
    for row in rows:
        cells = [pad(text, size) for text, size in zip(row, sizes, strict=False)]
        yield "  ".join([*cells, row[-1]]).rstrip()
