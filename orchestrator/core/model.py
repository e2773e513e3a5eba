"""The hub's state: cards and runs. A card's session is in `core.sessions.model`.

Times are seconds since the epoch, ids are short strings (`c12`), paths are absolute.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.core.forge.links import CardForge
from orchestrator.core.literals import Finishing, PromptState, Sequel
from orchestrator.core.overlaps.notes import OverlapNote
from orchestrator.core.review.comments import CardReview
from orchestrator.core.sessions.model import Session
from orchestrator.core.workflow.run import Run

DEFAULT_AGENT = "claude"
"""The name of the agent of cards that name none, in the configuration and in journals of before."""


class Column(StrEnum):
    """The columns of the board, from left to right."""

    BACKLOG = "backlog"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    REVIEW = "review"
    DONE = "done"


class Step(StrEnum):
    """The steps of a session's start."""

    QUEUED = "queued"
    WORKTREE = "worktree"
    SETUP = "setup"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Launch:
    """A start in progress. `prompt` is the first prompt; `resume` resumes `session_id`."""

    step: Step
    since: float
    run: int
    session_id: str
    resume: bool
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt on its way into a conversation. `state` is `queued`, `pasting`, `pasted`, `unconfirmed`,
    `received` (confirmed by its session's hook), or `launched` (its session was started with it)."""

    id: str
    text: str
    at: float
    state: PromptState = "queued"
    why: str = ""
    """Why it could not be typed so far; empty if it was not tried."""
    kept_off_at: float = 0.0
    """When it first could not be typed; 0 for never."""
    run: int = 0
    """The run of the session into which it was typed; 0 before."""
    typed_at: float = 0.0
    stuck: bool = False
    """It has waited too long to be typed, for the reason `why`."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What was made of a branch to be the new commit of its base."""

    method: str
    branch: str
    tip: str
    """The branch's commit."""
    into: str
    """The base's name."""
    onto: str
    """The base's commit on which it was made."""
    commit: str
    """The result; the same as `onto` where the base had the content of the branch already."""
    check: str = ""
    """The command that passed on the result; empty where none was to."""
    output: str = ""
    """The end of what that printed."""


@dataclass(frozen=True, slots=True)
class Worktree:
    """A git worktree. orch removes only those that it `made`."""

    path: str
    branch: str
    base_commit: str
    made: bool
    made_branch: bool = True


@dataclass(frozen=True, slots=True)
class Gone:
    """A worktree that was removed, and what it takes to restore it."""

    worktree: Worktree
    tip: str
    """Its branch's commit; empty if unknown."""
    rescue: str = ""
    """The ref that keeps what else was in it; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What follows once the session has ended: `stop`, `restart`, `backlog`, `remove` or `finish`; or the
    `undo` of one of these."""

    then: Sequel
    since: float
    rescue: bool = False
    how: Finishing = ""
    """With `finish`: a landing method (`merge`, `squash`, `rebase`), `keep` or `discard`."""
    merged: str = ""
    """The base's commit once the branch is landed."""
    into: str = ""
    """With a landing: the branch that is landed on, where it is not the card's base."""
    admitted: bool = False
    """With a landing: it is the card's turn."""
    made: Landed | None = None
    """With a landing: what was made, and is to become the base."""
    tries: int = 0
    """How often what was made was outdated because the base had moved."""
    progress: str = ""
    """Its progress, as text; does not survive a restart."""
    undoes: float = 0.0
    """With `undo`: the time of the act that is taken back. `made` is the landing to take back, if any."""
    gone: Gone | None = None
    """With `undo`: the worktree to restore."""
    resumes: bool = False
    """With `undo`: its session was running, and is resumed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An outside failure: what happened, why, what to do; `output` is a program's."""

    what: str
    why: str
    hint: str
    at: float
    output: str = ""
    away: bool = False
    """A host does not respond: a retry may succeed."""


@dataclass(frozen=True, slots=True)
class Card:
    """One task on the board."""

    id: str
    slug: str
    title: str
    prompt: str
    repo: str
    base: str
    branch: str
    path: str
    """The path of its worktree, also before it exists."""
    created_at: float
    model: str = ""
    permission_mode: str = ""
    existing_branch: bool = False
    labels: tuple[str, ...] = ()
    worktree: Worktree | None = None
    set_up: bool = False
    """Its files have been copied and its set-up commands have run."""
    launch: Launch | None = None
    session: Session | None = None
    ending: Ending | None = None
    outbox: tuple[Prompt, ...] = ()
    kept: tuple[Prompt, ...] = ()
    """Prompts that were typed, until the conversation on disk contains them."""
    prompt_taken: bool = False
    """A session has submitted its first prompt, which is never sent again automatically."""
    failure: Failure | None = None
    shelved: bool = False
    """Shelved by the user: in the backlog with its worktree."""
    held: str | None = None
    """The user's note that puts it on hold."""
    pinned: bool = False
    """It is first in its column."""
    finished: Finishing | None = None
    """How the user finished it: `merge`, `squash`, `rebase`, `keep` or `discard`."""
    finished_at: float | None = None
    landed: Landed | None = None
    """How its branch came into its base: from then on it counts as merged, also after a squash."""
    rescues: tuple[str, ...] = ()
    notes: str = ""
    """What stayed behind when its worktree was removed, as text."""
    spent_usd: float = 0.0
    """The cost of its earlier sessions."""
    nudges: tuple[float, ...] = ()
    """The times of its latest automatic nudges."""
    run: str = ""
    """The run (`r3`) for which it works, with `stage`; empty for an independent card."""
    stage: str = ""
    where: str = "local"
    """`local` (in a window), `headless`, or the name of a host."""
    lead: str = ""
    """The mailbox of the session that coordinates it; empty for none."""
    wanted: bool = False
    """Requested by a session, and not approved yet."""
    conversation: str = ""
    """The conversation that its first start resumes; empty for a new one."""
    adopted: str = ""
    """The window of another journal from which it was taken over."""
    agent: str = DEFAULT_AGENT
    """The agent program that works for it, by its name in the configuration."""
    review: CardReview = field(default_factory=CardReview)
    forge: CardForge = field(default_factory=CardForge)
    overlap_notes: tuple[OverlapNote, ...] = ()
    """What its session was told, or is to be told, of overlaps with other cards."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a card: the verb, its choice, and who did it."""

    at: float
    card: str
    verb: str
    how: str
    user: str
    origin: str
    """Empty for a person."""
    before: Card
    """The card as it was."""
    gone: Gone | None = None
    """The worktree that was removed by it."""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """The state from the journal. `seq` is the number of the last event that it includes."""

    seq: int = 0
    next_card: int = 1
    next_run: int = 1
    next_gate: int = 1
    cards: dict[str, Card] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    """Active runs, and the latest ended ones."""
    cost_by_day: dict[str, float] = field(default_factory=dict)
    """US dollars by local day (`2026-01-31`)."""
    acts: tuple[Act, ...] = ()
    """The latest acts, oldest first, for `core.undo`."""
    departed: dict[str, Card] = field(default_factory=dict)
    """Removed cards of which the forge has still to be told: nothing but that is left of them."""
    passed_over: tuple[str, ...] = ()
    """The keys of issues that no rule imports (`core.forge.passed_over`)."""
