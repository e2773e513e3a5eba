"""A session is what its window's process wrote into the registry, whoever else has its conversation open."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from orchestrator.agents.claude_code.registry import RegistryChanges, RegistryEntry
from orchestrator.core.board.columns import place
from orchestrator.core.commands import Rejected, ResumeCard
from orchestrator.core.decide import decide
from orchestrator.core.sessions.model import Session, Status
from orchestrator.core.sessions.signals import ForeignProcessSeen, PaneDied
from orchestrator.hub.conversations.owners import Owners
from tests.core.test_transitions import started
from tests.machines.journal import OPENED, RESTS, TOOK, hear, state_after
from tests.poll import poll

_PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"


@pytest.fixture
def wrapped() -> Iterator[tuple[int, int]]:
    """A wrapper's process, and that of the agent below it."""
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdin=subprocess.PIPE) as wrapper:
        below = poll(lambda: psutil.Process(wrapper.pid).children(), "the process below")
        yield wrapper.pid, below[0].pid
        below[0].kill()


def _entry(pid: int, session_id: str = "s1") -> RegistryEntry:
    return RegistryEntry(pid, session_id, "/w", "", "busy", "", "2.1.332", 100.0)


def _session(pid: int) -> Session:
    return replace(started(), pid=pid)


def _claimed(owners: Owners, session: Session, *entries: RegistryEntry) -> list[tuple[str, int]]:
    owners.take(RegistryChanges(entries, ()))
    return [(card, entry.pid) for card, entry in owners.claim({"c1": session})]


def test_what_the_windows_own_process_wrote_is_the_sessions_whatever_its_id() -> None:
    for session_id in ("s1", "another, after /clear or --fork-session"):
        assert _claimed(Owners(), _session(77), _entry(77, session_id)) == [("c1", 77)]


def test_an_agent_below_a_wrapper_is_the_sessions(wrapped: tuple[int, int]) -> None:
    wrapper, agent = wrapped
    assert _claimed(Owners(), _session(wrapper), _entry(agent, "s2")) == [("c1", agent)]
    # the wrapper has started its agent again, and only tmux still knows the wrapper
    owners = Owners(panes={"%1": wrapper})
    assert _claimed(owners, _session(1_000_000), _entry(agent)) == [("c1", agent)]


def test_what_an_agent_starts_itself_is_another_session(wrapped: tuple[int, int]) -> None:
    agent, nested = wrapped
    owners = Owners()
    assert _claimed(owners, _session(agent), _entry(agent), _entry(nested)) == [("c1", agent)]
    assert owners.elsewhere("s1") == nested


def test_a_conversation_open_in_a_terminal_of_their_own_does_not_take_the_card_over(
    wrapped: tuple[int, int],
) -> None:
    theirs, _ = wrapped
    owners = Owners()
    assert _claimed(owners, _session(77), _entry(77), _entry(theirs)) == [("c1", 77)]
    assert (owners.elsewhere("s1"), owners.elsewhere("s2")) == (theirs, 0)
    owners.take(RegistryChanges((), (theirs,)))
    assert owners.elsewhere("s1") == 0


def test_an_entry_is_kept_until_its_window_is_known() -> None:
    owners = Owners()
    owners.take(RegistryChanges((_entry(77),), ()))
    assert not list(owners.claim({}))
    assert list(owners.claim({"c1": _session(77)})) == [("c1", _entry(77))]
    assert not list(owners.claim({"c1": _session(77)}))


def test_the_stranger_is_named_on_the_card_and_a_resume_beside_it_is_refused_in_words() -> None:
    state = hear(state_after(*OPENED), *TOOK, *RESTS, ForeignProcessSeen(20, 4321))
    card = state.cards["c1"]
    assert card.session
    assert card.session.status is Status.IDLE
    assert "process 4321 also has the conversation open" in place(card).reason
    assert "4321" not in place(hear(state, ForeignProcessSeen(21, 0)).cards["c1"]).reason
    dead = hear(state, PaneDied(50, 137))
    refused = decide(dead, ResumeCard("c1", open_in=4321), 60)
    assert isinstance(refused, Rejected)
    assert "process 4321, outside orch's windows, has it" in refused.why
    assert not isinstance(decide(dead, ResumeCard("c1"), 60), Rejected)
