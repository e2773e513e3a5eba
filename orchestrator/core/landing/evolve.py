"""How a landing's events change its card."""

from dataclasses import replace

from orchestrator.core.landing.events import (
    BranchMerged,
    LandingAdmitted,
    LandingCancelled,
    LandingMade,
    LandingOutdated,
)
from orchestrator.core.model import Card
from orchestrator.core.sessions.signals import StopWanted
from orchestrator.core.sessions.transitions import transition

LandingEvent = LandingAdmitted | LandingMade | LandingOutdated | LandingCancelled | BranchMerged


def evolve_landing(card: Card, event: LandingEvent) -> Card:
    """The card after it; the same where it is not being finished any more."""
    ending = card.ending
    if ending is None:
        return card
    match event:
        case LandingAdmitted():
            return replace(card, ending=replace(ending, admitted=True))
        case LandingMade():
            return replace(card, ending=replace(ending, made=event.made))
        case LandingOutdated():
            return replace(card, ending=replace(ending, made=None, tries=ending.tries + 1))
        case LandingCancelled():
            return replace(card, ending=None)
        case BranchMerged():
            session = transition(card.session, StopWanted(event.at)) if card.session else None
            landed = ending.made or card.landed
            return replace(card, ending=replace(ending, merged=event.commit), landed=landed, session=session)
