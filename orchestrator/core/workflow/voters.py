"""Who decides a gate, as text, and the text that is signed for a decision."""

import hashlib

from orchestrator.core.workflow.run import Vote

NAMESPACE = "orch-gate"
"""The namespace of the signatures, so that one made for another purpose is invalid."""


def named(who: str, user: str) -> str:
    """The claimed name, with the real account if it differs."""
    return who if user in ("", who) else f"{who} (run by {user})"


def voter(vote: Vote) -> str:
    """Who decided, as far as known."""
    return f"{vote.who} (signed)" if vote.proof == "key" else named(vote.who, vote.user)


def ballot(journal: str, gate: str, version: int, verdict: str, who: str, note: str) -> str:
    """The text that is signed: this decision of this approver about this evidence of a gate, of one hub's
    journal."""
    said = hashlib.sha256(note.strip().encode()).hexdigest()
    lines = (journal, gate, f"version {version}", verdict, who.strip(), said)
    return "\n".join(("orch gate", *lines, ""))
