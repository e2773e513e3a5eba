"""Mail in the form of the scripts."""

import json
from collections.abc import Mapping, Sequence

from orchestrator.core.mail.gather import Gather, reported, tombstoned
from orchestrator.core.mail.leases import GivenBack
from orchestrator.core.mail.message import (
    Authority,
    Delivery,
    Kind,
    MessageNotice,
    MessageState,
    Post,
    Record,
    SendResult,
    SendStatus,
)
from orchestrator.core.mail.message_limits import BOX_BYTES, BOX_MESSAGES
from orchestrator.store.mail.codec import GATHER, MESSAGE

NOT_STORED = "its mailbox has not accepted the message"


def seconds(text: str | bytes) -> float | None:
    """A time in the scripts' form; '' for none."""
    return float(text) if text else None


def facts_of(post: Post) -> str:
    """What `send.lua` has to know about a message without parsing it."""
    message = post.message
    reports = ""
    if message.gather and not post.opens:
        reports = "partial" if message.kind is Kind.PARTIAL else "final"
    return json.dumps(
        {
            "id": message.id,
            "sender": message.sender,
            "to": message.to,
            "kind": message.kind.value,
            "thread": message.thread,
            "at": repr(message.at),
            "urgent": "1" if message.urgent else "0",
            "size": message.size,
            "expires": "" if message.expires_at is None else repr(message.expires_at),
            "idem": message.idem,
            "gather": message.gather if post.opens is None else post.opens.id,
            "authority": message.authority.value,
            "unknown": json.dumps(post.unknown, ensure_ascii=False),
            "members": [each.name for each in post.opens.members] if post.opens else [],
            "reports": reports,
            "blobs": [ref.sha256 for ref in message.refs if ref.sha256],
            "not_stored": NOT_STORED,
            "box_messages": BOX_MESSAGES,
            "box_bytes": BOX_BYTES,
        },
        ensure_ascii=False,
    )


def sent_of(answer: Sequence[bytes | int]) -> SendResult:
    """What `send.lua` returns: repeated, id, outcomes and unknown addresses as JSON, gather."""
    repeated, name, fates, unknown, gather = answer
    assert not isinstance(name, int)
    assert not isinstance(fates, int)
    assert not isinstance(unknown, int)
    assert not isinstance(gather, int)
    return SendResult(
        name.decode(),
        (
            *((box, SendStatus(fate)) for box, fate in json.loads(fates)),
            *((address, SendStatus.UNKNOWN) for address in json.loads(unknown)),
        ),
        gather.decode(),
        bool(repeated),
    )


def record_of(fields: Mapping[bytes, bytes]) -> Record:
    """A message's hash as a record."""
    message = MESSAGE.load(fields[b"message"])
    found = {key[1:].decode(): json.loads(text) for key, text in fields.items() if key[:1] == b"@"}
    return Record(message, tuple(_delivery(box, found[box]) for box in message.to if box in found))


def _delivery(box: str, kept: Mapping[str, str]) -> Delivery:
    return Delivery(
        box,
        MessageState(kept["place"]),
        int(kept["times"]),
        kept["session"],
        int(kept["fence"]),
        seconds(kept["until"]),
        kept["why"],
        float(kept["at"]),
    )


def passing_of(fields: Mapping[bytes, bytes]) -> MessageNotice:
    """An entry of the log."""
    text = {key.decode(): value.decode() for key, value in fields.items()}
    return MessageNotice(
        text["id"],
        text["sender"],
        tuple(json.loads(text["to"])),
        Kind(text["kind"]),
        float(text["at"]),
        text["urgent"] == "1",
        text["gather"],
        Authority(text["authority"]),
    )


def given_back_of(answer: Sequence[bytes | int]) -> GivenBack:
    """What `give_back.lua` and `expire.lua` return: flat triples of died (0 or 1), mailbox, message."""
    waiting: list[tuple[str, str]] = []
    dead: list[tuple[str, str]] = []
    for died, box, name in zip(answer[::3], answer[1::3], answer[2::3], strict=True):
        assert isinstance(box, bytes)
        assert isinstance(name, bytes)
        (dead if died else waiting).append((box.decode(), name.decode()))
    return GivenBack(tuple(waiting), tuple(dead))


def gather_of(body: bytes, happened: Sequence[bytes]) -> Gather:
    """A gather as it was opened, with everything that has happened since."""
    gather = GATHER.load(body)
    for each in map(json.loads, happened):
        at = float(each["at"])
        if "message" in each:
            gather = reported(gather, each["name"], each["message"], at, final=each["final"])
        else:
            gather = tombstoned(gather, each["name"], each["why"], at)
    return gather


def tomb(name: str, why: str, now: float) -> str:
    """A tombstone as JSON, for the gather's list of events; `gather_of` reads it."""
    return json.dumps({"name": name, "why": why, "at": repr(now)}, ensure_ascii=False)
