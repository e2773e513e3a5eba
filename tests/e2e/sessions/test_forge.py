"""Issues become cards, and a card a merged pull request: a person at the board, the real Claude Code, and
a server that stands in for GitHub."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.core.forge.marks import mark_of, unmarked
from orchestrator.paths import Home
from tests.conftest import git
from tests.e2e.messages_api import Text, ToolUse
from tests.e2e.sessions.screen import Person, at_the_board
from tests.e2e.sessions.test_workflows import ALLOW_WRITE, RULES, bash
from tests.e2e.sessions.world import World, ended
from tests.forge.server import Server
from tests.forge.state import Item, Pull
from tests.poll import PATIENCE, poll

pytestmark = [pytest.mark.claude, pytest.mark.timeout(600)]

_READS = 1.0
"""Seconds that a person looks at a list that has just opened before a key acts on it: sooner none does."""
_ROUND = 2 * PATIENCE
"""Seconds within which the hub has asked the forge by itself, also after a failure."""
PART, GREET, REQUEST = 1, 2, 3
"""The numbers of the issues and of the pull request."""
LOG = "\n".join(
    [
        *(f"2026-11-29T10:00:01.1234567Z test {number} passed" for number in range(3)),
        "2026-11-29T10:00:02.1234567Z E   AssertionError: the greeting has no name",
        "2026-11-29T10:00:03.1234567Z ##[error]Process completed with exit code 1.",
    ]
)


@pytest.fixture
def server(home: Home, repo: Path, tmp_path: Path) -> Iterator[Server]:
    """With two issues, and the repository, to which only ada may push."""
    made = Server()
    shop = made.world.repo()
    made.world.issue(shop, "Part politely")
    made.world.issue(shop, "Greet people", body="By their name.")
    made.git.make("ada/shop", tmp_path / "shop.git")
    git(repo, "remote", "add", "origin", f"http://127.0.0.1:{made.port}/ada/shop.git")
    git(repo, "push", "--quiet", "origin", "main")
    made.git.accounts, made.git.pushes = {"ada": "secret"}, []
    helper = "!f() { echo username=ada; echo password=secret; }; f"
    git(repo, "config", f"credential.http://127.0.0.1:{made.port}.helper", helper)
    token = home.root / "token"
    token.touch(0o600)
    token.write_text("ghp_ada_secret")
    config = f'[github]\nbase_url = "{made.api}"\ntoken_file = "{token}"\n'
    (home.root / "config.toml").write_text(config + RULES + ALLOW_WRITE)
    yield made
    made.close()
    assert made.wrong == []


def issue(server: Server, number: int) -> Item:
    return server.world.repos["ada/shop"].items[number]


def writes(world: World, slug: str, text: str, subject: str) -> tuple[ToolUse, ...]:
    file = world.repo.parent / "repo-orch" / slug / "greeting.txt"
    return (
        ToolUse("Write", {"file_path": str(file), "content": text}),
        bash("git add -A"),
        bash(f"git commit -qm '{subject}'"),
    )


def started(person: Person, many: int) -> None:
    """The person picks the first issues of the list and starts them."""
    person.sees("No cards yet")
    person.press("I")
    person.sees("Greet people", "Part politely")
    time.sleep(_READS)
    person.press(*"v" * many)
    person.sees(f"{many} marked")
    person.press("s")
    person.sees(f"Review {many}")


def claimed(item: Item) -> None:
    """Its labels, its assignee and its comment are those of a card that was started."""
    wanted = {"orch", "in progress"}, ["ada"], 1
    poll(lambda: (set(item.labels), item.assignees, len(item.comments)) == wanted, f"a claim of {item.title}")


def selects(person: Person, title: str) -> None:
    """The person puts the cursor on the card with this title."""
    person.press("/")
    person.type(title)
    person.sees("Review 1/")
    person.press("Escape")
    person.sees_no("Review 1/")


def published(server: Server, person: Person) -> tuple[Item, Pull]:
    """The person chooses Request in the dialog in which the card is finished."""
    person.press("L")
    person.sees("Finish c1", "1 commit, 1 file", "open a pull request")
    person.press("o")
    person.sees(f"#{REQUEST} ready")
    item = issue(server, REQUEST)
    assert item.pull is not None
    assert (item.title, item.body) == ("Greet", f"It greets.\n\nCloses #{GREET}")
    assert server.git.pushes == ["orch/greet-people"]
    return item, item.pull


def merged(server: Server, world: World, person: Person) -> None:
    """The person merges the card's request: nothing is left of the card but its commits."""
    card = world.card("c1")
    person.press("M")
    person.sees(f"Merge #{REQUEST} into main?", "It is ready.")
    person.press("y")
    person.sees("The repository allows:", "squash")
    person.press("2")
    done = world.until("c1", "exited", finished="pr")
    person.sees(f"#{REQUEST} merged")
    assert (done.column, done.worktree) == ("done", None)
    assert card.pid
    assert ended(card.pid)
    assert not Path(str(card.worktree)).exists()
    assert git(world.repo, "branch", "--list", card.branch) == ""
    closed = issue(server, GREET)
    assert (closed.open, [each["event"] for each in closed.events].count("closed")) == (False, 1)
    poll(lambda: "in progress" not in closed.labels, "the label to go", within=_ROUND)
    assert len(closed.comments) == 1


def test_an_issue_is_picked_and_leaves_the_board_as_a_merged_request_that_closed_it(
    server: Server, world: World
) -> None:
    world.api.script("Greet people", *writes(world, "greet-people", "Hello", "Greet"), Text("It greets."))
    with at_the_board(world, 80, 24) as person:
        started(person, 1)
        claimed(issue(server, GREET))
        selects(person, "Greet people")
        published(server, person)
        merged(server, world, person)


@pytest.mark.long
def test_two_issues_are_worked_on_across_a_cut_network_and_checks_that_fail_until_the_session_fixed_them(
    server: Server, world: World
) -> None:
    world.api.script("Greet people", *writes(world, "greet-people", "Hello", "Greet"), Text("It greets."))
    world.api.script("Part politely", Text("What shall it say?"))
    with at_the_board(world) as person:
        started(person, 2)
        parting = issue(server, PART)
        claimed(parting)
        selects(person, "Greet people")
        item, pull = published(server, person)

        server.away = True
        pull.checks, pull.logs = [("tests", "FAILURE")], {"tests": LOG}
        item.updated = server.world.tick()
        person.sees("as of", f"#{REQUEST} ready", within=_ROUND)
        selects(person, "Part politely")
        person.press("L")
        person.sees("Finish c2")
        person.press("d")
        person.sees("Done 1", "⇡")
        assert set(parting.labels) == {"orch", "in progress"}
        server.away = False
        person.sees(f"#{REQUEST} ✗ 1", within=_ROUND)
        person.sees_no("as of")
        poll(lambda: not parting.labels and not parting.assignees, "the claim to go", within=_ROUND)
        poll(
            lambda: world.client.show("c2").card.forge_outbox is None, "its changes to be sent", within=_ROUND
        )
        assert parting.open
        (said,) = parting.comments
        assert (unmarked(said.body), getattr(mark_of(said.body), "kind", "")) == (
            "Discarded on an orch board.",
            "free",
        )

        fix = writes(world, "greet-people", "Hello, Ada", "Greet by name")
        world.api.script("Greet people", *fix, Text("It knows names."))
        selects(person, "Greet people")
        person.press("f")
        person.sees(f"Fix #{REQUEST}", "tests failed", "the greeting has no name", "autofix (off)")
        person.press("t")
        person.sees("autofix (0 of 3)")
        person.press("Escape")
        broken = pull.sha
        poll(lambda: pull.sha != broken, "the push of the fix", within=_ROUND)
        assert pull.sha == git(world.repo, "rev-parse", "orch/greet-people")
        told = [each.last_message for each in world.api.requests if "is not ready" in each.last_message]
        assert "> E   AssertionError: the greeting has no name" in told[0]
        assert all(each == told[0] for each in told), "one prompt"
        assert server.git.pushes == ["orch/greet-people"] * 2

        pull.checks = [("tests", "SUCCESS")]
        item.updated = server.world.tick()
        person.sees(f"#{REQUEST} ✓ ready", within=_ROUND)
        selects(person, "Greet people")
        merged(server, world, person)
        assert len(server.world.repos["ada/shop"].items) == 3, "one pull request"
