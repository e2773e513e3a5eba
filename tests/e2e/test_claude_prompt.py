"""How the real `claude` is told its first prompt: not where other users of the machine can read it."""

import json
from pathlib import Path

import pytest

from orchestrator.core.sessions.signals import PromptTaken
from tests.e2e.messages_api import MessagesApi
from tests.e2e.real_session import RealSession

pytestmark = pytest.mark.claude


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "prompt",
    ["MARK fix it", "--version", "MARK two\n\nlines, `ticks` and $HOME", "é" * 60_000],
    ids=["a line", "an option", "two paragraphs", "120 kB"],
)
def test_a_first_prompt_is_taken_up_and_no_argument_list_shows_it(
    session: RealSession, api: MessagesApi, prompt: str
) -> None:
    session.start(prompt, system_prompt="SYSTEM-MARK be brief")
    session.turns(1)
    (taken,) = session.ear.heard(PromptTaken)
    assert taken.text.split() == prompt.split()
    shown = Path(f"/proc/{session.terminal.pid}/cmdline").read_bytes().decode()
    assert "MARK" not in shown
    assert prompt not in shown.split("\0")
    assert any("SYSTEM-MARK" in json.dumps(each.body) for each in api.requests)
    session.send("MARK and a second one")
    session.turns(2)
