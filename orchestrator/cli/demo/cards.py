"""The cast of `orch demo`: cards, a run and a team, and the state in which each settles."""

import json
import time
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from orchestrator.cli.demo.sandbox import WORKFLOW, Stage
from orchestrator.client import Client
from orchestrator.core.requests.cards import Finish, New, ShowBoard, ShowCard
from orchestrator.core.requests.mail import ListDead, ShowMail, StartTeam
from orchestrator.core.requests.runs import ListRuns, RunWorkflow

SETTLES_WITHIN = 90.0
_FILES = files("orchestrator") / "demo/stage"


def cast(stage: Stage, client: Client) -> None:
    """Creates the cards one after another, starts a run and a team, and finishes the cards for Done."""
    cards = sorted((each["card"] for each in _scripts().values() if "card" in each), key=_order)
    for card in cards:
        client.submit(
            New(
                card["title"],
                repo=str(stage.repo),
                prompt=card["prompt"],
                name=card["name"],
                permission_mode=card.get("permission_mode", ""),
                backlog=card.get("backlog", False),
            )
        )
    client.submit(RunWorkflow(WORKFLOW, repo=str(stage.repo), inputs={}))
    client.submit(StartTeam((_FILES / "team.yml").read_text(), repo=str(stage.repo)))
    for card in cards:
        if how := card.get("finish"):
            _wait_for(client, card["name"], "idle")
            client.submit(Finish(card["name"], how))


def unsettled(client: Client) -> list[str]:
    """Cards, runs and mailboxes, by name, that have not reached the state their scripts lead to."""
    wanted = {name: each["settles"] for name, each in _scripts().items() if "settles" in each}
    cards = [
        card.slug
        for card in client.submit(ShowBoard()).cards
        if not card.run and card.state not in wanted[card.slug]
    ]
    runs = [run.name for run in client.submit(ListRuns()) if run.state != "gate-blocked"]
    return [*cards, *runs, *_mail_on_its_way(client)]


def _mail_on_its_way(client: Client) -> Iterator[str]:
    gathers = client.submit(ShowMail()).gathers
    if not gathers:
        yield "the team's gather"
    for gather in gathers:
        yield from (
            f"mail of {each.name}"
            for each in gather.members
            if each.part != "reported" and not each.needs_human
        )
    if not client.submit(ListDead()):
        yield "the dead letter"


def _scripts() -> dict[str, dict[str, Any]]:
    """The scripts of the agents, by the names of their cards. Only those with a `card` are created here; the
    others come with the run and the team."""
    found: dict[str, dict[str, Any]] = {}
    for file in (_FILES / "cards").iterdir():
        name, said = file.name.removesuffix(".json"), json.loads(file.read_text())
        found[name] = {**said, "card": {"name": name, **said["card"]}} if "card" in said else said
    return found


def _order(card: dict[str, Any]) -> int:
    order: int = card["order"]
    return order


def _wait_for(client: Client, name: str, state: str) -> None:
    deadline = time.monotonic() + SETTLES_WITHIN
    while client.submit(ShowCard(name)).card.state != state and time.monotonic() < deadline:
        time.sleep(0.2)
