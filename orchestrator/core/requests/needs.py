"""What needs a person: answers, grants, and the answers of rules."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.board.views import CardView, NeedDetail, Trial, Waited
from orchestrator.core.needs.grants import GrantView
from orchestrator.core.requests.request import Act, Read

Verdict = Literal["allow", "always", "deny"]


@dataclass(frozen=True, slots=True)
class ShowNeed(Read[NeedDetail]):
    """One of them, in full. `need` is its id, or a card with only one."""

    verb = "queue.show"
    need: str


@dataclass(frozen=True, slots=True)
class Answer(Act[CardView]):
    """Answers a request.

    `message` is what the agent reads with a denial. `options` answers a question's questions in their order,
    each with the chosen labels or free text. `always` is the number of the suggestion to apply from now on.
    Refused if it was answered elsewhere or can only be answered in its session; missing if there is no such
    request.
    """

    verb = "answer"
    decides = True
    need: str
    verdict: Verdict
    message: str = ""
    options: tuple[tuple[str, ...], ...] = ()
    always: int = 0
    seen: str = ""
    """The version of the dialog that was seen."""


@dataclass(frozen=True, slots=True)
class ListGrants(Read[tuple[GrantView, ...]]):
    """What sessions were always allowed by answers, newest first."""

    verb = "grants"


@dataclass(frozen=True, slots=True)
class RevokeGrant(Act[GrantView]):
    """Revokes a session's grant by restarting it. Refused for one that is stored in a file."""

    verb = "grants.revoke"
    grant: str


@dataclass(frozen=True, slots=True)
class ListWaits(Read[tuple[Waited, ...]]):
    """How long sessions waited for a person, by day and card, latest day first."""

    verb = "stats"
    days: int = 7


@dataclass(frozen=True, slots=True)
class TryRules(Read[tuple[Trial, ...]]):
    """What the rules now in the user's file would answer to the requests of the past days."""

    verb = "rules.test"
    days: int = 30
