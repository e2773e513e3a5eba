"""What the hub asks of a mail system, whichever store is behind it."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.core.mail.addressing import Peer
from orchestrator.core.mail.claims import Claim, Conflict
from orchestrator.core.mail.gather import Gather
from orchestrator.core.mail.leases import Acked, Dead, GivenBack, Outcome
from orchestrator.core.mail.message import Message, MessageNotice, Post, Record, SendResult
from orchestrator.core.mail.order import BoxCount, Leased, Received, ReceiveFilter, Thread
from orchestrator.core.mail.traffic import Pair, Pause
from orchestrator.core.retention import Removable


class MailError(Exception):
    """The mail can't be used; says why and what to do."""


class MailAway(MailError):
    """The shared store can't be reached now. What was asked may or may not have been done: asking again
    with the same ids does it once."""


@dataclass(frozen=True, slots=True)
class MailEvent:
    """Something that a waiting receiver may want: a message that was stored, or, with `passing` empty,
    that some may have been missed and everybody should look again."""

    passing: MessageNotice | None = None


class MailStore(Protocol):
    """Mailboxes that keep what they have taken. All times are the caller's, in seconds since the epoch.

    Every method raises `MailError` in words when the store can't do it, and `MailAway` while a shared
    store can't be reached. A `session` is one run of an agent for a box: leases belong to it.
    """

    @property
    def trouble(self) -> str:
        """What is wrong just now, in words for the board's header; empty when all is well."""

    async def open(self) -> None:
        """Makes the store usable. Comes first."""

    async def close(self) -> None:
        """Finishes what is under way and lets go of files and connections."""

    async def send(self, post: Post) -> SendResult:
        """Stores the message for all its recipients at once, before it returns.

        A full box is told as such and the others get theirs; where all are full nothing is kept. An id, or
        a (sender, idem), that is known already gets the first answer. With the message go, in the same
        step: the gather that it opens (with a tombstone for each member whose box has not taken it), and
        the mark of a report in the gather that it names, to whose owner it went.
        """

    async def receive(self, box: str, session: str, now: float, want: ReceiveFilter) -> Received:
        """Leases the next messages of the box to this session, until `now` and the store's visibility."""

    async def peek(self, box: str, now: float, want: ReceiveFilter) -> Received:
        """What `receive` would hand out, without a lease: the fences are 0."""

    async def held(self, box: str, session: str) -> tuple[Leased, ...]:
        """What this session has in its hands, oldest first."""

    async def ack(
        self, box: str, acks: Sequence[tuple[str, int]], outcome: Outcome, now: float, note: str = ""
    ) -> tuple[Acked, ...]:
        """Settles messages, given as (id, fence); says for each in turn what came of it."""

    async def renew(self, sessions: Collection[tuple[str, str]], now: float) -> None:
        """The leases of these (box, session) hold for the whole visibility from now on."""

    async def give_back(self, box: str, session: str, now: float) -> GivenBack:
        """Ends all leases of a session that can't go on with them."""

    async def expire(self, now: float) -> GivenBack:
        """Gives back leases that ran out, and takes unread messages past their time to the dead letters."""

    async def counts(self) -> tuple[BoxCount, ...]:
        """Every box that holds anything waiting, leased or dead, by name."""

    async def record(self, message: str) -> Record | None:
        """A message and where it stands."""

    async def records(
        self, box: str = "", limit: int = 100, before: float | None = None
    ) -> tuple[Record, ...]:
        """The newest messages to or from a box, or of all; newest first, and older than `before`."""

    async def threads(self, box: str = "", limit: int = 100) -> tuple[Thread, ...]:
        """The threads in which a box has part, or all; the one with the newest message first."""

    async def thread(self, thread: str) -> tuple[Record, ...]:
        """All messages of a thread, oldest first."""

    async def search(self, query: str, limit: int = 50) -> tuple[Record, ...]:
        """Messages whose subject or body has all words of the query, the newest first. The last word may
        be the beginning of one. Nothing in a query has a meaning of its own."""

    async def recent(self, since: float) -> tuple[MessageNotice, ...]:
        """All that has passed since then, oldest first."""

    def export(self) -> AsyncIterator[Record]:
        """Every message there is, oldest first."""

    async def dead(self, box: str = "") -> tuple[Dead, ...]:
        """The dead letters of a box, or all; the newest death first."""

    async def redrive(self, box: str, messages: Sequence[str], now: float) -> tuple[str, ...]:
        """Puts dead letters back at the end of their box, with five deliveries before them and without an
        end of life. Returns the ids of those that it took: a full box takes no more."""

    async def gather(self, gather: str) -> Gather | None:
        """The gather of that id, open or complete; `None` where there is none."""

    async def gathers(self, since: float | None = None) -> tuple[Gather, ...]:
        """Those in which somebody is still awaited, oldest first; with `since` also all opened since then."""

    async def open_gather(self, gather: Gather) -> Gather:
        """Keeps a gather that no message opens, unless its id is known. Returns what is kept."""

    async def count_report(self, gather: str, report: Message, *, final: bool) -> Gather | None:
        """Marks a stored message as its sender's report. Returns the gather as it is then."""

    async def tombstone(self, gather: str, name: str, why: str, now: float) -> Gather | None:
        """Nobody waits for `name` any more. Returns the gather as it is then."""

    async def put_blob(self, data: bytes) -> str:
        """Keeps up to 8 MiB, once; returns the sha256 in hex."""

    async def blob(self, sha256: str) -> bytes | None:
        """The bytes under that sha256 in hex; `None` where they were never kept or are removed."""

    async def claim(self, wanted: Sequence[Claim], now: float) -> Conflict | None:
        """Grants all claims, or none and says which one is in the way."""

    async def claims(self, now: float) -> tuple[Claim, ...]:
        """The claims that have not expired at `now`, oldest first."""

    async def drop_claims(self, holder: str, session: str = "", what: Collection[str] = ()) -> None:
        """Ends claims of a mailbox: those of one session, or on these paths, where they are named."""

    async def pause(self, pause: Pause) -> None:
        """Records that two boxes may not write to each other. Replaces an earlier pause of the pair."""

    async def unpause(self, pair: Pair) -> None:
        """Ends the pair's pause; does nothing where there is none."""

    async def paused(self) -> tuple[Pause, ...]:
        """Every pause, ordered by its pair of boxes."""

    async def old(self, before: float, dead_before: float) -> Removable:
        """How much `forget` would remove now."""

    async def blobs(self) -> Removable:
        """How many blobs there are, and their bytes."""

    async def forget(self, before: float, dead_before: float, now: float) -> Removable:
        """Removes the threads in which nothing was sent or settled since `before`, nothing became a dead
        letter since `dead_before`, nothing is unread or leased, and nobody is awaited; each thread whole and
        in one step. Then blobs to which no message has pointed for a day. It says what went."""

    async def announce(self, hub: str, peers: Sequence[Peer], now: float) -> tuple[str, ...]:
        """Says which boxes this hub serves, for a minute. Returns the names that another hub serves: those
        were not taken."""

    async def peers(self, now: float) -> tuple[Peer, ...]:
        """Who can be written to, as the hubs have announced it within the last minute."""

    async def listen(self) -> AsyncIterator[MailEvent]:
        """Begins to listen, and returns what tells of each message from then on, also those that other hubs
        send. It never ends by itself."""
