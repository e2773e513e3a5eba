"""The mail of a hub that is played: for the gallery, and for tests."""

from dataclasses import replace
from typing import Any

from orchestrator.client.mail_calls import MailCalls
from orchestrator.core.mail.message import HUMAN, MessageState
from orchestrator.core.mail.views import DeadView, FlowView, MessageView, RefView, SentView, ThreadView
from widgets.gallery.mail import threads


class GalleryMail(MailCalls):
    """`letters` are all messages, oldest first, `dead` and `flows` what the hub says of these, `points` what
    any reference leads to. `sent` is the answer to a send; else it is stored for everybody."""

    def __init__(self) -> None:
        self.letters: list[MessageView] = []
        self.dead: tuple[DeadView, ...] = ()
        self.flows: tuple[FlowView, ...] = ()
        self.points = RefView("", "def parse(text: str) -> Tree:\n    ...\n", False, "")
        self.sent: SentView | None = None

    def _ask_for(self, verb: str, arguments: dict[str, Any]) -> None:
        """Notes that this was asked; raises what the hub has against it."""
        raise NotImplementedError

    def mail_messages(
        self, box: str = "", *, limit: int = 100, before: float | None = None
    ) -> tuple[MessageView, ...]:
        self._ask_for("mail.messages", {"box": box})
        held = [each for each in self.letters if not box or box in (each.sender, *each.to)]
        older = [each for each in held if before is None or each.at < before]
        return tuple(reversed(older))[:limit]

    def mail_message(self, message: str) -> MessageView:
        self._ask_for("mail.message", {"message": message})
        return self._letter(message)

    def mail_threads(self, box: str = "", *, limit: int = 100) -> tuple[ThreadView, ...]:
        self._ask_for("mail.threads", {"box": box})
        return threads(each for each in self.letters if not box or box in (each.sender, *each.to))[:limit]

    def mail_thread(self, thread: str) -> tuple[MessageView, ...]:
        self._ask_for("mail.thread", {"thread": thread})
        return tuple(each for each in self.letters if each.thread == thread)

    def mail_search(self, query: str, *, limit: int = 50) -> tuple[MessageView, ...]:
        self._ask_for("mail.search", {"query": query})
        found = [each for each in self.letters if query in f"{each.subject} {each.body}"]
        return tuple(reversed(found))[:limit]

    def mail_dead(self, box: str = "") -> tuple[DeadView, ...]:
        self._ask_for("mail.dead", {"box": box})
        return self.dead

    def mail_flow(self, minutes: int = 60) -> tuple[FlowView, ...]:
        self._ask_for("mail.flow", {"minutes": minutes})
        return self.flows

    def mail_ref(self, message: str, number: int, *, diff: bool = False) -> RefView:
        self._ask_for("mail.ref", {"message": message, "number": number, "diff": diff})
        return replace(self.points, diff=diff)

    def mail_send(self, to: tuple[str, ...], body: str, **more: Any) -> SentView:
        self._ask_for("mail.send", {"to": to, "body": body, **more})
        return self.sent or SentView("m99", tuple((box, "stored") for box in to), "", False)

    def mail_read(self, message: str) -> MessageView:
        self._ask_for("mail.read", {"message": message})
        whole = self._letter(message)
        done = tuple(
            replace(each, place=MessageState.DONE) if each.box == HUMAN else each for each in whole.deliveries
        )
        read = replace(whole, deliveries=done)
        self.letters = [read if each.id == message else each for each in self.letters]
        return read

    def mail_redrive(self, box: str, messages: tuple[str, ...]) -> tuple[str, ...]:
        self._ask_for("mail.redrive", {"box": box, "messages": messages})
        self.dead = tuple(each for each in self.dead if each.message.id not in messages)
        return messages

    def mail_unpause(self, a: str, b: str) -> None:
        self._ask_for("mail.unpause", {"a": a, "b": b})

    def start_team(self, text: str, *, repo: str, file: str = "") -> tuple[str, ...]:
        self._ask_for("team", {"text": text, "repo": repo, "file": file})
        return ("c31", "c32")

    def _letter(self, message: str) -> MessageView:
        return next(each for each in self.letters if each.id == message)
