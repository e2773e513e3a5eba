"""The calls about mail."""

import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from orchestrator.client import mail_updates
from orchestrator.client.errors import Refused
from orchestrator.client.road import Road
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


class MailCalls(Road):
    """Mailboxes are named by a card's slug or id, or `human`."""

    def mail(self) -> MailView:
        """Boxes, gathers under way, paused pairs, leases."""
        return mail_updates.mail(self.ask("GET", "/mail"))

    def mail_send(
        self,
        to: tuple[str, ...],
        body: str,
        *,
        kind: str = "note",
        subject: str = "",
        reply_to: str = "",
        thread: str = "",
        urgent: bool = False,
        ttl_s: float | None = None,
        idem: str = "",
        files: tuple[str, ...] = (),
        expect: bool = False,
    ) -> SentView:
        """Sends in the human's name; it is on the disk when this returns. `to`: names, unique prefixes,
        `@label:x`, `@all`. `files` are whole paths, sent as blobs. With `expect` a gather is opened over the
        recipients. `Refused` says why nothing was sent."""
        wish = {
            "to": list(to), "body": body, "kind": kind, "subject": subject, "reply_to": reply_to,
            "thread": thread, "urgent": urgent, "ttl_s": ttl_s, "idem": idem, "files": list(files),
            "expect": expect,
        }  # fmt: skip
        try:
            return mail_updates.sent(self.ask("POST", "/mail/send", wish))
        except Refused as error:  # its hint may name a tool that only sessions have
            hint = error.hint.replace("mail_peers lists", "orch mail peers lists")
            raise Refused(error.what, error.why, hint) from error

    def mail_messages(
        self, box: str = "", *, limit: int = 100, before: float | None = None
    ) -> tuple[MessageView, ...]:
        """The newest messages to or from a box, or of all; newest first."""
        return self._messages("/mail/messages", box=box, limit=limit, before=before)

    def mail_pages(self, box: str = "", *, each: int = 500) -> Iterator[tuple[MessageView, ...]]:
        """All of them, newest first, so many at once (1000 at most) and each once; a page is asked for when
        it is taken."""
        known: set[str] = set()
        before: float | None = None
        while True:
            page = self.mail_messages(box, limit=each, before=before)
            new = tuple(message for message in page if message.id not in known)
            if new:
                yield new
            if not new or len(page) < each:
                return
            known |= {message.id for message in new}
            # those that were sent at the very same moment may stand on two pages
            before = math.nextafter(page[-1].at, math.inf)

    def mail_message(self, message: str) -> MessageView:
        return mail_updates.message(self.ask("GET", f"/mail/messages/{quote(message, safe='')}"))

    def mail_read(self, message: str) -> MessageView:
        """Takes a message out of the human's box: it does not wait for anybody any more."""
        return mail_updates.message(self.ask("POST", "/mail/read", {"message": message}))

    def mail_ref(self, message: str, number: int, *, diff: bool = False) -> RefView:
        """What the message's reference of that number (from 0) leads to."""
        query = urlencode({"number": number, "diff": int(diff)})
        return mail_updates.ref(self.ask("GET", f"/mail/messages/{quote(message, safe='')}/ref?{query}"))

    def mail_threads(self, box: str = "", *, limit: int = 100) -> tuple[ThreadView, ...]:
        said = self.ask("GET", f"/mail/threads?{urlencode({'box': box, 'limit': limit})}")
        return tuple(mail_updates.thread(each) for each in said)

    def mail_thread(self, thread: str) -> tuple[MessageView, ...]:
        """All of a thread, oldest first."""
        return self._messages(f"/mail/threads/{quote(thread, safe='')}")

    def mail_search(self, query: str, *, limit: int = 50) -> tuple[MessageView, ...]:
        return self._messages("/mail/search", query=query, limit=limit)

    def mail_gather(self, gather: str) -> GatherView:
        return mail_updates.gather(self.ask("GET", f"/mail/gathers/{quote(gather, safe='')}"))

    def mail_dead(self, box: str = "") -> tuple[DeadView, ...]:
        said = self.ask("GET", f"/mail/dead?{urlencode({'box': box})}")
        return tuple(mail_updates.dead(each) for each in said)

    def mail_redrive(self, box: str, messages: tuple[str, ...]) -> tuple[str, ...]:
        """Puts dead letters back into their box; returns the ids of those that it took."""
        return tuple(self.ask("POST", "/mail/redrive", {"box": box, "messages": list(messages)}))

    def mail_unpause(self, a: str, b: str) -> None:
        """Lets two paused mailboxes write to each other again."""
        self.ask("POST", "/mail/unpause", {"a": a, "b": b})

    def mail_flow(self, minutes: int = 60) -> tuple[FlowView, ...]:
        """What passed between whom, minute by minute."""
        said = self.ask("GET", f"/mail/flow?{urlencode({'minutes': minutes})}")
        return tuple(FlowView(**each) for each in said)

    def mail_export(self) -> tuple[MessageView, ...]:
        """Every message there is, oldest first."""
        return self._messages("/mail/export")

    def start_team(self, text: str, *, repo: str, file: str = "") -> tuple[str, ...]:
        """Starts a coordinator and its workers from a team's description (YAML, see docs/teams.md);
        returns the ids of their cards, the coordinator's first."""
        return tuple(self.ask("POST", "/teams/start", {"text": text, "repo": repo, "file": file}))

    def _messages(self, path: str, **query: Any) -> tuple[MessageView, ...]:
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        said = self.ask("GET", f"{path}?{urlencode(asked)}" if asked else path)
        return tuple(mail_updates.message(each) for each in said)
