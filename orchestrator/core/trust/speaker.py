"""Who makes a request on the owner's socket, a person or a session, and what a session may not do."""

from collections.abc import Collection

from orchestrator.core.commands import Rejected
from orchestrator.core.trust.caller import Speaker

UNKNOWN = "a process that cannot be identified"
"""The origin of a process that ended before it could be inspected."""

_ASK = "Request it with the tool mail_send, to human, kind question."
_STAGE = "End your own stage with the tool stage_done (done, failed or blocked); a person decides the rest."
_CARD = "Request a card with the tool card_new; a person approves it if necessary."
_MAIL = "Read and write your own mail with the tools mail_receive and mail_send."

GRANTABLE: dict[str, str] = {
    "new": _CARD,
    "start": _CARD,
    "stop": _ASK,
    "resume": _ASK,
    "restart": _ASK,
    "send": "Write to the other session with the tool mail_send.",
    "nudge": _ASK,
    "hold": _ASK,
    "release": _ASK,
    "shelve": _ASK,
    "finish": _ASK,
    "finish.pr": _ASK,
    "reopen": _ASK,
    "acknowledge": _ASK,
    "pin": _ASK,
    "rm": _ASK,
    "attach": _ASK,
    "preview": "Check a card with the tool card_status.",
    "review.list": "Comments reach you as a prompt once they are sent.",
    "issues.list": _ASK,
    "pr.problems": _ASK,
    "notify.list": _ASK,
    "run.pause": _STAGE,
    "run.resume": _STAGE,
    "run.cancel": _STAGE,
    "run.retry": _STAGE,
    "run.skip": _STAGE,
    "run.acknowledge": _ASK,
    "mail.read": _MAIL,
    "mail.redrive": _ASK,
    "mail.unpause": _ASK,
}
"""What `sessions.may` can permit, and the alternative for a session that may not."""

_NEVER = {
    "answer": _ASK,
    "gate.approve": _STAGE,
    "gate.deny": _STAGE,
    "run": "Request the run with the tool mail_send, to human.",
    "run.done": _STAGE,
    "team": _CARD,
    "review.add": "Leave a note on your own lines with the tool review_note.",
    "mail.send": "Write in your own name with the tool mail_send.",
}


def refused(speaker: Speaker, act: str, may: Collection[str]) -> Rejected | None:
    """Why the speaker may not do this; `None` if they may. `may` is what sessions are permitted."""
    if speaker.is_person or not act or (act in GRANTABLE and act in may):
        return None
    verb = f"orch {act.replace('.', ' ')}"
    hint = GRANTABLE.get(act) or _NEVER.get(act) or _ASK
    if speaker.origin == UNKNOWN:
        return Rejected(f"{verb} is for people only", speaker.sign, "Retry, and keep it running.")
    return Rejected(f"{verb} is for people only", f"this comes from {speaker.origin}: {speaker.sign}", hint)
