"""The tools with which sessions write to each other."""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.claims import (
    Claim,
    Thing,
    not_held,
    nothing_held,
    thing,
    too_many,
)
from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.gather import LASTS_S as GATHER_LASTS_S
from orchestrator.core.mail.kinds import kind_of
from orchestrator.core.mail.leases import Outcome
from orchestrator.core.mail.message import Authority, Kind
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.core.mail.standing import session_name
from orchestrator.core.model import Card
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.loop.engine import RefusedError, refusal
from orchestrator.hub.mail.connection import in_words
from orchestrator.hub.mail.gathers.lookup import GatherQuery
from orchestrator.hub.mail.receiving.receiver import Reader
from orchestrator.hub.mail.sending.context import thread_of
from orchestrator.hub.mail.sending.sender import Sender
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.mcp.tool import Call, Tool, Toolbox
from orchestrator.hub.mcp.tools import mail_text
from orchestrator.hub.mcp.tools.mail_arguments import (
    Ack,
    GatherAsked,
    Lease,
    Peers,
    Receive,
    Search,
    Send,
)

_LEAST_S = 10
"""Whole numbers below this count results, others are seconds."""


def mail_tools(mail_service: MailService) -> Toolbox:
    """The mailbox of a card, for its session."""
    post = _Counter(mail_service)
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
            "Wait for the results of a gather, or of those in expect; lists who is missing. Call it again.",
            GatherAsked,
            post.gather,
            True,
        ),
        Tool("mail_peers", "List the mailboxes you can write to, and their state.", Peers, post.peers, True),
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
        return tools if caller.card in mail_service.engine.state.cards else ()

    return of


class _Counter:
    """The calling session. The hub sets its name and rights, never the session."""

    def __init__(self, mail_service: MailService) -> None:
        self._mail = mail_service

    def _card(self, call: Call) -> Card:
        """The caller's card; the answer to its last call has arrived."""
        self._mail.heard(call.caller.card, call.caller.run)
        card = self._mail.engine.state.cards.get(call.caller.card)
        if card is None:
            raise refusal("your card was removed", hint="Tell the user, and stop.")
        return card

    def _reader(self, call: Call) -> Reader:
        return Reader(self._card(call).slug, session_name(call.caller.card, call.caller.run))

    async def send(self, call: Call, said: Send) -> str:
        card = self._card(call)
        sending = self._mail.sending
        kind, notes = _kind(said.kind)
        draft = Draft(
            kind=kind,
            body=said.body,
            subject=said.subject,
            refs=await self._mail.references.of_session(card, said.refs),
            reply_to=said.reply_to,
            thread=said.thread,
            urgent=said.priority == "urgent",
            ttl_s=said.ttl_s or None,
            idem=said.idem or f"call:{call.mark}",
        )
        sender = Sender(card.slug, Authority.PEER, session_name(card.id, call.caller.run))
        to = said.to or await sending.to_whom(sender, draft, card.lead)
        expect_s, need = _expect(said.expect, len(to))
        sent = await sending.send(sender, to, draft, expect_s=expect_s, need=need)
        return mail_text.sent(replace(sent, notes=(*sent.notes, *notes)))

    async def receive(self, call: Call, said: Receive) -> str:
        who = self._reader(call)
        with in_words("no mail was received"):
            senders = await self._mail.receiving.senders(who.box, said.from_)
            thread = await thread_of(self._mail.connection.store, said.thread)
        want = ReceiveFilter(most=said.max, kinds=_kinds(said.kinds), senders=senders, thread=thread)
        call.progress("waiting for mail")
        got = await self._mail.receiving.receive(who, want, said.wait_s, peek=said.peek)
        with in_words("cannot show the mail"):
            if not got.messages:
                left = await self._mail.connection.store.peek(who.box, time.time(), ReceiveFilter(most=100))
                return mail_text.nothing(want, said.from_, left.messages)
            return await mail_text.received(self._mail.references, got, peek=said.peek)

    async def ack(self, call: Call, said: Ack) -> str:
        who = self._reader(call)
        came_to = await self._mail.receiving.ack(who, said.ids, Outcome(said.outcome), said.note)
        return mail_text.acked(said.ids, came_to)

    async def gather(self, call: Call, said: GatherAsked) -> str:
        who, mail_service = self._reader(call), self._mail
        names = said.expect if isinstance(said.expect, list) else []
        need = 0 if isinstance(said.expect, bool | list) else said.expect
        with in_words("nothing was gathered"):
            if not (said.gather or said.thread or said.expect):
                under_way = await mail_service.gathering.finding.open_ones(who.box)
                return mail_text.under_way(under_way, mail_service.gathering.missing)
            members = await mail_service.receiving.senders(who.box, names)
        found = await mail_service.gathering.gather(
            who,
            GatherQuery(said.gather, said.thread, members, need, call.mark),
            wait_s=said.wait_s,
            partial_ok=said.partial_ok,
            progress=call.progress,
        )
        with in_words("cannot show the results"):
            return await mail_text.gathered(self._mail.references, found)

    async def peers(self, call: Call, said: Peers) -> str:
        me = self._card(call).slug
        found = [each for each in self._mail.directory.peers() if not each.over]
        with in_words("cannot list the mailboxes"):
            unread = {each.box: each.waiting for each in await self._mail.connection.store.counts()}
        return mail_text.peers(found, unread, me, said.filter)

    async def search(self, call: Call, said: Search) -> str:
        self._card(call)
        with in_words("cannot search the mail"):
            records = await self._mail.connection.store.search(said.query, 20)
        return mail_text.found(records)

    async def lease(self, call: Call, said: Lease) -> str:
        card, now = self._card(call), time.time()
        session = session_name(card.id, call.caller.run)
        things = tuple(dict.fromkeys(_thing(card, each) for each in said.paths))
        store = self._mail.connection
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
        self._mail.overview.refresh_soon()
        names = ", ".join(what for _, what in things)
        return f"Yours for {said.ttl_s:.0f} s, or until your session ends: {names}."

    async def _release(self, card: Card, session: str, things: tuple[Thing, ...]) -> str:
        store = self._mail.connection
        with in_words("nothing was released"):
            claims = await store.store.claims(time.time())
            mine = [each for each in claims if each.holder == card.slug and each.session == session]
            lacking = not_held(mine, things)
            if len(lacking) == len(things):
                raise RefusedError(nothing_held(mine, things))
            held = [what for scope, what in things if (scope, what) not in lacking]
            await store.store.drop_claims(card.slug, session, held)
        self._mail.overview.refresh_soon()
        names = ", ".join(what for _, what in lacking)
        besides = f" You do not hold {names}." if lacking else ""
        return f"Released: {', '.join(held)}.{besides}"


def _expect(expect: bool | float, recipients: int) -> tuple[float | None, int]:
    """For how long a gather is opened (`None` for no gather), and how many reports it needs (0 for all).
    Raises `RefusedError`."""
    if isinstance(expect, bool):
        return (GATHER_LASTS_S if expect else None), 0
    if not expect > 0:
        raise refusal(
            f"nothing was sent: a gather cannot be open for {expect:g} s",
            hint="Set expect to true, or to seconds above 0; omit it for no gather.",
        )
    if isinstance(expect, int) and expect < _LEAST_S:
        if expect > recipients > 1:
            raise refusal(
                f"nothing was sent: {recipients} recipients cannot give {expect} results",
                hint=f"Set expect to true, to a number up to {recipients}, or to seconds from {_LEAST_S}.",
            )
        return GATHER_LASTS_S, expect
    if isinstance(expect, int) and expect <= recipients:
        return GATHER_LASTS_S, expect
    return max(1.0, expect), 0


def _kind(word: str) -> tuple[Kind | None, tuple[str, ...]]:
    """The kind, and the note on an unknown word."""
    kind = kind_of(word) if word.strip() else None
    lost = word.strip() and kind is None
    return kind, (f"no kind {word!r}; kinds are {', '.join(Kind)}",) if lost else ()


def _kinds(words: Iterable[str]) -> tuple[Kind, ...]:
    """Raises `RefusedError`."""
    found = [(word, kind_of(word)) for word in words if word.casefold() not in ("all", "any", "*")]
    if lost := [word for word, kind in found if kind is None]:
        raise refusal(f"no kind {', '.join(lost)}", hint=f"Kinds are: {', '.join(Kind)}.")
    return tuple(kind for _, kind in found if kind)


def _thing(card: Card, said: str) -> Thing:
    """Something to reserve. Raises `RefusedError`."""
    found = thing(said, card.repo, (card.path, card.repo))
    if isinstance(found, Rejected):
        raise RefusedError(found)
    return found
