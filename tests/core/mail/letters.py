"""Messages to try rules on."""

import itertools

from orchestrator.core.mail.message import Authority, Kind, Message, MessageNotice, Ref

_numbers = itertools.count(1)


def letter(
    sender: str = "ann",
    to: tuple[str, ...] = ("bob",),
    kind: Kind = Kind.NOTE,
    body: str = "hello",
    *,
    at: float = 10.0,
    hops: int = 0,
    subject: str = "",
    gather: str = "",
    thread: str = "t1",
    refs: tuple[Ref, ...] = (),
    expires_at: float | None = None,
) -> Message:
    return Message(
        f"m{next(_numbers)}",
        sender,
        to,
        kind,
        body,
        at,
        thread,
        subject,
        refs,
        hops=hops,
        gather=gather,
        expires_at=expires_at,
    )


def passed(
    sender: str, to: str | tuple[str, ...], at: float, authority: Authority = Authority.PEER
) -> MessageNotice:
    boxes = (to,) if isinstance(to, str) else to
    return MessageNotice(f"m{next(_numbers)}", sender, boxes, Kind.NOTE, at, authority=authority)
