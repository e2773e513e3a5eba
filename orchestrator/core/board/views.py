"""Views of the board for clients: frozen and flat."""

from dataclasses import dataclass, field

from orchestrator.core.forge.autofix.views import AutofixView
from orchestrator.core.forge.away import ForgeAway
from orchestrator.core.forge.changes.view import ChangeView
from orchestrator.core.forge.outbox.waiting import ForgeOutbox
from orchestrator.core.forge.views import LinkedIssue
from orchestrator.core.literals import CardState, ColumnName, Finishing, NeedKind
from orchestrator.core.model import DEFAULT_AGENT, Failure, Landed, Prompt
from orchestrator.core.overlaps.views import OverlapMarks, RepositoryOverlaps
from orchestrator.core.sessions.model import Evidence
from orchestrator.core.workflow.views import GateView

_LAST = float("inf")


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as clients see it, and an element of `orch ls --json`.

    `state` is a `Status`, or `new` (never started) or `queued` (waiting to start). `reason` says why it is in
    that state, `since` is when it entered it.
    """

    id: str
    slug: str
    title: str
    column: ColumnName
    state: CardState
    reason: str
    since: float
    evidence: str
    """The source of the state: a `Source`."""
    unknown_since: float | None
    """Set if the sources could not be read: the view is as old as this."""
    asks: bool
    """In Review, and its last words ask something."""
    unread: bool
    attention: int
    """0 if nobody is needed; otherwise the urgency, 1 most. Among equals the oldest `since` comes first."""
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
    finished: Finishing | None
    last_words: str
    output: str
    """The last output of a failed set-up command or a dead window."""
    rescues: tuple[str, ...]
    labels: tuple[str, ...]
    created_at: float
    run: str = ""
    """The run (`r3`) for which it works; empty for an independent card."""
    stage: str = ""
    """The stage of that run."""
    where: str = "local"
    """`local` (in a window), `headless`, or the name of a host."""
    lead: str = ""
    """The mailbox of its coordinator."""
    unread_mail: int = 0
    cut_off: str = ""
    """What its turn was doing when its session ended, as text; empty if none was cut off, or it has been told
    how to continue."""
    prompts: tuple[str, ...] = ()
    """Prompts that were typed and are not in the conversation, for a person to resend or to drop."""
    unasked_end: bool = False
    """Its session ended unexpectedly: `orch resume --all` resumes it."""
    bell: str = ""
    """How its session is notified of mail; begins with `not responding` if it does not fetch it."""
    pinned: bool = False
    """It is first in its column."""
    drafts: int = 0
    """Comments on its diff that have not been sent."""
    comments: int = 0
    """Comments on its diff in all, and notes of its session's."""
    review_at: float = 0.0
    """When its comments, notes or marks changed last."""
    fault: str = ""
    """An error of orch about this card, as text, while it is retried; else empty."""
    agent: str = DEFAULT_AGENT
    """The agent program that works for it, by its name in the configuration."""
    overlaps: int = 0
    """Cards of its repository that change the same files, those in conflict included."""
    conflicts: int = 0
    """Cards with whose changes its own conflict."""
    manifest_overlaps: int = 0
    """Cards that change the same lock files or manifests."""
    manifest_conflicts: int = 0
    """Those of them in conflict there."""
    unknown_overlaps: int = 0
    """Cards of which it is unknown whether they conflict with it."""
    landing: str = ""
    """`queued to land`, `landing` or `check running`; empty if it is not being landed."""
    session_state: str = ""
    """The `Status` of its session alone, `starting` before it has one; empty for none. `state` can differ: a
    failed landing makes that `error`."""
    issue: LinkedIssue | None = None
    """The issue that belongs to it."""
    forge_outbox: ForgeOutbox | None = None
    """What of it the forge has not been told; `None` if there is nothing."""
    change: ChangeView | None = None
    """The change request of its branch."""
    autofix: AutofixView | None = None
    """`None` while its pull request is not fixed automatically."""
    remarks: tuple[str, ...] = ()
    """What others did to its change request, and what of it was refused, as texts."""

    typed_prompts: int = 0
    """Prompts that are being typed, or whose receipt is pending."""


def overlap_marks(card: CardView) -> OverlapMarks:
    """The numbers of a card's mark."""
    return OverlapMarks(
        card.overlaps, card.conflicts, card.manifest_overlaps, card.manifest_conflicts, card.unknown_overlaps
    )


def rank(card: CardView) -> tuple[float, float, float, int]:
    """Sorts needs first, by urgency; then the cards that wait to start, in their order; then the others.
    Among equals the oldest `since` comes first; in the backlog, the first created."""
    position = _LAST if card.queue_position is None else card.queue_position
    since = card.created_at if card.column == "backlog" else card.since
    return card.attention or _LAST, position, since, int(card.id.removeprefix("c"))


def in_column(card: CardView) -> tuple[float, ...]:
    """The order of the cards in a column, on the board and in `orch ls`."""
    return not card.pinned, *rank(card)


@dataclass(frozen=True, slots=True)
class HubView:
    """The hub's health and the totals in the board's header."""

    pid: int
    port: int
    version: str
    started_at: float
    sessions: int
    max_sessions: int
    queued: int
    queue_reason: str
    """Why cards wait to start; empty if none does."""
    waiting: int
    """The number of entries in the queue: everything that needs a person."""
    cost_today_usd: float
    five_hour_percent: float | None
    five_hour_resets_at: float | None
    seven_day_percent: float | None
    seven_day_resets_at: float | None
    trouble: str
    """A problem of the hub's own sources (tmux unreachable, disk full), as text; empty for none."""
    foreign: int = 0
    """The number of windows of another journal."""
    forges_away: tuple[ForgeAway, ...] = ()
    """Forges that cannot be used now."""


@dataclass(frozen=True, slots=True)
class CardDetail:
    """Everything about one card. `history` is the journal's, oldest first; `heard` is the last report of each
    source, which is lost when the hub restarts."""

    card: CardView
    prompt: str
    outbox: tuple[Prompt, ...]
    failure: Failure | None
    history: tuple[Evidence, ...]
    heard: tuple[Evidence, ...]
    landed: Landed | None = None
    """How its branch was landed, or is about to be, with its check and what that printed."""
    overlaps: RepositoryOverlaps | None = None
    """Its overlaps with other cards, and in what order to land them; `None` if there is none."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The content of a session's pane: `text` has ANSI colours and one line per row."""

    text: str
    width: int
    height: int
    at: float


@dataclass(frozen=True, slots=True)
class Attachment:
    """How a terminal attaches to a session: run `argv`, with `TMUX` unset unless `inside`, which means that
    the user's terminal already is a client of the same tmux server."""

    argv: tuple[str, ...]
    inside: bool
    view: str = ""
    """The view's name, from which the hub later knows which card was viewed last."""


@dataclass(frozen=True, slots=True)
class AgentOptions:
    """What a new card may choose for its agent; no models and no modes if the program takes neither."""

    models: tuple[str, ...] = ()
    permission_modes: tuple[str, ...] = ()
    model: str = ""
    """The configured default; empty for the program's own."""
    permission_mode: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The parts of the hub's configuration that a client needs."""

    keys: dict[str, str]
    """Action id to key, only those that the user has changed."""
    back_key: str
    """tmux's name of the key that returns from an attached session to the board."""
    next_key: str
    """tmux's name of the key that goes to the next card that needs you."""
    models: tuple[str, ...]
    permission_modes: tuple[str, ...]
    model: str
    permission_mode: str
    agents: tuple[str, ...] = (DEFAULT_AGENT,)
    """The names of the agent programs that a card may have."""
    agent: str = DEFAULT_AGENT
    """That of cards which name none."""
    options: dict[str, AgentOptions] = field(default_factory=dict)
    """What can be chosen for a card of each agent."""
    filters: dict[str, str] = field(default_factory=dict)
    """The saved filters by their names, in their order."""
    terminal: str = "auto"
    """How a board rings its terminal: `notify.terminal`."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that needs a person.

    `kind` is `permission`, `question`, `plan`, `dialog`, `gate`, `stage` (a stage of a run needs a decision),
    `card` (a session requests a card), `mail` (a message to the human), `run` (a run has failed, or was
    denied), `run_done`, `pause` (mail between two sessions was paused because of a loop), `error`,
    `rate_limited`, `stalled`, `exited`, `lost`, `asks` (a turn ended with a question in its text), `review`
    or `prompt` (a typed prompt without receipt). Ids of requests are `c12.k3f`, of gates `g7`, of stages
    `r3.merge`, of runs `r3`, of mail the message's own; of everything else `c12.<kind>`.
    """

    id: str
    card: str
    """Empty for a gate, and for a stage without a card."""
    slug: str
    """The card's; without a card, the run's id."""
    title: str
    kind: NeedKind
    summary: str
    since: float
    urgency: int
    """1 most urgent; see `core.needs.ranking`."""
    evidence: str
    answerable: bool
    """Whether it can be answered from here; otherwise only in the session's own terminal."""
    options: tuple[str, ...]
    """The possible answers: `allow always deny` to a permission, `allow deny` to a plan, a question's labels,
    `approve deny` to a gate, `done fail prompt retry skip` to a stage, or nudges (`continue interrupt restart
    resume`)."""
    hint: str
    """If it cannot be answered from here, what to do."""
    lifts_at: float | None = None
    """When a rate limit resets, if the agent has reported it."""
    run: str = ""
    """The run that it blocks, with `stage`; empty for none."""
    stage: str = ""
    unusual: str = ""
    """Hidden and control characters in the text to decide about, which are displayed in ASCII; empty for
    none."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of `AskUserQuestion`; `options` are (label, description)."""

    text: str
    header: str
    multi: bool
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NeedDetail:
    """A need with everything to read before answering it."""

    need: Need
    detail: str
    """The whole command, the diff of an edit, the URL, the plan, or a session's last words."""
    diff: bool
    """Whether `detail` is a unified diff."""
    questions: tuple[Question, ...]
    always: tuple[str, ...]
    """The possible meanings of `always`, as text; the number of one (from 0) goes with the answer."""
    gate: GateView | None = None
    """The gate, if it is one; `detail` is its message."""
    version: str = ""
    """Of a dialog: the version that was seen. An answer includes it."""
    allowed_by: str = ""
    """Of a request: what would have avoided it, as text."""


@dataclass(frozen=True, slots=True)
class Waited:
    """How long one card's session waited for a person on one day, in seconds, and how often."""

    day: str
    card: str
    title: str
    seconds: float
    times: int
    by: dict[str, int]
    """Answers by their source: `tui`, `cli`, `phone`, `rule`, `pane`."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the present rules would have answered to a past request."""

    at: float
    card: str
    summary: str
    answer: str
    """`allow`, `deny` or `ask`."""
    rule: str
    """The rule's name; empty if none matched."""
    was: str
    """How it was answered then, and by whom, as text."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a board is to tell."""

    at: float
    need: str
    """The id of its subject, `g7`, `r3.merge`, `c12.k3f`; of several, that of the most urgent."""
    text: str
    title: str = ""
    rings: bool = False
    """It rings the terminal, with a desktop notification where the terminal has them."""
    shown: bool = True
    """It is also shown in words."""
