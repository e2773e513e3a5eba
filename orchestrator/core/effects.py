"""Effects: what the hub has to do outside, each answered by an event.

Effects are derived from the state alone, so that a hub that was killed derives the same ones again.
"""

from dataclasses import dataclass

from orchestrator.core.forge.links import owed as forge_owed
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.model import Card, Launch, Prompt, Step
from orchestrator.core.overlaps.notes import unsent
from orchestrator.core.sessions.facts import rests, unwatched
from orchestrator.core.sessions.model import Session, Window
from orchestrator.core.sessions.states import OVER, STATES


@dataclass(frozen=True, slots=True)
class AddWorktree:
    card: str


@dataclass(frozen=True, slots=True)
class SetUpWorktree:
    card: str


@dataclass(frozen=True, slots=True)
class OpenWindow:
    card: str
    run: int


@dataclass(frozen=True, slots=True)
class TypePrompt:
    card: str
    prompt: str


@dataclass(frozen=True, slots=True)
class EndSession:
    card: str
    run: int


@dataclass(frozen=True, slots=True)
class MakeLanding:
    card: str


@dataclass(frozen=True, slots=True)
class ProveMerged:
    """Finds out whether the card's merged change request has everything that its worktree has."""

    card: str


@dataclass(frozen=True, slots=True)
class MoveBase:
    card: str


@dataclass(frozen=True, slots=True)
class RemoveWorktree:
    card: str
    rescue: bool


@dataclass(frozen=True, slots=True)
class TellOverlap:
    """Sends the card's session the note about another card. `kind` is `overlap` or `conflict`."""

    card: str
    other: str
    kind: str


@dataclass(frozen=True, slots=True)
class RestoreWorktree:
    card: str


@dataclass(frozen=True, slots=True)
class MoveBaseBack:
    card: str


@dataclass(frozen=True, slots=True)
class ReachForge:
    """Does what is next for the card's issue and change request. `kind` and `act` say what that is, and
    `number` is the number of the next act: they differ after every step."""

    card: str
    kind: str
    act: str
    number: int


@dataclass(frozen=True, slots=True)
class FixChange:
    """Sends the session what its change request lacks, as of `revision`; or pushes what it committed after
    that, if `push`. `round_` counts those that were sent."""

    card: str
    revision: str
    push: bool
    round_: int


CardEffect = (
    AddWorktree
    | SetUpWorktree
    | OpenWindow
    | TypePrompt
    | EndSession
    | MakeLanding
    | ProveMerged
    | MoveBase
    | RemoveWorktree
    | TellOverlap
    | RestoreWorktree
    | MoveBaseBack
    | ReachForge
    | FixChange
)


def owed(card: Card) -> CardEffect | None:
    """The next effect for this card, if there is one."""
    if card.launch:
        match card.launch.step:
            case Step.WORKTREE:
                return AddWorktree(card.id)
            case Step.SETUP:
                return SetUpWorktree(card.id)
            case Step.WINDOW:
                return OpenWindow(card.id, card.launch.run)
        return None
    if card.ending:
        return _owed_to_an_ending(card)
    if prompt := next_prompt(card):
        return TypePrompt(card.id, prompt.id)
    if alive(card) and (note := unsent(card.overlap_notes)):
        return TellOverlap(card.id, note.other, note.kind)
    return None


def owed_to_forge(card: Card) -> ReachForge | None:
    """The same for what the card has on a forge, which delays nothing else."""
    step = forge_owed(card.forge)
    if step is None:
        return None
    return ReachForge(card.id, step.kind, step.act.id if step.act else "", card.forge.next_act)


def next_prompt(card: Card) -> Prompt | None:
    """The queued prompt that may be typed now: the session is idle and no earlier prompt is unconfirmed."""
    if not card.outbox or not may_type(card.session):
        return None
    first = card.outbox[0]
    return first if first.state == "queued" else None


def may_type(session: Session | None) -> bool:
    """Whether the registry itself reports that the session is idle (promise 3), or the program
    reports nothing at all: what is typed there waits in the terminal until it is read."""
    if session is None or not session.pane or session.facts.asks:
        return False
    if unwatched(session.facts):
        return session.status not in OVER
    return STATES[session.status].may_type and rests(session.facts)


def opening(card: Card, launch: Launch, *, found: bool) -> str:
    """The prompt of a start; empty for none. `found` is whether the conversation is on disk, which alone
    decides whether it is resumed or started. The card's first prompt is sent once."""
    if found:
        return launch.prompt if launch.resume else ""
    return launch.prompt or ("" if card.prompt_taken else card.prompt)


def alive(card: Card) -> bool:
    """Whether the card has a session whose process has not ended."""
    return card.session is not None and card.session.status not in OVER


def over(card: Card) -> bool:
    """Whether the card had a session whose process has ended."""
    return card.session is not None and card.session.status in OVER


def has_window(card: Card) -> bool:
    """Whether the card's session may still have its window. Ids of windows are only valid within one run of a
    tmux server."""
    session = card.session
    return (
        session is not None
        and bool(session.window)
        and not session.closed
        and session.facts.window not in (Window.CLOSED, Window.SERVER_GONE)
    )


def _owed_to_an_ending(card: Card) -> CardEffect | None:
    ending = card.ending
    assert ending is not None
    if ending.then == "undo":
        if ending.gone and not card.worktree:
            return RestoreWorktree(card.id)
        return MoveBaseBack(card.id) if ending.made else None
    if ending.how in METHODS and not ending.merged:
        if not ending.admitted:
            return None  # until it is its turn
        return MoveBase(card.id) if ending.made else MakeLanding(card.id)
    if ending.how == "pr" and not ending.merged:
        return ProveMerged(card.id)
    if card.session and not card.session.closed:
        return EndSession(card.id, card.session.run)
    removes = ending.how in (*METHODS, "pr", "discard") or (ending.then == "remove" and ending.how != "keep")
    if removes and card.worktree and card.worktree.made:
        return RemoveWorktree(card.id, ending.rescue)
    return None
