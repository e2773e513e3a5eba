"""The mail of a fake hub: for the gallery, and for tests."""

from dataclasses import replace
from typing import Any

from orchestrator.core.mail.message import HUMAN, MessageState
from orchestrator.core.mail.views import DeadView, FlowView, MessageView, RefView, SentView
from orchestrator.core.requests.mail import (
    ListDead,
    ListFlow,
    ListMessages,
    ListThreads,
    ReadMail,
    Redrive,
    SearchMail,
    SendMail,
    ShowMessage,
    ShowReference,
    ShowThread,
    StartTeam,
)
from orchestrator.core.requests.request import Request
from widgets.gallery.mail import threads


class GalleryMail:
    """`letters` are all messages, oldest first, `dead` and `flows` the answers about these, `points` the
    content of any reference. `sent` is the answer to a send; otherwise it is stored for everyone."""

    def __init__(self) -> None:
        self.letters: list[MessageView] = []
        self.dead: tuple[DeadView, ...] = ()
        self.flows: tuple[FlowView, ...] = ()
        self.points = RefView("", "def parse(text: str) -> Tree:\n    ...\n", False, "")
        self.sent: SentView | None = None

    def _of_mail(self, request: Request[Any]) -> Any:
        """`None` also for requests that are not about mail."""
        match request:
            case ListMessages():
                held = self._of(request.box)
                older = [each for each in held if request.before is None or each.at < request.before]
                return tuple(reversed(older))[: request.limit]
            case ShowMessage():
                return self._letter(request.message)
            case ListThreads():
                return threads(self._of(request.box))[: request.limit]
            case ShowThread():
                return tuple(each for each in self.letters if each.thread == request.thread)
            case SearchMail():
                found = [each for each in self.letters if request.query in f"{each.subject} {each.body}"]
                return tuple(reversed(found))[: request.limit]
            case ListDead():
                return self.dead
            case ListFlow():
                return self.flows
            case ShowReference():
                return replace(self.points, diff=request.diff)
            case SendMail():
                fates = tuple((box, "stored") for box in request.to)
                return self.sent or SentView("m99", fates, "", False)
            case ReadMail():
                return self._read(request.message)
            case Redrive():
                self.dead = tuple(each for each in self.dead if each.message.id not in request.messages)
                return request.messages
            case StartTeam():
                return ("c31", "c32")
            case _:
                return None

    def _of(self, box: str) -> list[MessageView]:
        return [each for each in self.letters if not box or box in (each.sender, *each.to)]

    def _read(self, message: str) -> MessageView:
        whole = self._letter(message)
        done = tuple(
            replace(each, place=MessageState.DONE) if each.box == HUMAN else each for each in whole.deliveries
        )
        read = replace(whole, deliveries=done)
        self.letters = [read if each.id == message else each for each in self.letters]
        return read

    def _letter(self, message: str) -> MessageView:
        return next(each for each in self.letters if each.id == message)
