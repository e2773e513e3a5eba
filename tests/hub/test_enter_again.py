"""A prompt whose Enter was lost is entered again, and no other."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestrator.agents.claude_code.input_box import holds
from orchestrator.core.model import Prompt
from orchestrator.hub.effects import prompt
from orchestrator.hub.effects.prompt import PromptEffects

RULE = "─" * 40


def box(text: str) -> str:
    return f"{RULE}\n❯\u00a0{text}\n{RULE}\n"


@pytest.mark.parametrize(
    ("shown", "stays"),
    [
        (box("fix the build"), True),
        (box("fix the\n  build"), True),
        (box("[Pasted text #1 +12 lines]"), True),
        (box(""), False),
        (box("something of the user's own"), False),
        ("no box at all", False),
        (f"{RULE}\n!\u00a0fix the build\n{RULE}\n", False),
    ],
)
def test_a_prompt_that_stays_in_the_box_is_known(shown: str, stays: bool) -> None:
    assert holds(shown, "fix the build") is stays


@dataclass
class Pane:
    """A pane in which a prompt stands in the box until Enter has been pressed `deaf` times."""

    deaf: int
    taken: Callable[[], None]
    pressed: list[str] = field(default_factory=list)

    def capture(self, panes: list[str], *, colour: bool) -> dict[str, str]:
        assert colour
        return {panes[0]: box("go" if len(self.pressed) < self.deaf else "")}

    def press(self, _pane: str, *keys: str) -> str:
        self.pressed += keys
        if len(self.pressed) >= self.deaf:
            self.taken()
        return ""


def effects(deaf: int, *, received: bool = False, ending: str = "") -> tuple[PromptEffects, Pane, Any]:
    session = SimpleNamespace(run=1, pane="%1")
    typed = Prompt("p1", "go", 0.0, "pasted", run=1)
    state = SimpleNamespace(cards={})
    card = SimpleNamespace(session=session, outbox=() if received else (typed,), ending=ending)
    state.cards["c1"] = card

    def taken() -> None:
        card.outbox = (replace(typed, state="received"),)

    pane = Pane(deaf, taken)
    agents = SimpleNamespace(of=lambda _: SimpleNamespace(screen=SimpleNamespace(holds=holds)))
    made = PromptEffects(
        cast("Any", SimpleNamespace(state=state)),
        cast("Any", pane),
        cast("Any", pane),
        cast("Any", agents),
        Path(),
    )
    return made, pane, session


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt, "_TAKEN", 0.01)


@pytest.mark.parametrize("deaf", [1, 2, 3])
def test_enter_is_pressed_again_until_the_prompt_is_taken(deaf: int) -> None:
    made, pane, session = effects(deaf)
    asyncio.run(made._enter_again("c1", session, "p1", "go"))  # noqa: SLF001
    assert pane.pressed == ["Enter"] * deaf


def test_no_more_than_three_times() -> None:
    made, pane, session = effects(9)
    asyncio.run(made._enter_again("c1", session, "p1", "go"))  # noqa: SLF001
    assert pane.pressed == ["Enter"] * 3


@pytest.mark.parametrize("why", [{"received": True}, {"ending": "stop"}])
def test_a_prompt_with_its_receipt_or_a_card_that_ends_gets_no_key(why: dict[str, Any]) -> None:
    made, pane, session = effects(1, **why)
    asyncio.run(made._enter_again("c1", session, "p1", "go"))  # noqa: SLF001
    assert pane.pressed == []


def test_an_empty_box_gets_no_key_though_the_receipt_is_late() -> None:
    made, pane, session = effects(0)
    asyncio.run(made._enter_again("c1", session, "p1", "go"))  # noqa: SLF001
    assert pane.pressed == []
