"""A message built from a session's request and what the hub knows about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.mail.gather import opened
from orchestrator.core.mail.message import Authority, Kind, Message, Post, Ref
from orchestrator.core.mail.message_limits import hops_after

REPORTS = frozenset({Kind.RESULT, Kind.PARTIAL})
"""Kinds that are always a report."""
_HANDS_ON = frozenset({Kind.TASK, Kind.QUESTION, Kind.HANDOFF, Kind.NOTE, Kind.CONTROL})


@dataclass(frozen=True, slots=True)
class Draft:
    """What a sender provides of a message. The hub sets the sender and its authority. Without a `kind`, it is
    derived from the rest."""

    kind: Kind | None
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
    reports_to: str = "",
    to_come: tuple[str, ...] = (),
    expect: tuple[str, ...] = (),
    need: int = 0,
    gather: str = "",
    gather_s: float | None = None,
) -> Post:
    """The post with the id `message`, ready for the store.

    `to` are mailboxes (`addressing.resolve`), `to_come` those that no session has; `parent` is the message
    that is answered, `in_hand` what the sender's session has leased, `reports_to` the gather that it counts
    for. With `expect` the gather with the id `gather` is opened over these mailboxes, for `gather_s` seconds,
    until `need` of them have reported (0: all). A report opens none.
    """
    kind = draft.kind or Kind.NOTE
    thread = draft.thread or (parent.thread if parent else "")
    thread = thread or message
    deadline = None if gather_s is None else now + gather_s
    opens = None
    if expect and not reports_to and kind not in REPORTS:
        opens = opened(gather, sender, thread, expect, at=now, deadline=deadline, need=need, to_come=to_come)
    causes = ([parent] if parent else []) + [
        each for each in in_hand if each.kind in _HANDS_ON and kind in _HANDS_ON
    ]
    return Post(
        Message(
            id=message,
            sender=sender,
            to=to,
            kind=kind,
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
            gather=gather if opens else reports_to,
            to_come=to_come,
        ),
        unknown,
        opens,
    )
