"""Mail and teams. Mailboxes are named by a card's slug or id, or `human`."""

from dataclasses import dataclass

from orchestrator.core.mail.message import Kind
from orchestrator.core.mail.views import (
    DeadView,
    FlowView,
    GatherView,
    MailView,
    MessageView,
    RefView,
    SentView,
    ThreadView,
)
from orchestrator.core.requests.request import Act, Read

_READ = "mail.read"
"""The act of reading any message."""


@dataclass(frozen=True, slots=True)
class ShowMail(Read[MailView]):
    """Mailboxes, open gathers, paused pairs, leases."""

    verb = "mail"


@dataclass(frozen=True, slots=True)
class ListMessages(Read[tuple[MessageView, ...]]):
    """The newest messages to or from a mailbox, or of all; newest first."""

    verb = "mail.messages"
    act = _READ
    box: str = ""
    limit: int = 100
    before: float | None = None


@dataclass(frozen=True, slots=True)
class ShowMessage(Read[MessageView]):
    verb = "mail.show"
    act = _READ
    message: str


@dataclass(frozen=True, slots=True)
class ShowReference(Read[RefView]):
    """The content of the message's reference with that number (from 0)."""

    verb = "mail.ref"
    act = _READ
    message: str
    number: int = 0
    diff: bool = False


@dataclass(frozen=True, slots=True)
class ListThreads(Read[tuple[ThreadView, ...]]):
    verb = "mail.threads"
    act = _READ
    box: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class ShowThread(Read[tuple[MessageView, ...]]):
    """All of a thread, oldest first."""

    verb = "mail.thread"
    act = _READ
    thread: str


@dataclass(frozen=True, slots=True)
class SearchMail(Read[tuple[MessageView, ...]]):
    verb = "mail.search"
    act = _READ
    query: str
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ShowGather(Read[GatherView]):
    verb = "mail.gather"
    act = _READ
    gather: str


@dataclass(frozen=True, slots=True)
class ListDead(Read[tuple[DeadView, ...]]):
    verb = "mail.dead"
    act = _READ
    box: str = ""


@dataclass(frozen=True, slots=True)
class ListFlow(Read[tuple[FlowView, ...]]):
    """Messages between mailboxes, by minute."""

    verb = "mail.flow"
    minutes: int = 60


@dataclass(frozen=True, slots=True)
class ExportMail(Read[tuple[MessageView, ...]]):
    """All messages, oldest first."""

    verb = "mail.export"
    act = _READ


@dataclass(frozen=True, slots=True)
class SendMail(Act[SentView]):
    """Sends in the person's name; stored on disk before the answer. `to`: names, unique prefixes, `@label:x`,
    `@all`. `files` are absolute paths, sent as blobs. With `expect` a gather is opened over the recipients. A
    refusal says why nothing was sent."""

    verb = "mail.send"
    to: tuple[str, ...]
    body: str
    kind: Kind = Kind.NOTE
    subject: str = ""
    reply_to: str = ""
    thread: str = ""
    urgent: bool = False
    ttl_s: float | None = None
    idem: str = ""
    files: tuple[str, ...] = ()
    expect: bool = False


@dataclass(frozen=True, slots=True)
class ReadMail(Act[MessageView]):
    """Takes a message out of the person's mailbox: it is read."""

    verb = "mail.read"
    message: str


@dataclass(frozen=True, slots=True)
class Redrive(Act[tuple[str, ...]]):
    """Returns dead letters to their mailbox; answered by the ids of those it returned."""

    verb = "mail.redrive"
    box: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unpause(Act[None]):
    """Resumes mail between two paused mailboxes."""

    verb = "mail.unpause"
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class StartTeam(Act[tuple[str, ...]]):
    """Starts a coordinator and its workers from a team's description (YAML, see docs/teams.md); answered by
    the ids of their cards, the coordinator's first."""

    verb = "team"
    text: str
    repo: str
    file: str = ""
