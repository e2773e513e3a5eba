"""Whether a person's decision about a gate counts, and what follows from it."""

from orchestrator.core.commands import Decision, Rejected
from orchestrator.core.model import State
from orchestrator.core.review.events import CommentsSent
from orchestrator.core.workflow.commands import ApproveGate, DenyGate
from orchestrator.core.workflow.events import GateApproved, GateDenied
from orchestrator.core.workflow.plan import HumanGate
from orchestrator.core.workflow.progress import sends_back
from orchestrator.core.workflow.redo import redo
from orchestrator.core.workflow.run import Gate, Run, Vote
from orchestrator.core.workflow.voters import voter


def vote(state: State, run: Run, command: ApproveGate | DenyGate, now: float) -> Decision:
    """The events of a vote that counts, with those of the rework after a denial; else the refusal."""
    gate = next((each for each in run.gates if each.id == command.gate), None)
    if gate is None:
        return Rejected(f"no gate named {command.gate}", hint="List gates: orch gate list")
    rule = run.workflow.stage(gate.stage).does
    assert isinstance(rule, HumanGate)
    who = command.who.strip()
    if not who:
        return Rejected("a decision needs a name", hint="Add a name: --as NAME")
    if gate.state != "open":
        return Rejected(f"{gate.id} is already {gate.state}", _decided(gate), "See: orch gate list --all")
    if command.seen_version is not None and command.seen_version != gate.version:
        return Rejected(
            f"{gate.id} has changed since you looked at it",
            "there are new commits, changes or results",
            f"Review it again: orch gate show {gate.id}",
        )
    if rule.approvers and who not in rule.approvers:
        return Rejected(f"{who} may not decide {gate.id}", f"its approvers are {', '.join(rule.approvers)}")
    if any(vote.who == who for vote in gate.votes) and isinstance(command, ApproveGate):
        return Rejected(
            f"{who} has already approved {gate.id}",
            f"it has {len(gate.votes)} of {rule.quorum} required approvals",
        )
    if no := _not_proven(gate, rule, command) or _same_person(gate, rule, command):
        return no
    note = command.note.strip()
    cast = Vote(who, now, command.by, note, command.user, command.proof)
    if isinstance(command, ApproveGate):
        return (GateApproved(now, run.id, gate.id, cast),)
    if not note:
        return Rejected("a denial needs a reason", hint="It is passed to the next attempt.")
    denied = GateDenied(now, run.id, gate.id, cast)
    back = sends_back(run, gate)
    if not back:
        return _nobody_told(gate) if command.comments else (denied,)
    if command.comments and not _still_drafts(state, command):
        return Rejected("a comment has just changed", hint="Look at the comments, then retry.")
    sent = (CommentsSent(now, card, tuple(dict(said)), gate.id) for card, said in command.comments)
    return (denied, *redo(state, run, back, note, now), *sent)


def _nobody_told(gate: Gate) -> Rejected:
    return Rejected(
        f"the comments cannot be sent with the denial of {gate.id}",
        "no stage is done again after it",
        "Deny it without them; send them to a session with: orch review send CARD",
    )


def _still_drafts(state: State, command: DenyGate) -> bool:
    for card, said in command.comments:
        there = state.cards.get(card)
        drafts = {each.id: each.text for each in there.review.drafts} if there else {}
        if any(drafts.get(each) != text for each, text in said):
            return False
    return True


def _not_proven(gate: Gate, rule: HumanGate, command: ApproveGate | DenyGate) -> Rejected | None:
    if rule.proof != "key" or command.proof == "key":
        return None
    verb = "approve" if isinstance(command, ApproveGate) else "deny"
    return Rejected(
        f"{gate.id} accepts only signed decisions",
        f"{command.who.strip()} is an unverified name",
        f"Sign it: orch gate {verb} {gate.id} --as {command.who.strip()} --key ~/.ssh/id_ed25519",
    )


def _same_person(gate: Gate, rule: HumanGate, command: ApproveGate | DenyGate) -> Rejected | None:
    """One account is one person, whatever names it gives, unless a key identifies the person."""
    if rule.distinct == "name" or command.proof or not command.user or isinstance(command, DenyGate):
        return None
    same = next((vote for vote in gate.votes if vote.user == command.user and not vote.proof), None)
    if same is None:
        return None
    return Rejected(
        f"{command.user} has already approved {gate.id}, as {same.who}",
        f"one account counts as one person, and {gate.id} needs {rule.quorum} people",
        "Have another person sign (orch gate approve --key), or set `distinct: name` in the workflow.",
    )


def _decided(gate: Gate) -> str:
    if gate.state == "withdrawn":
        return "the run took another path before a decision"
    last = gate.votes[-1]
    return f"by {voter(last)}, from the {last.by}" + (f": {last.note}" if last.note else "")
