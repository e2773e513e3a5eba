import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from orchestrator.cli.cards.watch_lines import Change, Watcher, in_words
from orchestrator.client import Board, CardChanged, CardGone, HubChanged, NeedsChanged
from orchestrator.core.board.views import NeedDetail
from tests.cli.canned import CARD, HUB, NEED
from tests.cli.stand_in import StandIn

ORCH = [sys.executable, "-c", "from orchestrator.cli import main; main()"]


def watched(*updates: Any) -> list[str]:
    watcher = Watcher()
    return [in_words(change) for update in updates for change in watcher.changes(update, 1000.0)]


def test_of_the_first_board_only_what_waits_already_is_told() -> None:
    assert watched(Board(HUB, (CARD,), (NEED,))) == ["c1.k1 needs you: permission, Bash npm test"]


def test_a_state_or_a_column_that_changes_is_a_line_and_a_reason_alone_is_none() -> None:
    blocked = replace(CARD, state="permission", column="blocked", reason="Bash rm")
    lines = watched(
        Board(HUB, (CARD,)),
        CardChanged(replace(CARD, reason="Bash ls")),
        HubChanged(HUB),
        CardChanged(blocked),
        CardChanged(replace(blocked, column="done", reason="")),
        CardGone("c1"),
        CardGone("c1"),
        CardChanged(replace(CARD, id="c2", slug="docs")),
    )
    assert lines == [
        "c1 auth-refactor: working → permission [blocked] (Bash rm)",
        "c1 auth-refactor: permission → permission [done]",
        "c1 auth-refactor: removed",
        "c2 docs: working [in progress] (Bash npm test)",
    ]


def test_needs_come_and_go_and_a_later_one_of_the_same_id_is_another() -> None:
    review = replace(NEED, id="c1.review", kind="review", summary="")
    lines = watched(
        Board(HUB, (CARD,)),
        NeedsChanged((NEED,)),
        NeedsChanged((NEED, review)),
        NeedsChanged((replace(review, since=2000.0),)),
    )
    assert lines == [
        "c1.k1 needs you: permission, Bash npm test",
        "c1.review needs you: review",
        "c1.k1 no longer needs you",
        "c1.review needs you: review",
    ]


def test_a_whole_board_tells_what_was_missed() -> None:
    other = replace(CARD, id="c2", slug="docs")
    lines = watched(
        Board(HUB, (CARD, other), (NEED,)),
        Board(HUB, (replace(CARD, state="idle", column="review"),)),
    )
    assert lines == [
        "c1.k1 needs you: permission, Bash npm test",
        "c2 docs: removed",
        "c1 auth-refactor: working → idle [review] (Bash npm test)",
        "c1.k1 no longer needs you",
    ]


def test_a_hostile_summary_is_one_line_of_data() -> None:
    line = in_words(Change(0.0, "need", need="c1.k1", kind="permission", said="a\nb\x1b[2J\x1b]0;x\x07"))
    assert line == "c1.k1 needs you: permission, a b"


@contextmanager
def watching(*words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*ORCH, "watch", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        limit = threading.Timer(30, process.kill)
        limit.start()
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            limit.cancel()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 130


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().rstrip("\n") for _ in range(count)]


def test_watch_goes_on_when_the_hub_has_gone_and_come_back(hub: StandIn) -> None:
    changed = CardChanged(replace(CARD, state="idle"))
    back = replace(hub.board(), cards=(replace(CARD, state="error"),))
    hub.streams = [[hub.board(), changed], [], [back]]
    with watching() as process:
        said = [line.partition("  ")[2] for line in lines(process, 5)]
    assert said == [
        "c1 auth-refactor: working → idle [in progress] (Bash npm test)",
        "the hub is unreachable; sessions keep running",
        "the hub is back",
        "c1 auth-refactor: idle → error [in progress] (Bash npm test)",
        "the hub is unreachable; sessions keep running",
    ]


def test_watch_json_is_a_line_of_the_same_shape_for_each_change(hub: StandIn) -> None:
    hub.needs = [NeedDetail(NEED, "", False, (), ())]
    hub.streams = [[hub.board(), NeedsChanged(())]]
    with watching("--json") as process:
        said = [json.loads(line) for line in lines(process, 3)]
    assert [each["what"] for each in said] == ["need", "settled", "hub_away"]
    assert (said[0]["need"], said[0]["card"], said[0]["kind"]) == ("c1.k1", "c1", "permission")
    assert all(each.keys() == set(Change.__dataclass_fields__) for each in said)
