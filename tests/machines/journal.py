"""A card as the journal tells of it: opened, its first prompt taken up, at rest."""

from orchestrator.core.events import CardCreated, Event, SessionChanged, StartQueued, WindowOpened
from orchestrator.core.evolve import evolve
from orchestrator.core.model import State
from orchestrator.core.sessions.prompts import receipt
from orchestrator.core.sessions.signals import PromptTaken, RegistrySaid, Signal, TurnEnded
from orchestrator.core.sessions.transitions import transition

CREATED = CardCreated(1, "c1", "a", "A", "first prompt", "/r", "main", "b", "/w")
OPENED: tuple[Event, ...] = (
    CREATED,
    StartQueued(2, "c1", 1, "s1", resume=False, prompt="first prompt"),
    WindowOpened(3, "c1", 1, "@1", "%1", 7, 1, resumed=False, prompted=True),
)
TOOK = (RegistrySaid(4, "idle"), PromptTaken(5, "first prompt"), RegistrySaid(6, "busy"))
RESTS = (TurnEnded(7, "done"), RegistrySaid(8, "idle"))


def state_after(*events: Event) -> State:
    state = State()
    for event in events:
        state = evolve(state, event)
    return state


def hear(state: State, *signals: Signal) -> State:
    for signal_ in signals:
        card = state.cards["c1"]
        assert card.session
        for event in (
            SessionChanged(signal_.at, "c1", transition(card.session, signal_)),
            *receipt(card, signal_),
        ):
            state = evolve(state, event)
    return state
