"""The form for a message in the human's name."""

from pathlib import Path, PurePath
from typing import ClassVar
from uuid import uuid4

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, Checkbox, Select

from orchestrator.core.mail.message import HUMAN, Kind
from orchestrator.core.mail.views import MailView, MessageView, SentView
from orchestrator.core.requests.mail import SendMail
from widgets.dialogs.dialog import Prompt, complaint
from widgets.dialogs.form import Form, field, line
from widgets.kit.format import clean, fit
from widgets.mail.dialogs.addressees import Addressees, addresses, parts
from widgets.mail.text.sent import reached, sent_words


class Compose(Form[SentView]):
    """The hub's answer once the message is stored for anyone. After a refusal the form stays open; sending
    again after a lost answer sends nothing twice."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Form.CSS_PATH, Path(__file__).with_name("compose.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "send", "Send")]
    SENDS = "send"
    LOSES = ("Discard the message?", "It has not been sent.")

    def __init__(
        self,
        mail: MailView | None,
        *,
        title: str = "Write message",
        to: str = "",
        kind: Kind = Kind.NOTE,
        subject: str = "",
        answers: str = "",
        thread: str = "",
    ) -> None:
        """`answers` is the id of the message that is replied to."""
        super().__init__()
        self._known = addresses(mail) if mail else ("@all",)
        self._title, self._to, self._kind, self._subject = title, to, kind, subject
        self._answers, self._thread = answers, thread
        self._tried: tuple[object, str] = (None, "")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = fit(self._title, 80).replace("[", "\\[")
            box.border_subtitle = "ctrl+s send · tab next field · esc cancel"
            yield field("To", Addressees(clean(self._to), self._known, id="to"))
            kinds = [(kind.value, kind.value) for kind in Kind]
            yield field(
                "Kind", Select(kinds, value=self._kind.value, allow_blank=False, id="kind", compact=True)
            )
            subject = line("subject", "optional")
            subject.value = clean(self._subject)
            yield field("Subject", subject)
            yield field("Body", Prompt(placeholder="message text", id="body"))
            yield field(
                "Urgent", Checkbox("before other messages in the mailbox", False, id="urgent", compact=True)
            )
            wait = Checkbox("open a gather over the recipients", False, id="expect", compact=True)
            yield field("Replies", wait)
            yield complaint()
            yield self.buttons("Send")

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        to, body = parts(self.query_one(Addressees).value), self.query_one(Prompt).text
        if not to:
            self.say("Enter a recipient: a mailbox, @label:…, or @all.")
            self.query_one("#to").focus()
        elif not body.strip():
            self.say("Enter a body.")
            self.query_one("#body").focus()
        elif self.begin():
            self.say("")
            self._send(to, body)

    def _send(self, to: tuple[str, ...], body: str) -> None:
        kind = Kind(str(self.query_one("#kind", Select).value))
        subject = self.said("subject")
        urgent = self.query_one("#urgent", Checkbox).value
        expect = self.query_one("#expect", Checkbox).value
        message = (to, body, kind, subject, urgent, expect)
        if self._tried[0] != message:
            self._tried = (message, uuid4().hex)
        idem = self._tried[1]
        self.app.command(
            lambda client: client.submit(SendMail(
                to, body, kind=kind, subject=subject, reply_to=self._answers, thread=self._thread,
                urgent=urgent, expect=expect, idem=idem,
            )),
            self._taken,
            self.refused,
        )  # fmt: skip

    def _taken(self, sent: SentView) -> None:
        if reached(sent) or not self.is_current:
            self.over(sent)
            return
        self.again()
        self._tried = (None, "")
        self.say(sent_words(sent)[0])


class Reply(Compose):
    """The same, filled in except for the text."""

    AUTO_FOCUS: ClassVar[str | None] = "#body"


def reply_to(message: MessageView, mail: MailView | None) -> Reply:
    """The form for an answer in the message's thread: to its sender, or to the human's own recipients."""
    mine = message.sender == HUMAN
    to = ", ".join(box for box in message.to if box != HUMAN) if mine else message.sender
    subject = message.subject
    if subject and not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    title = f"Reply to {message.sender} · {message.subject or message.kind}"
    return Reply(
        mail, title=title, to=to, kind=Kind.ANSWER, subject=fit(subject, 190), answers=message.id,
        thread=message.thread,
    )  # fmt: skip
