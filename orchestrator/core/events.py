"""Events in the journal: past-tense facts, each with the time and its card's id."""

from dataclasses import dataclass

from orchestrator.core.forge.events import ForgeEvent
from orchestrator.core.landing.events import LandingEvent
from orchestrator.core.literals import AnswerVerdict, AskKind, Finishing, Sequel
from orchestrator.core.model import DEFAULT_AGENT, Failure, Worktree
from orchestrator.core.needs.grants import Right
from orchestrator.core.overlaps.events import OverlapEvent
from orchestrator.core.review.events import ReviewEvent
from orchestrator.core.rules import RequestFacts
from orchestrator.core.sessions.model import Meters, Session
from orchestrator.core.sessions.prompt_events import PromptEvent
from orchestrator.core.undo.events import UndoEvent
from orchestrator.core.workflow.events import RunEvent


@dataclass(frozen=True, slots=True)
class CardCreated:
    at: float
    card: str
    slug: str
    title: str
    prompt: str
    repo: str
    base: str
    branch: str
    path: str
    model: str = ""
    permission_mode: str = ""
    existing_branch: bool = False
    labels: tuple[str, ...] = ()
    run: str = ""
    """The run for which it works, with `stage`; empty for an independent card."""
    stage: str = ""
    where: str = "local"
    lead: str = ""
    wanted: bool = False
    """Requested by a session: it starts once a person approves it."""
    conversation: str = ""
    """The agent's conversation that its first start resumes; empty for a new conversation."""
    adopted: str = ""
    """The window of another journal's session that it took over; empty for other cards."""
    agent: str = DEFAULT_AGENT


@dataclass(frozen=True, slots=True)
class StartQueued:
    """A start was requested and waits for a free slot. `prompt` is the first one of a new conversation."""

    at: float
    card: str
    run: int
    session_id: str
    resume: bool
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class StartAdmitted:
    at: float
    card: str


@dataclass(frozen=True, slots=True)
class StartCancelled:
    at: float
    card: str


@dataclass(frozen=True, slots=True)
class StartFailed:
    """The start failed before there was a session."""

    at: float
    card: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class WorktreeAdded:
    at: float
    card: str
    worktree: Worktree


@dataclass(frozen=True, slots=True)
class SetupFinished:
    """The worktree is ready: files copied, set-up commands run."""

    at: float
    card: str


@dataclass(frozen=True, slots=True)
class WindowOpened:
    at: float
    card: str
    run: int
    window: str
    pane: str
    pid: int
    server: int
    resumed: bool = False
    """It resumed an earlier conversation."""
    prompted: bool | None = None
    """Whether it was started with a prompt that is kept until its conversation contains it; `None` if that
    cannot be tracked."""
    session_id: str = ""
    """The session's id, if it differs from the requested one."""


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """The session changed its state; `session` is everything known of it since."""

    at: float
    card: str
    session: Session


@dataclass(frozen=True, slots=True)
class RequestMade:
    """An agent asked for something; kept so that rules can be tried on it later."""

    at: float
    card: str
    request: str
    kind: AskKind
    summary: str
    facts: RequestFacts


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """A request was answered from outside of its session.

    `by` is `tui`, `cli`, `phone:NAME` or `rule`; `rule` names the rule. `waited` is in seconds.
    """

    at: float
    card: str
    request: str
    kind: AskKind
    summary: str
    verdict: AnswerVerdict
    said: str
    by: str
    rule: str
    waited: float
    user: str = ""
    """The account that answered."""


@dataclass(frozen=True, slots=True)
class DialogAnswered:
    """An option of a dialog in a session's pane was chosen from outside, by keys."""

    at: float
    card: str
    title: str
    option: str
    keys: str
    by: str


@dataclass(frozen=True, slots=True)
class RightGranted:
    """An answer `always` allowed something from now on; `run` is the session's."""

    at: float
    card: str
    run: int
    request: str
    right: Right
    by: str
    user: str


@dataclass(frozen=True, slots=True)
class SessionNudged:
    """A stuck session was nudged: `continue`, `interrupt` or `restart`; `by` is `rule` for an automatic
    nudge."""

    at: float
    card: str
    how: str
    by: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class SessionActed:
    """A session, or another process started by orch, requested something reserved for a person on the owner's
    socket.

    `act` is the name of the verb, `about` its object; `sign` is how the origin (`session c3`) was recognised.
    `card` is empty if it was not.
    """

    at: float
    card: str
    act: str
    about: str
    origin: str
    sign: str
    refused: bool


@dataclass(frozen=True, slots=True)
class DeviceActed:
    """A paired phone did something, or was paired or revoked. `by` is `phone:NAME`, `act` the name of the
    verb, `about` its object; `card` is empty if it is not about one."""

    at: float
    card: str
    act: str
    about: str
    by: str


@dataclass(frozen=True, slots=True)
class MetersRead:
    """`day` is the local day (`2026-01-31`) on which the cost counts."""

    at: float
    card: str
    run: int
    day: str
    meters: Meters


@dataclass(frozen=True, slots=True)
class CardHeld:
    at: float
    card: str
    note: str


@dataclass(frozen=True, slots=True)
class CardReleased:
    at: float
    card: str


@dataclass(frozen=True, slots=True)
class CardPinned:
    at: float
    card: str
    pinned: bool
    """`False` to unpin."""


@dataclass(frozen=True, slots=True)
class CardLabelled:
    at: float
    card: str
    labels: tuple[str, ...] = ()
    """All labels that it has now."""


@dataclass(frozen=True, slots=True)
class CardAcknowledged:
    at: float
    card: str
    attached: bool = False
    """By attaching to its window: decisions stay open."""


@dataclass(frozen=True, slots=True)
class CardReopened:
    at: float
    card: str


@dataclass(frozen=True, slots=True)
class EndingAsked:
    """The user wants the session ended; `then` is what follows (see `Ending`)."""

    at: float
    card: str
    then: Sequel
    rescue: bool = False
    how: Finishing = ""
    into: str = ""


@dataclass(frozen=True, slots=True)
class SessionClosed:
    """orch ended the session's process and closed its window."""

    at: float
    card: str
    run: int


@dataclass(frozen=True, slots=True)
class WorktreeRemoved:
    """`rescue` is the ref that keeps what would have been lost; empty if nothing would."""

    at: float
    card: str
    rescue: str
    notes: str = ""
    """What stays or could not be saved, and is not a loss; as text."""
    tip: str = ""
    """The commit that its branch had."""


@dataclass(frozen=True, slots=True)
class WorktreeMoved:
    """Its worktree was found at another path, or its branch under another name."""

    at: float
    card: str
    path: str
    branch: str


@dataclass(frozen=True, slots=True)
class EndingFailed:
    """What should have followed the session's end was refused or failed; the card stays as it is."""

    at: float
    card: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class EndingDone:
    at: float
    card: str


@dataclass(frozen=True, slots=True)
class CardRemoved:
    at: float
    card: str


CardEvent = (
    CardCreated
    | StartQueued
    | StartAdmitted
    | StartCancelled
    | StartFailed
    | WorktreeAdded
    | SetupFinished
    | WindowOpened
    | SessionChanged
    | RequestMade
    | RequestAnswered
    | RightGranted
    | DialogAnswered
    | SessionNudged
    | SessionActed
    | DeviceActed
    | MetersRead
    | PromptEvent
    | CardHeld
    | CardReleased
    | CardPinned
    | CardLabelled
    | CardAcknowledged
    | CardReopened
    | EndingAsked
    | SessionClosed
    | LandingEvent
    | WorktreeRemoved
    | WorktreeMoved
    | EndingFailed
    | EndingDone
    | CardRemoved
    | ReviewEvent
    | ForgeEvent
    | OverlapEvent
    | UndoEvent
)

Event = CardEvent | RunEvent


def subject(event: Event) -> str:
    """The id of the card or the run that an event is about."""
    return event.card if isinstance(event, CardEvent) else event.run
