"""What a person can ask for: imperatives, with all that deciding needs to know of the outside."""

from dataclasses import dataclass

from orchestrator.core.events import Event
from orchestrator.core.landing.survey import Refusal
from orchestrator.core.model import DEFAULT_AGENT, Worktree
from orchestrator.core.needs.grants import Right
from orchestrator.core.requests.cards import PlainCommand, Restart, Shelve, Stop
from orchestrator.core.review.commands import ReviewCommand
from orchestrator.core.workflow.commands import RunCommand
from orchestrator.core.worktrees.repo import Loss, RepoFacts


@dataclass(frozen=True, slots=True)
class NewCard:
    """`folder` and `branch_template` come from the configuration and hold `{slug}` at the least;
    `branch` and `name` are the user's own wish and may be empty. `session_id` is a fresh UUID."""

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
    """A session asks for it: it stays in the backlog until a human says yes."""
    agent: str = DEFAULT_AGENT


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
    """Empty where it is not known."""
    model: str = ""
    permission_mode: str = ""
    agent: str = DEFAULT_AGENT


@dataclass(frozen=True, slots=True)
class ResumeCard:
    card: str
    go_on: bool = False
    """Tells a turn that was cut off to continue."""
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
    """Sends what is offered again. `prompt` is a fresh id, to which numbers are added."""

    card: str
    prompt: str


@dataclass(frozen=True, slots=True)
class DropPrompts:
    """Gives up what is offered again, and what waits to be typed and can't be."""

    card: str


@dataclass(frozen=True, slots=True)
class FinishCard:
    card: str
    how: str
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
    """Leave worktree and branch where they are."""
    force: bool = False
    """End the session even though it is at work."""


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """`verdict` is `allow`, `always` or `deny`; `said` puts the whole answer in words. `held` is whether its
    hook waits for an answer from here."""

    card: str
    request: str
    verdict: str
    said: str
    by: str
    rule: str
    held: bool
    user: str = ""
    """The account of whoever answers."""
    right: Right | None = None
    """What `always` allows from now on."""


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
    | AnswerRequest
    | ReviewCommand
)

Command = CardCommand | RunCommand


@dataclass(frozen=True, slots=True)
class Rejected:
    """A refusal: nothing has changed. What, why, and what to do next."""

    what: str
    why: str = ""
    hint: str = ""


Decision = tuple[Event, ...] | Rejected
"""What deciding comes to."""
