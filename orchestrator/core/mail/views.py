"""Views of the mail for clients: frozen and flat."""

from dataclasses import dataclass

from orchestrator.core.literals import AuthorityName, MailKind, MemberPart
from orchestrator.core.mail.message import Delivery, Ref


@dataclass(frozen=True, slots=True)
class BoxView:
    """A mailbox, and an element of `orch mail peers --json`. `state` is its card's; empty for the human's."""

    name: str
    card: str
    title: str
    labels: tuple[str, ...]
    run: str
    lead: str
    """The mailbox of its coordinator; empty for none."""
    state: str
    branch: str
    over: bool
    """Its card is done: it gets no mail for groups."""
    unread: int
    tasks: int
    urgent: int
    leased: int
    dead: int
    oldest: float | None
    """When the oldest unread message was sent."""
    bell: str
    """How its session is notified of mail: `waits in mail_receive`, `at its next tool`, `notified by typed
    line`, `when it is resumed`."""
    deaf: bool
    """Its session was notified as often as allowed and has not fetched its mail."""
    hub: str = ""
    """The hub that serves it, if it is a different one that shares the mail store."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message and its state in each of its mailboxes."""

    id: str
    sender: str
    to: tuple[str, ...]
    kind: MailKind
    subject: str
    body: str
    at: float
    thread: str
    reply_to: str
    urgent: bool
    authority: AuthorityName
    refs: tuple[Ref, ...]
    gather: str
    hops: int
    expires_at: float | None
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class ThreadView:
    id: str
    subject: str
    names: tuple[str, ...]
    count: int
    first_at: float
    last_at: float


@dataclass(frozen=True, slots=True)
class MemberView:
    """`part` is `awaited`, `partial`, `reported` or `gone`; `state` is its session's state, or why it is
    gone, as text."""

    name: str
    part: MemberPart
    state: str
    needs_human: bool
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GatherView:
    """A gather: what its owner waits for."""

    id: str
    owner: str
    thread: str
    subject: str
    at: float
    deadline: float
    complete: bool
    members: tuple[MemberView, ...]


@dataclass(frozen=True, slots=True)
class DeadView:
    """A dead letter; `message` is its id for a redrive."""

    box: str
    message: MessageView
    why: str
    times: int
    at: float


@dataclass(frozen=True, slots=True)
class PauseView:
    """Two mailboxes that may not write to each other until the human resumes them."""

    a: str
    b: str
    at: float
    why: str


@dataclass(frozen=True, slots=True)
class FlowView:
    """How many messages were sent from one mailbox to another in the minute that began `at`."""

    at: float
    sender: str
    to: str
    count: int


@dataclass(frozen=True, slots=True)
class ClaimView:
    """An advisory lease on a file, a folder or a topic."""

    what: str
    repo: str
    holder: str
    exclusive: bool
    until: float


@dataclass(frozen=True, slots=True)
class MailView:
    """Overview of all mail, as sent on the stream."""

    store: str
    """`sqlite`, or the shared store's address without its password."""
    trouble: str
    """The store's problem, as text; empty for none."""
    boxes: tuple[BoxView, ...] = ()
    """The human's first, then those with unread mail, then by name."""
    gathers: tuple[GatherView, ...] = ()
    """Open gathers."""
    paused: tuple[PauseView, ...] = ()
    claims: tuple[ClaimView, ...] = ()
    newest: float = 0.0
    """When the newest message was sent: a displayed list is outdated if this has grown."""


@dataclass(frozen=True, slots=True)
class SentView:
    """The answer to a send, with the outcome for each recipient: `stored`, `full`, `unknown` or `queued`."""

    id: str
    fates: tuple[tuple[str, str], ...]
    gather: str
    repeated: bool
    notes: tuple[str, ...] = ()
    """How it was interpreted: the gather it counts for, and the names it waits for."""


@dataclass(frozen=True, slots=True)
class RefView:
    """The content of a reference: the text of the file at its commit, or its diff against the base."""

    title: str
    text: str
    diff: bool
    trouble: str
    """Why it cannot be shown, as text; empty if it can."""
