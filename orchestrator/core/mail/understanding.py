"""Interprets a message whose fields are missing or wrong."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.compose import REPORTS, Draft
from orchestrator.core.mail.counting import awaiting, unanswered
from orchestrator.core.mail.gather import Gather
from orchestrator.core.mail.kinds import ReportWeight, weight
from orchestrator.core.mail.message import HUMAN, Kind, Message
from orchestrator.core.text.clean import one_line


@dataclass(frozen=True, slots=True)
class SendFacts:
    """What the store knows about a message to be sent: what it answers, what its sender has leased, what it
    has recently sent and received, and the gathers of the last day."""

    parent: Message | None = None
    in_hand: tuple[Message, ...] = ()
    lately: tuple[Message, ...] = ()
    gathers: tuple[Gather, ...] = ()
    known: bool = True
    """Whether the store could be read."""


@dataclass(frozen=True, slots=True)
class Understood:
    """The interpreted message. `gather` is the one that it reports to; `notes` tell the sender how it was
    interpreted."""

    draft: Draft
    to: tuple[str, ...]
    parent: Message | None = None
    gather: Gather | None = None
    worth: ReportWeight = ReportWeight.NONE
    """How much it counts for a gather, whether one expects it or not."""
    notes: tuple[str, ...] = ()

    @property
    def awaited(self) -> bool:
        """A gather expects it, and its kind counts."""
        return self.gather is not None and self.worth is ReportWeight.FINAL


def understand(draft: Draft, sender: str, to: tuple[str, ...], around: SendFacts) -> Understood | Rejected:
    """Interprets this draft to these mailboxes."""
    asked = _question(sender, to, around)
    parent = around.parent or (asked if draft.kind in (None, Kind.ANSWER) else None)
    text = f"{draft.subject}\n{draft.body}"
    answers = parent is not None and parent.kind is Kind.QUESTION and draft.kind not in REPORTS
    found = _gathers(draft, sender, to, around)
    tasks = () if answers else unanswered((*around.lately, *around.in_hand), sender, to)
    if len(found) == 1 and not found[0].open and any(_newer(each, found[0]) for each in tasks):
        found = ()
    if draft.kind is None:
        kind = Kind.ANSWER if answers else _meant(text, report=bool(found or tasks))
        notes = [f"interpreted as kind={kind.value}"]
    else:
        kind, notes = draft.kind, []
    worth = ReportWeight.NONE if answers else weight(kind, text)
    draft = replace(draft, kind=kind)
    if worth is ReportWeight.NONE:
        if found and not answers and kind in (Kind.STATUS, Kind.NOTE):
            notes.append(
                f"not counted: it describes work in progress; {_which(found)} is waiting for your kind=result"
            )
        return _answered(draft, to, parent, worth, notes, around)
    if len(found) > 1:
        if kind in REPORTS:
            return _several(found, sender, around)
        notes.append(f"not counted: {_choice(found, sender, around)}")
        return _answered(draft, to, parent, ReportWeight.NONE, notes, around)
    if found:
        return _counted(draft, sender, to, around, found[0], worth=worth, notes=notes)
    if kind in REPORTS and parent is None and tasks:
        if len(tasks) > 1:
            listed = ", ".join(f"{each.id} ({_about(each)})" for each in tasks)
            notes.append(f"unclear which task it reports on: {listed}; set reply_to")
        else:
            parent = tasks[0]
            notes.append(f"interpreted as the report on {parent.id} ({_about(parent)})")
    if kind in REPORTS and (elsewhere := awaiting(around.gathers, sender, _owners(around.gathers))):
        owners = ", ".join(dict.fromkeys(each.owner for each in elsewhere))
        notes.append(f"not counted: {_which(elsewhere)} is waiting for you; send it to {owners}")
    return _answered(draft, to, parent, worth, notes, around)


def recipients(draft: Draft, sender: str, around: SendFacts, lead: str) -> tuple[str, ...]:
    """The recipient of a message without one: the sender of what it answers, the owner of the gather that
    expects it, the sender of the leased task, or the coordinator."""
    if around.parent and around.parent.sender != sender:
        return (around.parent.sender,)
    named = {draft.thread, draft.reply_to} - {""}
    found = awaiting(around.gathers, sender, _owners(around.gathers), named=named)
    owners = {each.owner for each in found} or {
        each.sender for each in around.in_hand if each.kind in (Kind.TASK, Kind.QUESTION)
    }
    if len(owners) == 1:
        return tuple(owners)
    return (lead,) if lead else ()


def counted(gather: Gather, *, final: bool) -> str:
    """What the sender of a counted report is told."""
    if not final:
        return f"counted for {gather.id} as partial, {gather.count} of {gather.wanted}"
    return f"counted for {gather.id}, {gather.count} of {gather.wanted}"


def _counted(
    draft: Draft,
    sender: str,
    to: tuple[str, ...],
    around: SendFacts,
    gather: Gather,
    *,
    worth: ReportWeight,
    notes: list[str],
) -> Understood:
    task = around.parent or _task(gather, sender, around)
    if gather.owner not in to:
        to = (*to, gather.owner)
        notes.append(f"also delivered to {gather.owner}, who is waiting for it")
    reply_to = task.id if task else ""
    if draft.reply_to and around.parent is None:
        notes.append(f"no message {draft.reply_to}; interpreted as the report to {gather.id}")
    draft = replace(draft, thread=gather.thread, reply_to=reply_to)
    return Understood(draft, to, task, gather, worth, tuple(notes))


def _answered(
    draft: Draft,
    to: tuple[str, ...],
    parent: Message | None,
    worth: ReportWeight,
    notes: list[str],
    around: SendFacts,
) -> Understood | Rejected:
    """A message that counts for no gather."""
    if draft.reply_to and parent is None and around.known:
        held = ", ".join(f"{each.id} ({_about(each)})" for each in around.in_hand)
        hint = f"You have received: {held}." if held else "Omit reply_to."
        return Rejected(f"nothing was sent: no message {draft.reply_to} to reply to", hint=hint)
    reply_to = parent.id if parent else draft.reply_to
    return Understood(replace(draft, reply_to=reply_to), to, parent, worth=worth, notes=tuple(notes))


def _gathers(draft: Draft, sender: str, to: tuple[str, ...], around: SendFacts) -> tuple[Gather, ...]:
    """Those to which it may report. A report to the person alone reports to whoever expects it."""
    named = {draft.thread, draft.reply_to} - {""}
    if parent := around.parent:
        named |= {parent.id, parent.thread, parent.gather} - {""}
    held = {each.gather for each in around.in_hand}
    found = awaiting(around.gathers, sender, to, named=named, held=held)
    if not found and set(to) == {HUMAN} and draft.kind in (None, *REPORTS):
        found = awaiting(around.gathers, sender, _owners(around.gathers), named=named, held=held)
    return found


def _question(sender: str, to: tuple[str, ...], around: SendFacts) -> Message | None:
    """The one question from there that the sender has leased."""
    found = [each for each in around.in_hand if each.kind is Kind.QUESTION and each.sender in to]
    return found[0] if len(found) == 1 and sender in found[0].to else None


def _meant(text: str, *, report: bool) -> Kind:
    """The kind of a message without one."""
    if not report:
        return Kind.NOTE
    return Kind.STATUS if weight(Kind.STATUS, text) is ReportWeight.NONE else Kind.RESULT


def _several(found: tuple[Gather, ...], sender: str, around: SendFacts) -> Rejected:
    return Rejected(
        f"nothing was sent: {len(found)} gathers are waiting for your report",
        _choice(found, sender, around),
        "Resend it with the reply_to of the intended one.",
    )


def _choice(found: tuple[Gather, ...], sender: str, around: SendFacts) -> str:
    """The gathers, and how to name each."""
    parts = []
    for each in found:
        task = _task(each, sender, around)
        about = f" ({_about(task)})" if task else ""
        parts.append(f"{each.id}{about} by reply_to={task.id if task else each.thread}")
    return "; ".join(parts)


def _newer(task: Message, gather: Gather) -> bool:
    """Whether the report is on this task rather than a late one for the gather."""
    return task.at > gather.at and task.gather != gather.id and task.thread != gather.thread


def _task(gather: Gather, sender: str, around: SendFacts) -> Message | None:
    """The message to the sender that opened the gather, or that the gather's owner has sent in its thread."""
    messages = (*around.in_hand, *around.lately)
    theirs = [each for each in messages if each.sender == gather.owner and sender in each.to]
    by_gather = [each for each in theirs if each.gather == gather.id]
    return next(iter(by_gather or [each for each in theirs if each.thread == gather.thread]), None)


def _owners(gathers: Collection[Gather]) -> set[str]:
    return {each.owner for each in gathers}


def _which(found: tuple[Gather, ...]) -> str:
    return " and ".join(f"{each.id} of {each.owner}" for each in found[:3])


def _about(message: Message) -> str:
    return one_line(message.subject or message.body, 60)
