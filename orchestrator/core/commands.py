"""Commands: imperatives, with all the outside facts that deciding needs."""

from dataclasses import dataclass

from orchestrator.core.events import Event
from orchestrator.core.forge.autofix.commands import AutofixCommand
from orchestrator.core.forge.changes.commands import ChangeCommand
from orchestrator.core.forge.issues.commands import FetchedIssue, ForgeCommand
from orchestrator.core.landing.survey import Refusal
from orchestrator.core.literals import AnswerVerdict, Finishing
from orchestrator.core.model import DEFAULT_AGENT, Worktree
from orchestrator.core.needs.grants import Right
from orchestrator.core.requests.cards import PlainCommand, Restart, Shelve, Stop
from orchestrator.core.requests.forge import OutboxCommand
from orchestrator.core.review.commands import ReviewCommand
from orchestrator.core.workflow.commands import RunCommand
from orchestrator.core.worktrees.repo import Loss, RepoFacts


@dataclass(frozen=True, slots=True)
class NewCard:
    """`folder` and `branch_template` come from the configuration and contain at least `{slug}`; `branch` and
    `name` are the user's choice and may be empty. `session_id` is a fresh UUID."""

    title: str
    prompt: str
    repo: RepoFacts
    base: str
    branch: str
    name: str
    model: str
    permission_mode: str
    backlog: bool
    folder: str
    branch_template: str
    home: str
    session_id: str
    labels: tuple[str, ...] = ()
    lead: str = ""
    wanted: bool = False
    """Requested by a session: the card stays in the backlog until a person approves it."""
    agent: str = DEFAULT_AGENT
    issue: FetchedIssue | None = None
    """The issue that it is created for."""


@dataclass(frozen=True, slots=True)
class StartCard:
    card: str
    session_id: str
    open_in: int = 0
    """A process outside of orch that has the card's conversation open; 0 for none."""


@dataclass(frozen=True, slots=True)
class AdoptSession:
    """Takes over the worktree, branch and conversation of a session of another journal."""

    window: str
    name: str
    repo: str
    base: str
    worktree: Worktree
    conversation: str
    """Empty if unknown."""
    model: str = ""
    permission_mode: str = ""
    agent: str = DEFAULT_AGENT


@dataclass(frozen=True, slots=True)
class ResumeCard:
    card: str
    go_on: bool = False
    """Tells a cut-off turn to continue."""
    open_in: int = 0
    """A process outside of orch that has the conversation open; 0 for none."""


@dataclass(frozen=True, slots=True)
class SendPrompt:
    card: str
    prompt: str
    text: str
    queue: bool


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Resends unconfirmed prompts. `prompt` is a fresh id, to which numbers are added."""

    card: str
    prompt: str


@dataclass(frozen=True, slots=True)
class DropPrompts:
    """Drops unconfirmed prompts, and those that cannot be typed."""

    card: str


@dataclass(frozen=True, slots=True)
class FinishCard:
    card: str
    how: Finishing
    rescue: bool
    loss: Loss
    into: str = ""
    """With a landing: another branch than the card's base."""
    refused: Refusal | None = None
    """With a landing: what refuses it, as the repository stands."""


@dataclass(frozen=True, slots=True)
class RemoveCard:
    card: str
    rescue: bool
    loss: Loss
    keep: bool = False
    """Keep worktree and branch."""
    force: bool = False
    """End the session even if it is working."""


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """`verdict` is `allow`, `always` or `deny`; `said` is the whole answer as text. `held` is whether its
    hook waits for an answer from here."""

    card: str
    request: str
    verdict: AnswerVerdict
    said: str
    by: str
    rule: str
    held: bool
    user: str = ""
    """The account that answers."""
    right: Right | None = None
    """What `always` allows from now on."""


@dataclass(frozen=True, slots=True)
class UndoAct:
    """Takes back the last act of `user`: the one of the time `act_at`, on `card`. `of_card` is set if the
    last one on that card is meant."""

    card: str
    act_at: float
    user: str
    of_card: str = ""
    refused: Refusal | None = None
    """What refuses it, as the repository stands."""


CardCommand = (
    NewCard
    | AdoptSession
    | StartCard
    | Stop
    | ResumeCard
    | Restart
    | SendPrompt
    | SendAgain
    | DropPrompts
    | PlainCommand
    | Shelve
    | FinishCard
    | RemoveCard
    | UndoAct
    | AnswerRequest
    | ReviewCommand
    | ForgeCommand
    | ChangeCommand
    | OutboxCommand
    | AutofixCommand
)

Command = CardCommand | RunCommand


@dataclass(frozen=True, slots=True)
class Rejected:
    """A refusal: nothing has changed. What, why, and what to do next."""

    what: str
    why: str = ""
    hint: str = ""


Decision = tuple[Event, ...] | Rejected
"""The outcome of deciding."""
