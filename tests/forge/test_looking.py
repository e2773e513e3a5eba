"""An act in doubt is settled by what the server shows; of two boards that claim an issue one gets it."""

import threading

import pytest

from orchestrator.core.forge.changes.change import ChangeRequest, NoChange
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.marks import Mark, mark_of, marked
from orchestrator.core.forge.outbox.acts import FieldAct, OpenChange
from orchestrator.core.forge.outbox.fields import Standing, digest
from orchestrator.core.forge.outbox.receipts import Fate, fate
from orchestrator.world.forge.errors import ForgeError, ForgeRefused
from orchestrator.world.forge.github.client import GitHub
from orchestrator.world.forge.github.token import Token
from orchestrator.world.forge.looking import (
    carry_out,
    claim,
    created_issue,
    free,
    left_claim,
    look,
    opened_change,
)
from tests.forge.conftest import issue, shop
from tests.forge.server import Fault, Server

MINE = Mark("b-1", "c1")
ACTS = [
    FieldAct("add_label", "wip"),
    FieldAct("remove_label", "bug"),
    FieldAct("assign", "ada"),
    FieldAct("title", "New title"),
    FieldAct("body", "New body"),
    FieldAct("comment", "In progress"),
    FieldAct("close", "completed"),
]


def test_an_item_is_seen_as_the_compare_wants_it(server: Server, github: GitHub) -> None:
    item = server.world.issue(server.world.repo(), "Crash", labels=["b", "a"])
    server.world.say(item, "bob", "I have it too.")
    ref = issue(server, 1)
    own = carry_out(github, ref, FieldAct("comment", "In progress"), MINE)
    assert carry_out(github, ref, FieldAct("comment", "Done"), MINE, own) == own
    seen = look(github, ref, MINE)
    assert (seen.title, seen.labels, seen.standing) == ("Crash", ("a", "b"), Standing())
    assert (seen.comment, seen.comment_id, seen.others) == (digest("Done"), own, 1)
    assert look(github, ref, comment_id=own).comment is NOT_FETCHED
    server.world.say(item, "bob", item.comments[-1].body)
    assert look(github, ref, MINE).comment_id == own, "a copy of the mark is not ours"


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.kind)
@pytest.mark.parametrize("after", [True, False], ids=["answer lost", "never arrived"])
def test_an_act_in_doubt_is_settled_by_looking(
    server: Server, github: GitHub, act: FieldAct, after: bool
) -> None:
    server.world.issue(server.world.repo(labels=["bug", "wip"]), "Crash", labels=["bug"])
    ref = issue(server, 1)
    before = look(github, ref, MINE)
    method = {"add_label": "POST", "assign": "POST", "comment": "POST", "remove_label": "DELETE"}.get(
        act.kind, "PATCH"
    )
    server.fail(Fault(0, after=after), method, "/issues/1")
    with pytest.raises(ForgeError) as raised:
        carry_out(github, ref, act, MINE)
    assert raised.value.maybe_done
    remote = look(github, ref, MINE)
    assert fate(act, before, remote, github.history(ref, 0.0), "ada") is (
        Fate.DONE if after else Fate.NOT_SENT
    )


@pytest.mark.parametrize("act", ACTS[:4], ids=lambda act: act.kind)
def test_what_a_person_undid_after_a_lost_answer_is_known(
    server: Server, github: GitHub, act: FieldAct
) -> None:
    item = server.world.issue(server.world.repo(labels=["bug", "wip"]), "Crash", labels=["bug"])
    ref = issue(server, 1)
    before = look(github, ref, MINE)
    carry_out(github, ref, act, MINE)
    server.world.label(item, "wip", "bob", there=False)
    server.world.label(item, "bug", "bob")
    server.world.assign(item, "ada", "bob", there=False)
    item.title = "Crash"
    found = fate(act, before, look(github, ref, MINE), github.history(ref, 0.0), "ada")
    assert found is Fate.UNDONE


@pytest.mark.parametrize("after", [True, False], ids=["answer lost", "never arrived"])
def test_what_was_created_is_found_again_by_its_mark_or_its_branch(
    server: Server, github: GitHub, after: bool
) -> None:
    repo = server.world.repo(branches={"orch/fix": "c0ffee"})
    mark, started = Mark("b-1", "c1", "act", "a3"), 1_767_225_600.0  # when the stand-in's clock begins
    server.world.issue(repo, "Older", body=marked("", Mark("b-1", "c1", "act", "a2")))
    server.world.issue(repo, "A copy", "bob", body=marked("", mark))
    server.fail(Fault(0, after=after), "POST", "/issues")
    with pytest.raises(ForgeError):
        github.create_issue(shop(server), "New", marked("Text", mark), ())
    made = created_issue(github, shop(server), mark, started)
    assert (made.title if made else None) == ("New" if after else None)
    change = OpenChange("orch/fix", "main", "Fix", "")
    assert isinstance(opened_change(github, shop(server), change), NoChange)
    server.fail(Fault(0, after=after), "POST", "/pulls")
    with pytest.raises(ForgeError):
        github.open_change(shop(server), change)
    assert isinstance(opened_change(github, shop(server), change), ChangeRequest) is after


def test_of_two_claims_at_once_exactly_one_wins(server: Server) -> None:
    item = server.world.issue(server.world.repo(permissions={"bob": "push"}), "Crash")
    won: list[str] = []
    lost: list[str] = []
    ready = threading.Barrier(2)

    def board(login: str) -> None:
        github = GitHub(server.api, lambda: Token(f"ghp_{login}_secret", "a test"))
        ready.wait()
        try:
            claim(github, issue(server, 1), Mark(f"b-{login}", "c1"), "Taken.", login=login, label="orch")
            won.append(login)
        except ForgeRefused as error:
            lost.append(str(error))
        github.close()

    threads = [threading.Thread(target=board, args=(login,)) for login in ("ada", "bob")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(won) == len(lost) == 1
    assert item.assignees == won
    assert item.labels == ["orch"]
    assert [(each.author, mark_of(each.body)) for each in item.comments] == [
        (won[0], Mark(f"b-{won[0]}", "c1"))
    ]
    other = next(each for each in ("ada", "bob") if each != won[0])
    assert lost == [
        f"ada/shop#1 is taken: card c1 on the board of {won[0]} has it. Unlink it there first."
    ], other


def test_a_claim_is_repeated_after_a_crash_without_a_second_comment(server: Server, github: GitHub) -> None:
    item = server.world.issue(server.world.repo(), "Crash")
    server.fail(Fault(0, after=True), "POST", "/comments")
    with pytest.raises(ForgeError):
        claim(github, issue(server, 1), MINE, "Taken.", login="ada")
    for _ in range(2):
        claim(github, issue(server, 1), MINE, "Taken.", login="ada")
    assert (len(item.comments), item.assignees) == (1, ["ada"])
    with pytest.raises(ForgeRefused, match="card c1 on this board has it"):
        claim(github, issue(server, 1), Mark("b-1", "c2"), "Taken.", login="ada")
    assert len(item.comments) == 1


def test_a_released_claim_lets_the_next_card_have_the_issue(server: Server, github: GitHub) -> None:
    item, ref = server.world.issue(server.world.repo(), "Crash", labels=["bug"]), issue(server, 1)
    claim(github, ref, MINE, "Taken.", login="ada", label="orch")
    assert left_claim(github, ref, MINE.board) == MINE
    assert left_claim(github, ref, "another") is None
    for _ in range(2):
        free(github, ref, MINE, "Released.", "orch")
    assert (left_claim(github, ref, MINE.board), item.labels) == (None, ["bug"])
    claim(github, ref, Mark("another", "c1"), "Taken.", login="ada")
    assert left_claim(github, ref, "another") == Mark("another", "c1")
