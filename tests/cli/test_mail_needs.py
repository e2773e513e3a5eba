"""Mail, wanted cards and paused pairs in `orch queue`, `orch answer` and `orch watch`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from click.testing import Result

from orchestrator.cli.cards.watch_lines import Watcher, in_words
from orchestrator.cli.queue.text import whole
from orchestrator.client import Board, MailChanged
from orchestrator.core.board.views import NeedDetail
from orchestrator.core.literals import NeedKind
from tests.cli.canned import CARD, GATHER, HUB, MAIL, NEED
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]


GONE = replace(GATHER.members[1], part="gone", state="its session exited", needs_human=False)


def need(name: str, kind: NeedKind, **changes: Any) -> NeedDetail:
    return NeedDetail(replace(NEED, id=name, kind=kind, **changes), "Which\nthen?", False, (), ())


LETTER = need("m1", "mail", options=("reply", "read"), slug="worker-1", title="Worker 1")
WANTED = need("c1.card", "card", options=("allow", "deny"))
PAUSE = need("pause.worker-1.worker-2", "pause", options=("continue",), title="worker-1 and worker-2")


def test_a_message_in_the_queue_says_how_it_is_read_and_answered() -> None:
    lines = whole(LETTER, 1000.0)
    assert lines[2:4] == ["  | Which", "  | then?"]
    assert lines[-2:] == ['  orch mail send --reply-to m1 "..."', "  orch mail read m1"]


def test_a_paused_pair_says_how_its_mail_is_read_and_how_it_goes_on() -> None:
    assert whole(PAUSE, 1000.0)[-2:] == [
        "  orch mail read --box worker-1",
        "  orch mail unpause worker-1 worker-2",
    ]


def test_a_card_that_a_session_asks_for_is_allowed_or_denied(hub: StandIn, orch: Orch) -> None:
    hub.needs = [WANTED]
    assert whole(WANTED, 1000.0)[-1] == "  orch answer c1.card allow|deny"
    assert orch("answer", "c1.card", "allow").stdout.startswith("c1 auth-refactor: allowed; now ")
    assert orch("answer", "c1.card", "deny", "--message", "Too many.").exit_code == 0
    assert [body["verdict"] for _, body in hub.asked] == ["allow", "deny"]


def test_a_message_is_no_request_and_answer_says_what_to_do_instead(hub: StandIn, orch: Orch) -> None:
    hub.needs = [LETTER]
    done = orch("answer", "m1", "allow")
    assert (done.exit_code, done.stdout) == (4, "")
    assert 'orch mail read m1; orch mail send --reply-to m1 "..."' in done.stderr
    assert hub.asked == []


def watched(*updates: Any) -> list[str]:
    watcher = Watcher()
    return [in_words(change) for update in updates for change in watcher.changes(update, 1000.0)]


def mail(*gathers: Any, trouble: str = "") -> MailChanged:
    return MailChanged(replace(MAIL, gathers=gathers, trouble=trouble))


def test_a_gather_is_told_of_when_it_is_opened_comes_further_and_is_complete() -> None:
    begun = replace(
        GATHER, members=(replace(GATHER.members[1], name="worker-1", needs_human=False), GATHER.members[1])
    )
    gone = replace(GATHER, members=(GATHER.members[0], GONE))
    assert watched(
        Board(HUB, (CARD,), mail=MAIL), mail(begun), mail(GATHER), mail(GATHER), mail(gone), mail(), mail()
    ) == [
        "f1 of coordinator: opened, waiting for worker-1, worker-2",
        "f1 of coordinator: open, 1 of 2 reported; missing: worker-2 (waiting for a person: permission)",
        "f1 of coordinator: open, 1 of 2 reported; missing: worker-2 (gone: its session exited)",
        "f1 of coordinator: complete, none missing",
    ]  # fmt: skip


def test_gathers_that_were_there_at_first_are_no_news_and_those_of_a_later_board_are() -> None:
    there = replace(MAIL, gathers=(GATHER,))
    assert watched(Board(HUB, (CARD,), mail=there)) == []
    assert watched(Board(HUB, (CARD,), mail=there), Board(HUB, (CARD,), mail=MAIL)) == [
        "f1 of coordinator: complete, none missing"
    ]
    assert watched(Board(HUB, (CARD,)), mail(GATHER)) == []


def test_a_store_that_is_away_is_told_of_and_ends_no_gather() -> None:
    first = Board(HUB, (CARD,), mail=replace(MAIL, gathers=(GATHER,)))
    assert watched(first, mail(trouble="Redis is away"), mail(GATHER)) == [
        "mail store: Redis is away",
        "the mail store has recovered",
    ]
