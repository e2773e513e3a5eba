"""However the line delivers what is typed, it does the same as when it is typed slowly."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.widgets import Checkbox, Input, Select, TextArea

from orchestrator.core.requests.needs import Answer
from orchestrator.core.requests.request import Request
from tests.clock import NOW, Clock
from tests.examples import examples
from tests.poll import PATIENCE
from widgets.app import OrchApp
from widgets.board.screen import BoardScreen
from widgets.gallery.boards import stage_mail, stage_runs
from widgets.gallery.client import GalleryClient
from widgets.input.arrivals import WINDOW

LOOKS = {"queue.show", "show", "preview", "gate.show", "workflow.list", "settings"} | {
    f"mail.{each}" for each in ("show", "messages", "threads", "dead")
}
"""What is only looked at."""
UP, DOWN, RIGHT, LEFT, TAB, BACK = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\t", "\x7f"
SHIFT_TAB, SEND, ENTER = "\x1b[Z", "\x13", "\r"
PASTE = "\x1b[200~two\nlines\x1b[201~"


@dataclass(frozen=True)
class Place:
    """Where keys are typed: what opens it, and what is typed there."""

    name: str
    opens: tuple[str, ...]
    keys: tuple[str, ...]
    mail: bool = False


WRITING = ("a", "n", "x", "/", "?", " ", TAB, ENTER, BACK, LEFT, RIGHT, UP, DOWN, SHIFT_TAB, SEND, PASTE)
BOARD = (
    "h",
    "j",
    "k",
    "l",
    "w",
    "u",
    "s",
    "n",
    "a",
    "r",
    "m",
    "i",
    "?",
    "/",
    " ",
    "x",
    "L",
    "y",
    SEND,
    PASTE,
    DOWN,
)
PLACES = (
    Place("new card", ("n",), WRITING),
    Place("prompt", ("s",), WRITING),
    Place("workflow", ("W",), WRITING),
    Place("team", ("T",), WRITING),
    Place("message", ("m", "c"), WRITING, mail=True),
    Place("hold", ("do hold",), WRITING),
    Place("finish", ("do finish",), ("j", "k", "m", "x", ENTER, UP, DOWN, "y", TAB)),
    Place("nudge", ("do nudge",), ("j", "k", "9", ENTER, UP, DOWN, TAB)),
    Place("question", ("do stop",), ("y", "n", TAB, LEFT, RIGHT, ENTER, "j", "u")),
    Place("filter", ("/",), ("c", "a", BACK, ENTER, "j", "u", LEFT, PASTE)),
    Place("palette", ("\x10",), ("s", "t", "o", "p", BACK, DOWN, ENTER, "u")),
    Place("details", ("i",), ("j", "k", "r", "q", ENTER, "u")),
    Place("board", (), BOARD),
    Place("queue", ("a",), ("j", "k", "n", "d", "1", "2", "o", "s", "i", "x", SEND, TAB, PASTE, LEFT)),
    Place("runs", ("r",), ("j", "k", "h", "l", "d", "t", "p", "n", "x", "W", SEND, TAB)),
    Place("mail", ("m",), ("j", "k", "h", "l", "c", "r", "t", "g", "x", SEND, TAB), mail=True),
)


@dataclass
class Outcome:
    asked: list[tuple[str, str]]
    screens: list[str]
    focused: str
    fields: list[tuple[str, str]]
    cursor: str
    told: list[str]


def typed(place: Place, pieces: Sequence[str]) -> Outcome:
    """What comes of these pieces, each delivered when all that the one before led to is done."""
    return asyncio.run(_typed(place, pieces))


async def _typed(place: Place, pieces: Sequence[str]) -> Outcome:
    client = stage_mail(NOW) if place.mail else stage_runs(NOW)
    clock = Clock()
    app = OrchApp(client, clock=clock, burst_window=WINDOW)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        board = app.screen_stack[0]
        assert isinstance(board, BoardScreen)
        line = XTermParser(debug=False)
        while board.mirror.hub is None or app.settings is None:
            await pilot.pause(0.01)
        board.jump("c1")
        for key in place.opens:
            if key.startswith("do "):
                board.perform(key[3:])
            else:
                _deliver(app, line, key)
            await _rest(app, pilot)
            clock.now += 1
        for piece in pieces:
            _deliver(app, line, piece)
            await _rest(app, pilot)
        return _outcome(app, board, client)


def _deliver(app: OrchApp, line: XTermParser, piece: str) -> None:
    for event in line.feed(piece):
        app.post_message(event)


async def _rest(app: OrchApp, pilot: Any) -> None:
    await pilot.pause(0.005)
    while not app.typed.idle:
        await asyncio.sleep(0.005)
    await pilot.pause(0.005)


def _outcome(app: OrchApp, board: BoardScreen, client: GalleryClient) -> Outcome:
    fields = [
        (f"{type(each).__name__}#{each.id}", str(each.text if isinstance(each, TextArea) else each.value))
        for each in app.screen.query("Input, TextArea, Checkbox, Select")
        if isinstance(each, Input | TextArea | Checkbox | Select)
    ]
    return Outcome(
        [(verb, _said(arguments)) for verb, arguments in client.asked if verb not in LOOKS],
        [type(screen).__name__ for screen in app.screen_stack],
        str(app.focused and (type(app.focused).__name__, app.focused.id)),
        fields,
        board.cursor.card,
        [f"{each.title}: {each.message}" for each in app._notifications],  # noqa: SLF001
    )


def _said(arguments: dict[str, Any]) -> str:
    return str({name: said for name, said in arguments.items() if name != "idem"})


@st.composite
def scripts(draw: st.DrawFn) -> tuple[Place, list[str], list[int]]:
    place = draw(st.sampled_from(PLACES))
    keys = draw(st.lists(st.sampled_from(place.keys), min_size=2, max_size=8))
    length = len("".join(keys))
    return place, keys, sorted(draw(st.sets(st.integers(1, length - 1), max_size=3)))


@pytest.mark.long
@pytest.mark.slow
@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(scripts())
def test_keys_in_any_split_do_the_same_as_typed_slowly(script: tuple[Place, list[str], list[int]]) -> None:
    place, keys, cuts = script
    whole = "".join(keys)
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert typed(place, pieces) == typed(place, keys)


def test_keys_behind_one_that_the_hub_does_not_answer_in_time_decide_nothing() -> None:
    """They were typed for the next request, or as its reason, and the first request is still in front."""
    asyncio.run(_behind_a_slow_answer("adno al"))


async def _behind_a_slow_answer(packet: str) -> None:
    client, clock, answers = stage_runs(NOW), Clock(), threading.Event()
    answer = client.submit

    def slowly(request: Request[Any]) -> Any:
        if isinstance(request, Answer):
            answers.wait(PATIENCE)
        return answer(request)

    client.submit = slowly  # type: ignore[method-assign]
    app = OrchApp(client, clock=clock, burst_window=WINDOW)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        board = app.screen_stack[0]
        assert isinstance(board, BoardScreen)
        while board.mirror.hub is None or app.settings is None:
            await pilot.pause(0.01)
        line = XTermParser(debug=False)
        _deliver(app, line, "a")
        await _rest(app, pilot)
        clock.now += 1
        _deliver(app, line, packet)
        await _rest(app, pilot)
        assert "The hub is slow" in [each.title for each in app._notifications]  # noqa: SLF001
        answers.set()
        await _rest(app, pilot)
        assert [verb for verb, _ in client.asked if verb not in LOOKS] == ["answer"]
        assert type(app.screen).__name__ == "NeedsPane"
