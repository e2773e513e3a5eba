"""A message made of what a session asks to send and what the hub knows of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from orchestrator.core.mail.gather import Gather, awaiting, opened
from orchestrator.core.mail.limits import hops_after
from orchestrator.core.mail.message import Authority, Kind, Message, Post, Ref

REPORTS = frozenset({Kind.RESULT, Kind.PARTIAL})
"""What counts for a gather."""
_HANDS_ON = frozenset({Kind.TASK, Kind.QUESTION, Kind.HANDOFF, Kind.NOTE, Kind.CONTROL})


@dataclass(frozen=True, slots=True)
class Draft:
    """What a sender says of a message. Who it is and with what authority, the hub says."""

    kind: Kind
    body: str
    subject: str = ""
    refs: tuple[Ref, ...] = ()
    reply_to: str = ""
    thread: str = ""
    urgent: bool = False
    ttl_s: float | None = None
    idem: str = ""


def compose(
    draft: Draft,
    *,
    message: str,
    sender: str,
    authority: Authority,
    to: tuple[str, ...],
    now: float,
    unknown: tuple[str, ...] = (),
    parent: Message | None = None,
    in_hand: Iterable[Message] = (),
    gathers: Collection[Gather] = (),
    expect: tuple[str, ...] = (),
    gather: str = "",
    gather_s: float | None = None,
) -> Post:
    """The post with the id `message`, ready for the store.

    `to` are mailboxes (`addressing.resolve`), `parent` the message that is answered, `in_hand` what the
    sender's session has leased, `gathers` the open ones. With `expect` the gather of the id `gather` is
    opened over these mailboxes, for `gather_s` seconds. A report goes to the gather that awaits it, also
    where the sender has forgotten to name the thread.
    """
    thread = draft.thread or (parent.thread if parent else "")
    report_to = ""
    if draft.kind in REPORTS:
        asked = parent.gather if parent and parent.sender in to else ""
        report_to = asked or awaiting(gathers, sender, to, thread)
    if not thread and report_to:
        thread = next((each.thread for each in gathers if each.id == report_to), "")
    thread = thread or message
    deadline = None if gather_s is None else now + gather_s
    opens = opened(gather, sender, thread, expect, at=now, deadline=deadline) if expect else None
    causes = ([parent] if parent else []) + [
        each for each in in_hand if each.kind in _HANDS_ON and draft.kind in _HANDS_ON
    ]
    return Post(
        Message(
            id=message,
            sender=sender,
            to=to,
            kind=draft.kind,
            body=draft.body,
            at=now,
            thread=thread,
            subject=draft.subject,
            refs=draft.refs,
            reply_to=draft.reply_to,
            urgent=draft.urgent,
            authority=authority,
            idem=draft.idem,
            expires_at=None if draft.ttl_s is None else now + draft.ttl_s,
            hops=hops_after(sender, to, tuple(causes)) if authority is Authority.PEER else 0,
            gather=gather if opens else report_to,
        ),
        unknown,
        opens,
    )
