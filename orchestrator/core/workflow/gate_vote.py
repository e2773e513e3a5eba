"""Whether a person's decision about a gate counts, and what follows from it."""

from orchestrator.core.commands import Decision, Rejected
from orchestrator.core.model import State
from orchestrator.core.workflow.commands import ApproveGate, DenyGate
from orchestrator.core.workflow.events import GateApproved, GateDenied
from orchestrator.core.workflow.plan import HumanGate
from orchestrator.core.workflow.progress import sends_back
from orchestrator.core.workflow.redo import redo
from orchestrator.core.workflow.run import Gate, Run, Vote
from orchestrator.core.workflow.voters import voter


def vote(state: State, run: Run, command: ApproveGate | DenyGate, now: float) -> Decision:
    """The events of a vote that counts, with those of the rework that a denial asks for; else the refusal."""
    gate = next((each for each in run.gates if each.id == command.gate), None)
    if gate is None:
        return Rejected(f"there is no gate {command.gate}", hint="orch gate list lists them all.")
    rule = run.workflow.stage(gate.stage).does
    assert isinstance(rule, HumanGate)
    who = command.who.strip()
    if not who:
        return Rejected("a decision needs a name", hint="Say who decides: --as NAME")
    if gate.state != "open":
        return Rejected(f"{gate.id} is {gate.state} already", _decided(gate), "See: orch gate list --all")
    if command.seen_version is not None and command.seen_version != gate.version:
        return Rejected(
            f"{gate.id} has moved on since you looked at it",
            "what it shows has changed: there are new commits, changes or results",
            f"Look again: orch gate show {gate.id}",
        )
    if rule.approvers and who not in rule.approvers:
        return Rejected(f"{who} may not decide {gate.id}", f"that is for {', '.join(rule.approvers)}")
    if any(vote.who == who for vote in gate.votes) and isinstance(command, ApproveGate):
        return Rejected(
            f"{who} has approved {gate.id} already",
            f"it has {len(gate.votes)} of the {rule.quorum} approvals that it needs",
        )
    if no := _not_proven(gate, rule, command) or _same_person(gate, rule, command):
        return no
    note = command.note.strip()
    cast = Vote(who, now, command.by, note, command.user, command.proof)
    if isinstance(command, ApproveGate):
        return (GateApproved(now, run.id, gate.id, cast),)
    if not note:
        return Rejected("a denial needs a reason", hint="It is what the next attempt is told.")
    denied = GateDenied(now, run.id, gate.id, cast)
    back = sends_back(run, gate)
    return (denied, *redo(state, run, back, note, now)) if back else (denied,)


def _not_proven(gate: Gate, rule: HumanGate, command: ApproveGate | DenyGate) -> Rejected | None:
    if rule.proof != "key" or command.proof == "key":
        return None
    verb = "approve" if isinstance(command, ApproveGate) else "deny"
    return Rejected(
        f"{gate.id} takes signed decisions alone",
        f"nothing proves that this is {command.who.strip()}",
        f"Sign it: orch gate {verb} {gate.id} --as {command.who.strip()} --key ~/.ssh/id_ed25519",
    )


def _same_person(gate: Gate, rule: HumanGate, command: ApproveGate | DenyGate) -> Rejected | None:
    """One account is one person, whatever names it gives, save where a key says who it is."""
    if rule.distinct == "name" or command.proof or not command.user or isinstance(command, DenyGate):
        return None
    same = next((vote for vote in gate.votes if vote.user == command.user and not vote.proof), None)
    if same is None:
        return None
    return Rejected(
        f"{command.user} has approved {gate.id} already, as {same.who}",
        f"approvals from one account are one person's, and {gate.id} needs {rule.quorum} people",
        "Another person signs theirs (orch gate approve --key), or the workflow says `distinct: name`.",
    )


def _decided(gate: Gate) -> str:
    if gate.state == "withdrawn":
        return "the run went another way before anybody decided"
    last = gate.votes[-1]
    return f"by {voter(last)}, from the {last.by}" + (f": {last.note}" if last.note else "")
