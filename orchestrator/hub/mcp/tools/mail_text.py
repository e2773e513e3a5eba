"""Mail as text for a session's model."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from orchestrator.core.mail.addressing import Peer
from orchestrator.core.mail.envelope import STANDING_RULE, plain, shown
from orchestrator.core.mail.gather import Gather, Missing
from orchestrator.core.mail.leases import Acked
from orchestrator.core.mail.message import Record, SendResult
from orchestrator.core.mail.order import BYTES_A_CALL, Leased, Received, ReceiveFilter
from orchestrator.core.text.clean import one_line
from orchestrator.hub.mail.gathers.gathers import GatherAnswer
from orchestrator.hub.mail.sending.references import References

_LISTED = 5
_LEAST = 1_000
"""Maximum bytes of each result that are shown, for any number of results."""


def sent(answer: SendResult) -> str:
    """JSON on one line: the message's id, its outcome by mailbox, and the notes."""
    said: dict[str, object] = {"id": answer.id, "to": {box: fate.value for box, fate in answer.fates}}
    if answer.gather:
        said["gather"] = answer.gather
    if answer.repeated:
        said["repeated"] = True
    if answer.notes:
        said["note"] = "; ".join(answer.notes)
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


async def received(references: References, got: Received, *, peek: bool) -> str:
    """Each message in its envelope; of a long one the beginning, and the path of the full text."""
    if not got.messages:
        return "No mail."
    count = len(got.messages)
    head = f"{count} message{'s' if count > 1 else ''}{(' (not taken)' if peek else '')}."
    more = "There are more: call mail_receive again." if got.more else ""
    parts = [f"{head} {STANDING_RULE}", *(await _letters(references, got.messages, BYTES_A_CALL)), more]
    return "\n\n".join(filter(None, parts))


def nothing(want: ReceiveFilter, senders: Sequence[str], left: Sequence[Leased]) -> str:
    """The answer for no mail; with the mail that a filter has excluded."""
    if not left:
        return "No mail."
    what = " or ".join(each.value for each in want.kinds) or "mail"
    where = f" from {', '.join(senders)}" if senders else ""
    where += f" in thread {want.thread}" if want.thread else ""
    waiting = ", ".join(
        f"{each.message.kind.value} from {each.message.sender}" for each in left[:_LISTED]
    ) + (" and more" if len(left) > _LISTED else "")
    count = f"{len(left)} other message{' waits' if len(left) == 1 else 's wait'}"
    return one_line(
        f"No mail: no {what}{where}; {count} ({waiting}). Call mail_receive without these filters.", 600
    )


async def gathered(references: References, found: GatherAnswer) -> str:
    """Progress, missing members, and the reports in envelopes, shortened to fit one call."""
    gather = found.gather
    head = "complete" if found.complete else "NOT complete"
    lines = [f"Gather {gather.id} is {head}: {gather.count} of {gather.wanted} reported."]
    if not found.complete or gather.wanted == len(gather.members):
        lines += [f"missing: {each.name}: {one_line(each.state, 300)}" for each in found.missing]
    if found.unread:
        whose = Counter(f"{each.kind.value} from {each.sender}" for each in found.unread)
        said = ", ".join(f"{count} {what}" for what, count in whose.items())
        asks = " Answer it, then call mail_gather again." if "question" in said else ""
        lines.append(one_line(f"unread mail of members: {said}; mail_receive shows it.{asks}", 400))
    if not found.complete:
        lines.append(f"Call mail_gather(gather={gather.id!r}) again to keep waiting.")
    letters = (*found.told, *found.reports)
    if letters:
        lines.append(STANDING_RULE)
    each = max(_LEAST, BYTES_A_CALL // max(1, len(letters)))
    return "\n\n".join(["\n".join(lines), *(await _letters(references, letters, each))])


def under_way(found: Sequence[Gather], missing: Callable[[Gather], Sequence[Missing]]) -> str:
    """The gathers of a session, for a call without one."""
    if not found:
        return (
            "You have no open gather. Open one: mail_send with expect=true, "
            'or mail_gather(expect=["worker-1", "worker-2"]).'
        )
    lines = [f"{len(found)} open gather{'s' if len(found) > 1 else ''} of yours:"]
    for each in found:
        lacking = ", ".join(f"{one.name} ({one.state})" for one in missing(each))
        lines.append(one_line(f"{each.id}: {each.count} of {each.wanted} reported; missing: {lacking}", 500))
    lines.append(f"Wait for one: mail_gather(gather={found[0].id!r}).")
    return "\n".join(lines)


def acked(ids: Sequence[str], came_to: Sequence[Acked]) -> str:
    """One entry for each of `ids`, in their order; `came_to` has as many."""
    words = {
        Acked.STALE: "stale (your lease has ended; nothing was changed)",
        Acked.UNKNOWN: "unknown in your mailbox",
        Acked.DEAD: "in the dead letters",
    }
    return "; ".join(f"{one}: {words.get(each, each.value)}" for one, each in zip(ids, came_to, strict=True))


def peers(found: Iterable[Peer], unread: Mapping[str, int], me: str, wanted: str) -> str:
    """A line each, only those that contain the word `wanted`; the human comes first."""
    lines = ["human: the person who watches all sessions"]
    for each in found:
        parts = [
            f"{each.name}{' (you)' if each.name == me else ''}: {each.state.replace('_', ' ')}",
            f"labels {','.join(each.labels)}" if each.labels else "",
            f"led by {each.lead}" if each.lead else "",
            f"run {each.run}" if each.run else "",
            f"branch {each.branch}" if each.branch else "",
            f"{unread[each.name]} unread" if unread.get(each.name) else "",
            "on another machine" if each.hub else "",
        ]
        lines.append("; ".join(filter(None, parts)))
    word = wanted.removeprefix("@label:").lower()
    return "\n".join(one_line(line, 400) for line in lines if word in line.lower()) or "No match."


def found(records: Sequence[Record]) -> str:
    """A line for each message, in their order, with the beginning of its subject or body."""
    if not records:
        return "No message contains these words."
    lines = []
    for record in records:
        message = record.message
        words = one_line(plain(message.subject or message.body), 120)
        lines.append(
            f"{message.id} {_time(message.at)} {message.sender} -> {', '.join(message.to)} "
            f"[{message.kind.value}] thread {message.thread}: {words}"
        )
    return "\n".join(lines)


async def _letters(references: References, messages: Sequence[Leased], most_bytes: int) -> list[str]:
    """Each in its envelope, with a boundary chosen after it was written."""
    places = await references.places([each.message for each in messages])
    return [
        shown(
            each,
            secrets.token_hex(8),
            sent=_time(each.message.at),
            places=places,
            whole_at=await references.whole(each) if each.message.size > most_bytes else "",
            most_bytes=most_bytes,
        )
        for each in messages
    ]


def _time(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
