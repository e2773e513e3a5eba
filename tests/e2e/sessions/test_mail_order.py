"""A coordinator and workers that nobody has told of each other's ids, with the real Claude Code, in both
orders of starting: no team file, no task, no reply_to."""

from pathlib import Path

import pytest

from tests.conftest import git
from tests.e2e.messages_api import Text
from tests.e2e.sessions.test_mail import RULES, bash, mail, said, to, tree_of, writes
from tests.e2e.sessions.world import World
from tests.poll import poll

pytestmark = pytest.mark.claude

COORDINATOR = (
    "You are the coordinator. Wait with a gather until all workers (worker-1, worker-2, worker-3) have "
    "reported. Then write SUMMARY.md and send a note to mailbox review-queue."
)
WORKER = "You are worker {}. When done, send a completion signal to mailbox coordinator with a summary."
MODE = ("--permission-mode", "default")
"""Auto mode asks the API whether an action is safe, which the scripted one can't say."""
NAMES = ("worker-1", "worker-2", "worker-3")


def start_coordinator(world: World) -> None:
    world.orch("new", "coordinator", *MODE, "--prompt", COORDINATOR)


def start_workers(world: World) -> None:
    for number in (1, 2, 3):
        world.orch("new", f"worker-{number}", *MODE, "--prompt", WORKER.format(number))


def script(world: World) -> None:
    (world.home.root / "config.toml").write_text(RULES)
    world.orch("hub", "restart")
    kinds = ("status", "done", "note")
    for number, kind in zip((1, 2, 3), kinds, strict=True):
        world.api.script(
            f"You are worker {number}.",
            bash("git status"),
            mail("mail_send", to="coordinator", kind=kind, body=f"Part {number} is done: all tests pass."),
            Text("Done."),
        )
    world.api.script(
        "You are the coordinator.",
        mail("mail_gather", expect=list(NAMES), wait_s=300),
        *writes(tree_of(world, "coordinator"), "SUMMARY.md", "All three parts are done.\n"),
        mail("mail_send", to="review-queue", kind="note", body="Please review.", refs=["SUMMARY.md"]),
        Text("All is in."),
    )


@pytest.mark.long
@pytest.mark.parametrize("first", ["the coordinator", "the workers"])
def test_a_coordinator_and_its_workers_finish_in_whichever_order_they_start(world: World, first: str) -> None:
    script(world)
    if first == "the coordinator":
        start_coordinator(world)
        poll(lambda: world.client.mail().gathers, "the coordinator to wait")
        start_workers(world)
    else:
        start_workers(world)
        for name in NAMES:
            world.until(name, "idle", last_words="Done.")
        start_coordinator(world)
    world.until("coordinator", "idle", last_words="All is in.")
    told = said(world, "You are the coordinator.")
    assert "is complete: 3 of 3 reported" in told
    tree: Path = tree_of(world, "coordinator")
    assert git(tree, "show", "HEAD:SUMMARY.md") == "All three parts are done."
    (note,) = to(world, "review-queue")
    assert "human" in note.to
    (need,) = [each for each in world.client.needs() if each.kind == "mail"]
    assert need.summary == "note to review-queue: Please review."
    world.orch("mail", "read", need.id)
    assert not [each for each in world.client.needs() if each.kind == "mail"]
