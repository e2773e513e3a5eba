"""What a card's change request lacks, and sending that to its session."""

from dataclasses import dataclass

from orchestrator.core.board.views import CardView
from orchestrator.core.forge.autofix.views import ProblemsView
from orchestrator.core.requests.request import Act, Read


@dataclass(frozen=True, slots=True)
class ListProblems(Read[ProblemsView]):
    """What is to be fixed in the change request of a card, as its forge tells now."""

    verb = "pr.problems"
    act = "pr.problems"
    """It is asked with the person's own token."""
    card: str


@dataclass(frozen=True, slots=True)
class FixesSent:
    """The card, and the problems that were sent to its session, in a few words."""

    card: CardView
    words: str


@dataclass(frozen=True, slots=True)
class Fix(Act[FixesSent]):
    """Sends the card's session problems of its change request: those of these keys, or without keys all that
    it was not sent yet, of which outsiders wrote none. A key may be short: see `Problems.named`. `note` is
    the person's own words."""

    verb = "pr.fix"
    card: str
    keys: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class SetAutofix(Act[CardView]):
    """Sends the card's session automatically what its change request lacks, or no longer."""

    verb = "pr.autofix"
    card: str
    on: bool
