"""Limits of messages: each refusal says what to do instead."""

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.message import Message, SendStatus

BODY_BYTES = 64 * 1024
"""A longer body is sent as a blob, with a reference to it in the message."""
BLOB_BYTES = 8 * 1024 * 1024
BOX_MESSAGES = 1_000
BOX_BYTES = 8 * 1024 * 1024
LONG_BYTES = 2 * BLOB_BYTES
"""Bytes in blobs that one sender may have waiting in one mailbox."""
SUBJECT_CHARACTERS = 200
MOST_REFS = 50
MOST_RECIPIENTS = 120
MOST_HOPS = 8


def malformed(message: Message) -> Rejected | None:
    """Why no store accepts this message, from any sender."""
    if not message.body.strip() and not message.refs:
        return Rejected("the message is empty", hint="Give it a body.")
    try:
        size = len(message.body.encode())
        message.subject.encode()
    except UnicodeEncodeError:
        return Rejected("the message contains a lone surrogate", hint="Send it as UTF-8.")
    if size > BODY_BYTES:
        return Rejected(
            f"the body has {size:,} bytes",
            f"the limit is {BODY_BYTES:,} bytes",
            "Write it to a file, commit it, and send a reference to the file.",
        )
    if len(message.subject) > SUBJECT_CHARACTERS:
        return Rejected(f"the subject is longer than {SUBJECT_CHARACTERS} characters", hint="Shorten it.")
    if len(message.refs) > MOST_REFS:
        return Rejected(f"the message has more than {MOST_REFS} references", hint="Send several messages.")
    if len(message.to) > MOST_RECIPIENTS:
        return Rejected(f"the message has {len(message.to)} recipients", f"the limit is {MOST_RECIPIENTS}")
    if message.expires_at is not None and message.expires_at <= message.at:
        return Rejected("the message's ttl_s is not positive", hint="Set ttl_s above 0.")
    return None


def room(count: int, held: int, size: int) -> SendStatus:
    """Whether a mailbox with so many messages and bytes accepts one more of `size` bytes."""
    return SendStatus.STORED if count < BOX_MESSAGES and held + size <= BOX_BYTES else SendStatus.FULL


def hops_after(sender: str, to: tuple[str, ...], causes: tuple[Message, ...]) -> int:
    """How often the matter has been forwarded, including this message.

    `causes` are the message that is answered and those that the sender has leased. A reply to the sender
    forwards nothing; a result, an answer or a status ends what it answers.
    """
    counted = [
        cause.hops + (any(box != cause.sender for box in to)) for cause in causes if cause.sender != sender
    ]
    return max(counted, default=0)
