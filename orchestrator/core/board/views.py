"""What clients are shown of the board: frozen, flat, and all that the API speaks of."""

from dataclasses import dataclass

from orchestrator.core.model import DEFAULT_AGENT, Evidence, Failure, Landed, Prompt
from orchestrator.core.workflow.views import GateView

_LAST = float("inf")


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as every client shows it, and an element of `orch ls --json`.

    `state` is a `Status`, or `new` (never started) or `queued` (waits for a free place).
    `reason` says in words why it is there. `since` is when it entered that state.
    """

    id: str
    slug: str
    title: str
    column: str
    state: str
    reason: str
    since: float
    evidence: str
    """The source of the state: a `Source`."""
    unknown_since: float | None
    """Set when the sources could not be read: what is shown is as old as this."""
    asks: bool
    """In Review, and its last words ask something."""
    unread: bool
    attention: int
    """0 when nobody is needed; else how urgently, 1 most. Among equals the oldest `since` comes first."""
    repo: str
    base: str
    branch: str
    worktree: str | None
    window: str | None
    pane: str | None
    pid: int | None
    session_id: str | None
    model: str
    permission_mode: str
    context_percent: float | None
    cost_usd: float
    queue_position: int | None
    queued_prompts: int
    held: str | None
    finished: str | None
    last_words: str
    output: str
    """What a failed set-up command or a dead window printed last."""
    rescues: tuple[str, ...]
    labels: tuple[str, ...]
    created_at: float
    run: str = ""
    """The run (`r3`) for which it works; empty for a card of its own."""
    stage: str = ""
    """The stage of that run."""
    where: str = "local"
    """`local` (in a window), `headless`, or the name of a host."""
    lead: str = ""
    """The mailbox of the session that coordinates it."""
    unread_mail: int = 0
    cut_off: str = ""
    """What its turn was doing when its session ended, in words; empty where none was cut off, or it has been
    told how to go on."""
    prompts: tuple[str, ...] = ()
    """Prompts that were typed and are not in the conversation, for a person to send again or to drop."""
    unasked_end: bool = False
    """Its session ended though nobody asked for it: `orch resume --all` brings it back."""
    bell: str = ""
    """How its session is notified of mail; begins with `not responding` if it does not fetch it."""
    pinned: bool = False
    """It stands first in its column."""
    drafts: int = 0
    """Comments on its diff that have not been sent."""
    comments: int = 0
    """Comments on its diff in all, and notes of its session's."""
    review_at: float = 0.0
    """When its comments, notes or marks changed last."""
    fault: str = ""
    """What failed in orch itself about this card, in words, while it is retried; else empty."""
    agent: str = DEFAULT_AGENT
    """The agent program that works for it, by its name in the configuration."""


def rank(card: CardView) -> tuple[float, float, float, int]:
    """Sorts what needs a human to the front, the most urgent and then the oldest first; then the cards that
    wait to start, in that order; then the others, the one that changed last first."""
    position = _LAST if card.queue_position is None else card.queue_position
    since = card.since if card.attention else -card.since
    return card.attention or _LAST, position, since, int(card.id.removeprefix("c"))


def in_column(card: CardView) -> tuple[float, ...]:
    """Sorts the cards of a column as they stand in it, on the board and in `orch ls`."""
    return not card.pinned, *rank(card)


@dataclass(frozen=True, slots=True)
class HubView:
    """The hub's health and the sums that stand in the board's header."""

    pid: int
    port: int
    version: str
    started_at: float
    sessions: int
    max_sessions: int
    queued: int
    queue_reason: str
    """Why cards wait in the queue; empty when none does."""
    waiting: int
    """How many entries the queue has: everything that waits for a human."""
    cost_today_usd: float
    five_hour_percent: float | None
    five_hour_resets_at: float | None
    seven_day_percent: float | None
    seven_day_resets_at: float | None
    trouble: str
    """What is wrong with the hub's own sources (tmux away, disk full), in words; else empty."""
    foreign: int = 0
    """How many windows of another journal there are."""


@dataclass(frozen=True, slots=True)
class CardDetail:
    """All that can be told of one card. `history` is the journal's, oldest first; `heard` is what
    each source said last, and is forgotten when the hub restarts."""

    card: CardView
    prompt: str
    outbox: tuple[Prompt, ...]
    failure: Failure | None
    history: tuple[Evidence, ...]
    heard: tuple[Evidence, ...]
    landed: Landed | None = None
    """How its branch was landed, or is about to be, with its check and what that printed."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What stands in a session's pane: `text` has ANSI colours and one line per row."""

    text: str
    width: int
    height: int
    at: float


@dataclass(frozen=True, slots=True)
class Attachment:
    """How a terminal gets to a session: run `argv`, with `TMUX` taken out of the environment
    unless `inside`, where the user's terminal already is a client of the same tmux server."""

    argv: tuple[str, ...]
    inside: bool
    view: str = ""
    """The view's name, by which the hub tells afterwards which card was seen last."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a client needs of the hub's configuration."""

    keys: dict[str, str]
    """Action id to key, only those that the user has changed."""
    back_key: str
    """tmux's name of the key that leads from an attached session to the board."""
    next_key: str
    """tmux's name of the key that leads to the next card that waits."""
    models: tuple[str, ...]
    permission_modes: tuple[str, ...]
    model: str
    permission_mode: str
    agents: tuple[str, ...] = (DEFAULT_AGENT,)
    """The names of the agent programs that a card may have."""
    agent: str = DEFAULT_AGENT
    """That of cards which name none."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for a human.

    `kind` is `permission`, `question`, `plan`, `dialog`, `gate`, `stage` (a human must decide about a stage
    of a run), `card` (a session asks for a card of its own), `mail` (a message to the human), `run` (a run
    has failed, or was denied), `run_done`, `pause` (two sessions that write to each other in circles),
    `error`, `rate_limit`, `stall`, `exit`, `lost`, `asks` (a turn ended with a question in prose), `review`
    or `prompt` (a typed prompt without receipt).
    Ids of requests are `c12.k3f`, of gates `g7`, of stages `r3.merge`, of runs `r3`, of mail the message's
    own; of everything else `c12.<kind>`.
    """

    id: str
    card: str
    """Empty for a gate, and for a stage that has no card."""
    slug: str
    """The card's; of what has no card, the run's id."""
    title: str
    kind: str
    summary: str
    since: float
    urgency: int
    """1 most urgent; see `core.needs`."""
    evidence: str
    answerable: bool
    """Whether it can be answered from here; else only in the session's own terminal."""
    options: tuple[str, ...]
    """What can be said to it: `allow always deny` to a permission, `allow deny` to a plan, a question's
    labels, `approve deny` to a gate, `done fail prompt retry skip` to a stage, or nudges (`continue
    interrupt restart resume`)."""
    hint: str
    """Where it can't be answered from here, in words, what to do."""
    lifts_at: float | None = None
    """When a rate limit lifts, where the agent has said."""
    run: str = ""
    """The run that it holds up, with `stage`; empty for what belongs to no run."""
    stage: str = ""
    unusual: str = ""
    """Hidden and steering characters in what is to be decided, in words; they are shown in ASCII. Empty where
    there are none."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of `AskUserQuestion`; `options` are (label, description)."""

    text: str
    header: str
    multi: bool
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NeedDetail:
    """A need with all that there is to be read before answering it."""

    need: Need
    detail: str
    """The whole command, the diff of an edit, the URL, the plan, or a session's last words."""
    diff: bool
    """Whether `detail` is a unified diff."""
    questions: tuple[Question, ...]
    always: tuple[str, ...]
    """What `always` may mean, in words; the number of one (from 0) goes with the answer."""
    gate: GateView | None = None
    """The gate, where it is one; `detail` holds its message."""
    version: str = ""
    """Of a dialog: which one was looked at. An answer to it says so."""
    allowed_by: str = ""
    """Of a request: what would have spared it, in words."""


@dataclass(frozen=True, slots=True)
class Waited:
    """How long one card's session waited for a human on one day, in seconds, and how often."""

    day: str
    card: str
    title: str
    seconds: float
    times: int
    by: dict[str, int]
    """Answers by where they came from: `tui`, `cli`, `phone`, `rule`, `pane`."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rules of today would have answered to a past request."""

    at: float
    card: str
    summary: str
    answer: str
    """`allow`, `deny` or `ask`."""
    rule: str
    """The rule's name; empty when none matched."""
    was: str
    """How it was answered then, and by whom, in words."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person is told of at once: a gate has opened, or still waits after a while; a stage is
    blocked; a run has ended."""

    at: float
    need: str
    """The id of what waits, `g7`, `r3.merge` or `r3`."""
    text: str
