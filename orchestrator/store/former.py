"""What journals of earlier versions say in words that are no longer used, as it is said now."""

from collections.abc import Mapping
from dataclasses import replace

from orchestrator.core.events import Event, SessionChanged
from orchestrator.core.sessions.model import Session, Wait

_WAITS: Mapping[str, Wait] = {
    "permission prompt": "permission",
    "sandbox request": "permission",
    "worker request": "permission",
    "dialog open": "dialog",
}
"""What a session waited for, which was told from its agent's words alone."""


def migrated(said: Event) -> Event:
    """The event as today's version would have written it."""
    if isinstance(said, SessionChanged):
        return replace(said, session=_session(said.session))
    return said


def _session(session: Session) -> Session:
    facts = session.facts
    if facts.registry != "waiting" or facts.wait or facts.waiting_for not in _WAITS:
        return session
    return replace(session, facts=replace(facts, wait=_WAITS[facts.waiting_for]))
