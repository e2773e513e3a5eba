"""What a paired device may request, by its scopes. Whatever is not listed, no device may."""

from collections.abc import Collection, Mapping
from typing import Any

from orchestrator.core.commands import Rejected
from orchestrator.core.phone.devices import Scope
from orchestrator.core.requests import cards, gates, mail, needs, review, runs
from orchestrator.core.requests.request import Request

SCOPE_OF: Mapping[type[Request[Any]], Scope] = {
    cards.ShowBoard: "look",
    cards.ShowCard: "look",
    cards.ShowPane: "look",
    needs.ShowNeed: "look",
    gates.ShowGate: "look",
    runs.ShowRun: "look",
    mail.ShowMessage: "look",
    mail.ListMessages: "look",
    review.ReadDiff: "look",
    review.ReadPatch: "look",
    needs.Answer: "answer",
    cards.Nudge: "answer",
    cards.Resume: "answer",
    cards.Acknowledge: "answer",
    mail.ReadMail: "answer",
    mail.Unpause: "answer",
    runs.AcknowledgeRun: "answer",
    gates.Approve: "gates",
    gates.Deny: "gates",
    runs.Mark: "gates",
    runs.RetryStage: "gates",
    runs.SkipStage: "gates",
    cards.Send: "prompts",
    cards.Stop: "prompts",
    cards.Hold: "prompts",
    cards.Release: "prompts",
    mail.SendMail: "prompts",
}

_CLOSED = {"signature", "files"}
"""Fields that a device may not set: paths and keys of the hub's machine."""


def refused(request: Request[Any], scopes: Collection[str], name: str) -> Rejected | None:
    """Why a device with these scopes may not make the request; `None` if it may."""
    scope = SCOPE_OF.get(type(request))
    if scope is None:
        return Rejected(f"phones cannot do {request.verb}", hint="Use the board or the command line.")
    if scope not in scopes:
        hint = f"Pair it again with more scopes: orch phone pair --scopes {','.join([*scopes, scope])}"
        return Rejected(f"{name} may not do this", f"it has no scope {scope}", hint)
    for field in _CLOSED:
        if getattr(request, field, None):
            return Rejected(f"phones cannot set {field}")
    return None
