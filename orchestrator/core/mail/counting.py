"""For which gather a report counts, even if fields are missing or wrong."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from orchestrator.core.mail.gather import Gather, MemberState
from orchestrator.core.mail.kinds import ReportWeight, weight
from orchestrator.core.mail.message import Kind, Message

_WORK = frozenset({Kind.TASK, Kind.HANDOFF})


def _text_of(message: Message) -> str:
    """The maximum length of subject and body in which ids of gathers are looked for."""
    return f"{message.subject}\n{message.body}"


def awaiting(
    gathers: Iterable[Gather],
    sender: str,
    boxes: Collection[str],
    *,
    named: Collection[str] = (),
    held: Collection[str] = (),
) -> tuple[Gather, ...]:
    """The gathers to which a report of `sender` to these mailboxes may belong; one if it is unambiguous.

    `named` are the ids of gathers, threads and messages that the report names; `held` are the gathers of the
    tasks that its sender has leased. A gather that is named also counts if its sender has reported before. Of
    those with a tombstone for the sender, the newest takes a late report.
    """
    mine = sorted(
        (each for each in gathers if each.owner in boxes and each.member(sender)),
        key=lambda each: (each.at, each.id),
    )
    if by_id := [each for each in mine if each.id in named]:
        return (by_id[-1],)
    lacking = [
        each
        for each in mine
        if _part(each, sender) in (MemberState.AWAITED, MemberState.PARTIAL) and each.open
    ]
    if by_thread := [each for each in mine if each.thread in named]:
        return (next((each for each in by_thread if each in lacking), by_thread[-1]),)
    if lacking:
        in_hand = [each for each in lacking if each.id in held]
        return tuple(in_hand) if len(in_hand) == 1 else tuple(lacking)
    late = [each for each in mine if _part(each, sender) is not MemberState.REPORTED]
    return tuple(late[-1:])


def unanswered(messages: Iterable[Message], sender: str, boxes: Collection[str]) -> tuple[Message, ...]:
    """The unanswered tasks of `sender` from these mailboxes, oldest first."""
    said = list(messages)
    answered = {each.reply_to for each in said if each.sender == sender}
    found = [
        each
        for each in said
        if each.sender in boxes
        and sender in each.to
        and each.kind in _WORK
        and each.id not in answered
        and not any(own.sender == sender and own.thread == each.thread and own.at > each.at for own in said)
    ]
    return tuple(sorted(found, key=lambda each: (each.at, each.id)))


@dataclass(frozen=True, slots=True)
class Earlier:
    """A report that arrived before the gather that it counts for."""

    message: Message
    final: bool


def earlier(gather: Gather, messages: Sequence[Message], *, begins: float) -> tuple[Earlier, ...]:
    """What the members have reported to the owner before a gather was opened, oldest first.

    `messages` are those that the owner has sent and received. Messages from before `begins`, from before the
    owner's last task to the member, and those that have counted for another gather are excluded; so are
    answers to a question.
    """
    by_id = {each.id: each for each in messages}
    threads = {each.thread for each in messages if each.sender == gather.owner}
    found: list[Earlier] = []
    for member in gather.members:
        if member.part not in (MemberState.AWAITED, MemberState.PARTIAL):
            continue
        tasks = [
            each.at
            for each in messages
            if each.sender == gather.owner and member.name in each.to and each.kind in _WORK
        ]
        since = max([begins, *(at for at in tasks if at <= gather.at)])
        own = [
            each
            for each in messages
            if each.sender == member.name
            and gather.owner in each.to
            and each.at >= since
            and each.gather in ("", gather.id)
            and not _answers_question(each, by_id)
            and (each.thread in (gather.thread, each.id) or not {each.thread, gather.thread} <= threads)
        ]
        weighed = [(each, weight(each.kind, _text_of(each))) for each in own]
        results = [each for each, _ in weighed if each.kind is Kind.RESULT]
        found += [
            Earlier(each, worth is ReportWeight.FINAL)
            for each, worth in weighed
            if worth is not ReportWeight.NONE and (not results or each.kind in (Kind.RESULT, Kind.PARTIAL))
        ]
    return tuple(sorted(found, key=lambda each: (each.message.at, each.message.id)))


def _answers_question(message: Message, by_id: dict[str, Message]) -> bool:
    asked = by_id.get(message.reply_to)
    return asked is not None and asked.kind is Kind.QUESTION and message.kind is not Kind.RESULT


def _part(gather: Gather, name: str) -> MemberState | None:
    member = gather.member(name)
    return member.part if member else None
