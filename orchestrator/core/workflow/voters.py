"""Who decides a gate: in words, and what a decision that is signed says."""

import hashlib

from orchestrator.core.workflow.run import Vote

NAMESPACE = "orch-gate"
"""Of the signatures, so that one made for something else is none."""


def named(who: str, user: str) -> str:
    """Whom somebody says they are, with the account that they really have where it is another."""
    return who if user in ("", who) else f"{who} (run by {user})"


def voter(vote: Vote) -> str:
    """Who decided, as far as it is known."""
    return f"{vote.who} (signed)" if vote.proof == "key" else named(vote.who, vote.user)


def ballot(journal: str, gate: str, version: int, verdict: str, who: str, note: str) -> str:
    """What is signed: this decision of this approver about this evidence of a gate, of one hub's journal."""
    said = hashlib.sha256(note.strip().encode()).hexdigest()
    lines = (journal, gate, f"version {version}", verdict, who.strip(), said)
    return "\n".join(("orch gate", *lines, ""))
