"""What waits for a person: answering it, what answers have granted, and what rules would have answered."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.board.views import CardView, NeedDetail, Trial, Waited
from orchestrator.core.needs.grants import GrantView
from orchestrator.core.requests.request import Act, Read

Verdict = Literal["allow", "always", "deny"]


@dataclass(frozen=True, slots=True)
class ShowNeed(Read[NeedDetail]):
    """One of them, whole. `need` is its id, or a card that has just one."""

    verb = "queue.show"
    need: str


@dataclass(frozen=True, slots=True)
class Answer(Act[CardView]):
    """Answers a request.

    `message` is what the agent reads with a denial. `options` answers a question's questions in their order,
    each with the labels chosen or with the user's own words. `always` is the number of the suggestion that
    shall hold from now on. Refused when it was answered elsewhere or can be answered only in its session;
    missing when there is no such request.
    """

    verb = "answer"
    decides = True
    need: str
    verdict: Verdict
    message: str = ""
    options: tuple[tuple[str, ...], ...] = ()
    always: int = 0
    seen: str = ""
    """The version of the dialog that was looked at."""


@dataclass(frozen=True, slots=True)
class ListGrants(Read[tuple[GrantView, ...]]):
    """What sessions were allowed always by answers, the newest first."""

    verb = "grants"


@dataclass(frozen=True, slots=True)
class RevokeGrant(Act[GrantView]):
    """Takes a session's grant back by its restart. Refused for one that stands in a file."""

    verb = "grants.revoke"
    grant: str


@dataclass(frozen=True, slots=True)
class ListWaits(Read[tuple[Waited, ...]]):
    """How long sessions waited for a person, by day and card, the latest day first."""

    verb = "stats"
    days: int = 7


@dataclass(frozen=True, slots=True)
class TryRules(Read[tuple[Trial, ...]]):
    """What the rules of the user's file as it is now would answer to the requests of the past days."""

    verb = "rules.test"
    days: int = 30
