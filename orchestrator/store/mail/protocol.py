"""The protocol of mail stores."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.core.mail.addressing import Peer
from orchestrator.core.mail.claims import Claim, Conflict
from orchestrator.core.mail.gather import Gather
from orchestrator.core.mail.leases import Acked, Dead, GivenBack, Outcome
from orchestrator.core.mail.message import Message, MessageNotice, Post, Record, SendResult
from orchestrator.core.mail.order import BoxCount, Leased, Received, ReceiveFilter, Thread
from orchestrator.core.mail.rate_limits import Pair, Pause
from orchestrator.core.retention import Removable


class MailError(Exception):
    """The mail cannot be used; says why and what to do."""


class MailAway(MailError):
    """The shared store cannot be reached now. The call may or may not have taken effect: repeating it with
    the same ids is safe."""


@dataclass(frozen=True, slots=True)
class MailEvent:
    """Something that a waiting receiver may want: a stored message, or, with an empty `passing`, that some
    may have been missed and everyone should check again."""

    passing: MessageNotice | None = None


class MailStore(Protocol):
    """Durable mailboxes. All times are the caller's, in seconds since the epoch.

    Every method raises `MailError` if the store cannot do it, and `MailAway` while a shared store cannot be
    reached. A `session` is one run of an agent for a mailbox: leases belong to it.
    """

    @property
    def trouble(self) -> str:
        """The present problem, as text for the board's header; empty for none."""

    async def open(self) -> None:
        """Opens the store. Comes first."""

    async def close(self) -> None:
        """Completes pending work and closes files and connections."""

    async def send(self, post: Post) -> SendResult:
        """Stores the message for all its recipients at once, before it returns.

        A full mailbox is reported as such and the others get theirs; if all are full nothing is stored. A
        known id, or (sender, idem), gets the first answer. Stored in the same step: the gather that it opens
        (with a tombstone for each member whose mailbox has not accepted it), and a report's mark in the
        gather that it names, if it went to its owner.
        """

    async def receive(self, box: str, session: str, now: float, want: ReceiveFilter) -> Received:
        """Leases the next messages of the mailbox to this session, until `now` plus the store's lease
        time."""

    async def peek(self, box: str, now: float, want: ReceiveFilter) -> Received:
        """What `receive` would deliver, without a lease: the fences are 0."""

    async def held(self, box: str, session: str) -> tuple[Leased, ...]:
        """What this session has leased, oldest first."""

    async def ack(
        self, box: str, acks: Sequence[tuple[str, int]], outcome: Outcome, now: float, note: str = ""
    ) -> tuple[Acked, ...]:
        """Settles messages, given as (id, fence); returns the result of each in order."""

    async def renew(self, sessions: Collection[tuple[str, str]], now: float) -> None:
        """Renews the leases of these (mailbox, session) for the full lease time."""

    async def give_back(self, box: str, session: str, now: float) -> GivenBack:
        """Ends all leases of a session that cannot continue with them."""

    async def expire(self, now: float) -> GivenBack:
        """Returns expired leases, and turns expired unread messages into dead letters."""

    async def counts(self) -> tuple[BoxCount, ...]:
        """Every mailbox with waiting, leased or dead messages, by name."""

    async def record(self, message: str) -> Record | None:
        """A message and its state."""

    async def records(
        self, box: str = "", limit: int = 100, before: float | None = None
    ) -> tuple[Record, ...]:
        """The newest messages to or from a mailbox, or of all; newest first, and older than `before`."""

    async def threads(self, box: str = "", limit: int = 100) -> tuple[Thread, ...]:
        """The threads of a mailbox, or all; the one with the newest message first."""

    async def thread(self, thread: str) -> tuple[Record, ...]:
        """All messages of a thread, oldest first."""

    async def search(self, query: str, limit: int = 50) -> tuple[Record, ...]:
        """Messages whose subject or body has all words of the query, newest first. The last word may be a
        prefix. A query has no special characters."""

    async def recent(self, since: float) -> tuple[MessageNotice, ...]:
        """Everything sent since then, oldest first."""

    def export(self) -> AsyncIterator[Record]:
        """All messages, oldest first."""

    async def dead(self, box: str = "") -> tuple[Dead, ...]:
        """The dead letters of a mailbox, or all; newest first."""

    async def redrive(self, box: str, messages: Sequence[str], now: float) -> tuple[str, ...]:
        """Returns dead letters to the end of their mailbox, with five new deliveries and no expiry. Returns
        the ids of those that were accepted: a full mailbox accepts no more."""

    async def gather(self, gather: str) -> Gather | None:
        """The gather with that id, open or complete; `None` if there is none."""

    async def gathers(self, since: float | None = None) -> tuple[Gather, ...]:
        """Those with an expected member, oldest first; with `since` also all opened since then."""

    async def open_gather(self, gather: Gather) -> Gather:
        """Stores a gather that no message opens, unless its id is known. Returns what is stored."""

    async def count_report(self, gather: str, report: Message, *, final: bool) -> Gather | None:
        """Marks a stored message as its sender's report. Returns the gather after that."""

    async def tombstone(self, gather: str, name: str, why: str, now: float) -> Gather | None:
        """Sets a tombstone for `name`. Returns the gather after that."""

    async def put_blob(self, data: bytes) -> str:
        """Stores up to 8 MiB, once; returns the sha256 in hex."""

    async def blob(self, sha256: str) -> bytes | None:
        """The bytes with that sha256 in hex; `None` if they were never stored or are removed."""

    async def claim(self, wanted: Sequence[Claim], now: float) -> Conflict | None:
        """Grants all claims, or none and returns the conflict."""

    async def claims(self, now: float) -> tuple[Claim, ...]:
        """The claims that have not expired at `now`, oldest first."""

    async def drop_claims(self, holder: str, session: str = "", what: Collection[str] = ()) -> None:
        """Ends claims of a mailbox: those of one session, or on these paths, if given."""

    async def pause(self, pause: Pause) -> None:
        """Records that two mailboxes may not write to each other. Replaces an earlier pause of the pair."""

    async def unpause(self, pair: Pair) -> None:
        """Ends the pair's pause; does nothing if there is none."""

    async def paused(self) -> tuple[Pause, ...]:
        """All pauses, ordered by their pairs."""

    async def old(self, before: float, dead_before: float) -> Removable:
        """How much `forget` would remove now."""

    async def blobs(self) -> Removable:
        """The number of blobs, and their bytes."""

    async def forget(self, before: float, dead_before: float, now: float) -> Removable:
        """Removes the threads in which nothing was sent or settled since `before`, no message became a dead
        letter since `dead_before`, nothing is unread or leased, and no member is expected; each thread as a
        unit and in one step. Then blobs without a reference for a day. Returns what was removed."""

    async def announce(self, hub: str, peers: Sequence[Peer], now: float) -> tuple[str, ...]:
        """Announces the mailboxes that this hub serves, for a minute. Returns the names that another hub
        serves: those were not accepted."""

    async def peers(self, now: float) -> tuple[Peer, ...]:
        """All recipients, as announced by the hubs within the last minute."""

    async def listen(self) -> AsyncIterator[MailEvent]:
        """Subscribes, and returns an iterator over all messages from then on, including those that other hubs
        send. It does not end on its own."""
