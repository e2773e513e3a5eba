"""The tools by which sessions write to each other."""

import time
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.claims import (
    LASTS_S,
    LONGEST_S,
    Claim,
    Thing,
    not_held,
    nothing_held,
    thing,
    too_many,
)
from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.gather import LASTS_S as GATHER_LASTS_S
from orchestrator.core.mail.leases import Outcome
from orchestrator.core.mail.message import Authority, Kind
from orchestrator.core.mail.order import Want
from orchestrator.core.mail.standing import session_name
from orchestrator.core.model import Card
from orchestrator.hub.engine import RefusedError, refusal
from orchestrator.hub.mail.keeper import in_words
from orchestrator.hub.mail.office import Office
from orchestrator.hub.mail.receiving import Reader
from orchestrator.hub.mail.sending import Sender
from orchestrator.hub.mcp import mail_words
from orchestrator.hub.mcp.tools import Arguments, Call, Tool, Toolbox
from orchestrator.hub.server.caller import Caller

KindWord = Literal["task", "question", "answer", "result", "partial", "status", "handoff", "note", "control"]
_LONGEST_WAIT = 600


class Send(Arguments):
    to: list[str] | str = Field(description="Names, prefixes, @label:x, @run, @lead, @all, human")
    kind: KindWord
    body: str
    subject: str = ""
    refs: list[str] = Field(
        default_factory=list, description="Committed paths in your worktree, blob:SHA256, issue:N, gather:ID"
    )
    reply_to: str = ""
    thread: str = ""
    priority: Literal["normal", "urgent"] = "normal"
    ttl_s: float = Field(default=0, ge=0)
    idem: str = Field(default="", description="Same word, same message: sent once")
    expect: bool | float = Field(
        default=False, description="true, or seconds: open a gather for a result of each recipient"
    )


class Receive(Arguments):
    max: int = Field(default=10, ge=1, le=100)
    kinds: list[str] = Field(default_factory=list)
    from_: list[str] = Field(default_factory=list, alias="from")
    thread: str = ""
    wait_s: float = Field(default=0, ge=0, le=_LONGEST_WAIT)
    peek: bool = False


class Ack(Arguments):
    ids: list[str]
    outcome: Literal["done", "failed", "requeue"] = "done"
    note: str = ""


class GatherAsked(Arguments):
    gather: str = ""
    thread: str = ""
    expect: list[str] = Field(default_factory=list)
    wait_s: float = Field(default=_LONGEST_WAIT, ge=0, le=_LONGEST_WAIT)
    partial_ok: bool = False


class Peers(Arguments):
    filter: str = ""


class Search(Arguments):
    query: str


class Lease(Arguments):
    paths: list[str] = Field(description="Paths in the repository, or topic:NAME", min_length=1)
    ttl_s: float = Field(default=LASTS_S, gt=0, le=LONGEST_S)
    mode: Literal["exclusive", "shared", "release"] = "exclusive"


def mail_tools(office: Office) -> Toolbox:
    """The mailbox of a card, for its session."""
    post = _Counter(office)
    tools: tuple[Tool[Any], ...] = (
        Tool("mail_send", "Send a message to sessions or the human. Stored durably.", Send, post.send, True),
        Tool(
            "mail_receive",
            "Take your next messages, urgent and oldest first; block up to wait_s.",
            Receive,
            post.receive,
            True,
        ),
        Tool("mail_ack", "Settle messages before your turn ends (its end does it).", Ack, post.ack, True),
        Tool(
            "mail_gather",
            "Wait for the results of a gather; tells who is missing and why. May be called again.",
            GatherAsked,
            post.gather,
            True,
        ),
        Tool("mail_peers", "List whom you can write to, and their state.", Peers, post.peers, True),
        Tool("mail_search", "Find messages by words, in all mail.", Search, post.search, True),
        Tool(
            "mail_lease",
            "Reserve files or topics so that no two sessions do the same work.",
            Lease,
            post.lease,
            True,
        ),
    )

    def of(caller: Caller) -> Iterable[Tool[Any]]:
        return tools if caller.card in office.engine.state.cards else ()

    return of


class _Counter:
    """Where a session stands and asks. Its name and what it may are the hub's to say, never its own."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def _card(self, call: Call) -> Card:
        """The caller's card; whatever its last call answered has arrived by now."""
        self._office.heard(call.caller.card, call.caller.run)
        card = self._office.engine.state.cards.get(call.caller.card)
        if card is None:
            raise refusal("your card was removed", hint="Say so to the user, and stop.")
        return card

    def _reader(self, call: Call) -> Reader:
        return Reader(self._card(call).slug, session_name(call.caller.card, call.caller.run))

    async def send(self, call: Call, said: Send) -> str:
        card = self._card(call)
        expect_s = _seconds(said.expect)
        draft = Draft(
            kind=Kind(said.kind),
            body=said.body,
            subject=said.subject,
            refs=await self._office.references.of_session(card, said.refs),
            reply_to=said.reply_to,
            thread=said.thread,
            urgent=said.priority == "urgent",
            ttl_s=said.ttl_s or None,
            idem=said.idem or f"call:{call.mark}",
        )
        sender = Sender(card.slug, Authority.PEER, session_name(card.id, call.caller.run))
        return mail_words.sent(await self._office.sending.send(sender, said.to, draft, expect_s=expect_s))

    async def receive(self, call: Call, said: Receive) -> str:
        who = self._reader(call)
        with in_words("no mail was received"):
            senders = await self._office.receiving.senders(who.box, said.from_)
        want = Want(most=said.max, kinds=_kinds(said.kinds), senders=senders, thread=said.thread)
        call.progress("waits for mail")
        got = await self._office.receiving.receive(who, want, said.wait_s, peek=said.peek)
        with in_words("the mail could not be shown"):
            return await mail_words.received(self._office.references, got, peek=said.peek)

    async def ack(self, call: Call, said: Ack) -> str:
        who = self._reader(call)
        came_to = await self._office.receiving.ack(who, said.ids, Outcome(said.outcome), said.note)
        return mail_words.acked(said.ids, came_to)

    async def gather(self, call: Call, said: GatherAsked) -> str:
        if not said.gather and not said.thread:
            hint = "mail_send with expect=true gave you its id; or name a thread."
            raise refusal("name the gather", hint=hint)
        found = await self._office.gathering.gather(
            self._reader(call),
            gather=said.gather,
            thread=said.thread,
            expect=said.expect,
            wait_s=said.wait_s,
            partial_ok=said.partial_ok,
            progress=call.progress,
        )
        with in_words("the results could not be shown"):
            return await mail_words.gathered(self._office.references, found)

    async def peers(self, call: Call, said: Peers) -> str:
        me = self._card(call).slug
        found = [each for each in self._office.directory.peers() if not each.over]
        with in_words("the mailboxes could not be looked at"):
            unread = {each.box: each.waiting for each in await self._office.keeper.store.counts()}
        return mail_words.peers(found, unread, me, said.filter)

    async def search(self, call: Call, said: Search) -> str:
        self._card(call)
        with in_words("the mail could not be searched"):
            records = await self._office.keeper.store.search(said.query, 20)
        return mail_words.found(records)

    async def lease(self, call: Call, said: Lease) -> str:
        card, now = self._card(call), time.time()
        session = session_name(card.id, call.caller.run)
        things = tuple(dict.fromkeys(_thing(card, each) for each in said.paths))
        store = self._office.keeper
        if said.mode == "release":
            return await self._release(card, session, things)
        with in_words("nothing was reserved"):
            mine = [each for each in await store.store.claims(now) if each.holder == card.slug]
            if refused := too_many(mine, things):
                raise RefusedError(refused)
            wanted = [
                Claim(scope, what, card.slug, session, said.mode == "exclusive", now, now + said.ttl_s)
                for scope, what in things
            ]
            conflict = await store.store.claim(wanted, now)
        if conflict:
            raise RefusedError(conflict.refusal)
        self._office.overview.refresh_soon()
        names = ", ".join(what for _, what in things)
        return f"Yours for {said.ttl_s:.0f} s, or until your session ends: {names}."

    async def _release(self, card: Card, session: str, things: tuple[Thing, ...]) -> str:
        store = self._office.keeper
        with in_words("nothing was released"):
            claims = await store.store.claims(time.time())
            mine = [each for each in claims if each.holder == card.slug and each.session == session]
            lacking = not_held(mine, things)
            if len(lacking) == len(things):
                raise RefusedError(nothing_held(mine, things))
            held = [what for scope, what in things if (scope, what) not in lacking]
            await store.store.drop_claims(card.slug, session, held)
        self._office.overview.refresh_soon()
        names = ", ".join(what for _, what in lacking)
        besides = f" You don't hold {names}." if lacking else ""
        return f"Released: {', '.join(held)}.{besides}"


def _seconds(expect: bool | float) -> float | None:
    """For how long a gather is opened; `None` for no gather. Raises `RefusedError`."""
    if isinstance(expect, bool):
        return GATHER_LASTS_S if expect else None
    if not expect > 0:
        raise refusal(
            f"nothing was sent: a gather can't be open for {expect:g} s",
            hint="Set expect to true, or to seconds above 0; leave it out for no gather.",
        )
    return max(1.0, expect)


def _kinds(words: Iterable[str]) -> tuple[Kind, ...]:
    try:
        return tuple(Kind(word) for word in words)
    except ValueError as error:
        raise refusal(str(error), hint=f"Kinds are: {', '.join(Kind)}.") from None


def _thing(card: Card, said: str) -> Thing:
    """Something to be reserved. Raises `RefusedError`."""
    found = thing(said, card.repo, (card.path, card.repo))
    if isinstance(found, Rejected):
        raise RefusedError(found)
    return found
