"""Bodies that are too long for a message: sent as blobs, of which a mailbox holds a limited amount."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.message import Authority, MessageState, Record, Ref
from orchestrator.core.mail.message_limits import BLOB_BYTES, BODY_BYTES, BOX_MESSAGES, LONG_BYTES
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.mail.connection import MailConnection
from orchestrator.store.mail.protocol import MailAway

_HEAD = 4_000
"""Characters of a long body that are in the message itself."""


@dataclass(frozen=True, slots=True)
class LongBodies:
    """Methods raise `RefusedError` and `MailError`."""

    connection: MailConnection

    async def check(self, sender: str, authority: Authority, boxes: Sequence[str], draft: Draft) -> None:
        """Raises `RefusedError` if a peer has too many long messages waiting in a mailbox."""
        size = len(draft.body.encode(errors="replace"))
        if size <= BODY_BYTES or authority is not Authority.PEER:
            return
        for box in boxes:
            try:
                records = await self.connection.store.records(box, BOX_MESSAGES)
            except MailAway:
                if not self.connection.queues:
                    raise
                return
            held = sum(_waiting_bytes(record, sender, box) for record in records)
            if held + size > LONG_BYTES:
                raise refusal(
                    f"{held:,} bytes of your long messages are unread in {box}",
                    f"with this one they would exceed {LONG_BYTES:,}",
                    "Wait until they are read, or write it to a file, commit it, and send a reference to it.",
                )

    async def with_blob(self, draft: Draft) -> Draft:
        """The draft; a long body becomes a blob, with its beginning and a reference in the message."""
        data = draft.body.encode(errors="replace")
        if len(data) <= BODY_BYTES:
            return draft
        if len(data) > BLOB_BYTES:
            raise refusal(
                f"the body has {len(data):,} bytes",
                f"the limit is {BLOB_BYTES:,}",
                "Write it to a file, commit it, and send a reference to the file.",
            )
        name = await self.connection.store.put_blob(data)
        head = f"{draft.body[:_HEAD]}\n\n[truncated; the full {len(data):,} bytes are in the blob]"
        return replace(draft, body=head, refs=(*draft.refs, Ref("blob", name, sha256=name, size=len(data))))


def _waiting_bytes(record: Record, sender: str, box: str) -> int:
    """What one message takes up in blobs while it waits in the mailbox."""
    waits = any(
        each.box == box and each.place in (MessageState.WAITING, MessageState.LEASED)
        for each in record.deliveries
    )
    if record.message.sender != sender or not waits:
        return 0
    return sum(ref.size for ref in record.message.refs if ref.kind == "blob")
