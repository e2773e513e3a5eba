"""The actions of the queue: their dialogs and answers."""

import getpass
from collections.abc import Callable
from typing import Protocol

from orchestrator.client import Client
from orchestrator.core.board.views import CardView, Need, NeedDetail
from orchestrator.core.mail.views import MailView, SentView
from orchestrator.core.requests.cards import Nudge, Nudging
from orchestrator.core.requests.gates import Approve
from orchestrator.core.requests.mail import ReadMail, Unpause
from orchestrator.core.requests.needs import Answer
from orchestrator.core.requests.runs import AcknowledgeRun
from orchestrator.core.workflow.views import GateView
from widgets.hub_app import HubApp
from widgets.queue import choices
from widgets.queue.refusals import goes_to_run
from widgets.queue.request_sheet import RequestSheet
from widgets.queue.selected import CHOSEN, ENDED, SelectedNeed, gist, kind_words
from widgets.runs.dialogs.decide import DOING, Drafts, deciding, denial
from widgets.screens.board_view import CardActions

_ALLOWING = {"plan": "approving", "card": "creating the card"}


class QueueView(Protocol):
    """The pane as its actions know it."""

    @property
    def app(self) -> HubApp:
        """The app: it opens dialogs and shows notices."""

    @property
    def selected(self) -> SelectedNeed | None:
        """The present selection; `None` while the queue is empty."""

    @property
    def mail(self) -> MailView | None:
        """The latest mail; `None` until the hub has sent any."""

    @property
    def request(self) -> RequestSheet:
        """The request's text, which the actions scroll."""

    def choose(self, chosen: choices.Choices, need: Need | None = None) -> None:
        """Stores the choices for the questions of `need`, or of the selected one."""

    def answer(self, need: Need, words: str, call: Callable[[Client], object], told: str = "") -> None:
        """Calls the hub in the background. `words` are shown at the need until it leaves the list; with
        `told`, until the hub has answered, and `told` is shown then."""

    def taken(self, id_: str, words: str) -> None:
        """Shows `words` at that need, whose answer a dialog has already sent."""

    def drafts(self) -> Drafts:
        """The comments on the selected gate's diffs that are not sent."""

    def onward(self) -> None:
        """Selects the next need; wraps around."""

    def close(self) -> None:
        """Returns to the board, unless a dialog is on top."""


class QueueActions:
    """One method for each `Action` that begins with `answer.`; each is called only if nothing refuses it.
    Requests name the need that was selected when the key was pressed, whatever the list does since. Dialogs
    are imported when they are first opened."""

    def __init__(self, pane: QueueView) -> None:
        self._pane = pane

    @property
    def _selected(self) -> SelectedNeed:
        selected = self._pane.selected
        assert selected is not None
        return selected

    @property
    def _whole(self) -> NeedDetail:
        detail = self._selected.detail
        assert detail is not None
        return detail

    @property
    def _gate(self) -> GateView | None:
        return self._selected.detail.gate if self._selected.detail else None

    # --- answers ---------------------------------------------------------------------------------

    def allow(self) -> None:
        need = self._selected.need
        if not need.unusual or need.kind == "question":
            self._allow()
            return
        from widgets.dialogs.dialog import Confirm

        def answer(sure: bool | None) -> None:
            if sure and self._pane.selected is not None and self._pane.selected.need.id == need.id:
                self._allow()

        self._pane.app.push_screen(
            Confirm(f"Allow {gist(need)}?", f"It has {need.unusual}.\n{need.summary}", "Allow", "Don't"),
            answer,
        )

    def _allow(self) -> None:
        selected = self._selected
        if (gate := self._gate) is not None:
            self._pane.answer(
                selected.need,
                "approving",
                lambda client: client.submit(Approve(gate.id, getpass.getuser(), seen=gate.version)),
            )
            return
        id_, words = selected.need.id, _ALLOWING.get(selected.need.kind, "allowing")
        if selected.need.kind not in CHOSEN:
            self._pane.answer(selected.need, words, lambda client: client.submit(Answer(id_, "allow")))
            return
        if selected.choices.open:
            self._pane.choose(choices.turn_to(selected.choices, selected.choices.open[0]))
            return
        said, seen = choices.labels(selected.choices, self._whole.questions), self._whole.version
        # the next dialog of that session has the same id, so no words may stay at it
        told = f"{selected.need.card}: keys pressed." if selected.need.kind == "dialog" else ""
        self._pane.answer(
            selected.need,
            "answering",
            lambda client: client.submit(Answer(id_, "allow", options=said, seen=seen)),
            told,
        )

    def always(self) -> None:
        need, suggested = self._selected.need, self._whole.always
        from widgets.dialogs.choose import Choose

        said = f"Allow {need.card} this now, and from now on:"
        self._pane.app.push_screen(
            Choose(f"Allow always · {need.card}", said, [(each, "") for each in suggested]),
            lambda number: None if number is None else self._always(need, number),
        )

    def _always(self, need: Need, number: int) -> None:
        self._pane.answer(
            need,
            "allowing always",
            lambda client: client.submit(Answer(need.id, "always", always=number)),
        )

    def deny(self) -> None:
        from widgets.dialogs.words import Words

        need = self._selected.need
        if (gate := self._gate) is not None:
            self._pane.app.push_screen(
                denial(gate, self._pane.drafts()),
                lambda words: None if words is None else self._pane.taken(need.id, "denying"),
            )
            return
        if need.kind == "plan":
            title, said, button = (
                f"Send back {need.card}'s plan",
                "The agent reads what to change.",
                "Send back",
            )
        elif need.kind == "card":
            title, button = f"Deny card {need.card}", "Deny"
            said = "The requesting session reads your reason. Optional."
        else:
            title = f"Deny {need.card}'s {kind_words(need.kind)}"
            said, button = "The agent reads your reason. Optional.", "Deny"

        def call(client: Client, words: str) -> CardView:
            return client.submit(Answer(need.id, "deny", message=words.strip()))

        self._pane.app.push_screen(
            Words(title, f"{need.summary}\n{said}", button, call=call, may_be_empty=True),
            lambda words: None if words is None else self._pane.taken(need.id, "denying"),
        )

    # --- questions -------------------------------------------------------------------------------

    def option(self, number: int) -> None:
        """`number` is from 0."""
        selected, questions = self._selected, self._whole.questions
        options = questions[selected.choices.at].options
        if number >= len(options):
            self._pane.app.tell(f"There are only {len(options)} options.", severity="warning")
            return
        self._pane.choose(choices.choose(selected.choices, questions, number))

    def other(self) -> None:
        if self._selected.need.kind == "mail":
            self._reply()
            return
        from widgets.dialogs.words import Words

        selected, questions = self._selected, self._whole.questions
        question = questions[selected.choices.at]

        def said(words: str | None) -> None:
            if words is not None:
                self._pane.choose(choices.say(selected.choices, questions, words), selected.need)

        self._pane.app.push_screen(
            Words(f"Answer {selected.need.card} in your own words", question.text, "Apply"), said
        )

    # --- helping on ------------------------------------------------------------------------------

    def continue_(self) -> None:
        if self._selected.need.kind == "pause":
            self._unpause()
            return
        self._nudge("continue", "continuing", "Sent “continue”.")

    def interrupt(self) -> None:
        self._nudge("interrupt", "interrupting", "Interrupted.")

    def restart(self) -> None:
        if self._selected.need.kind == "mail":
            self._reply()
            return
        from widgets.dialogs.dialog import Confirm

        need = self._selected.need

        def answer(sure: bool | None) -> None:
            if sure:
                self._nudge("restart", "restarting", "Restarting.", need)

        said = "Its session ends, and the conversation resumes in a new one."
        self._pane.app.push_screen(Confirm(f"Restart {need.card}?", said, "Restart"), answer)

    def again(self) -> None:
        self._nudge("again", "resending", "Resending the prompt.")

    def drop(self) -> None:
        self._nudge("drop", "dropping", "Prompt dropped.")

    def _nudge(self, how: Nudging, words: str, done: str, need: Need | None = None) -> None:
        need = need or self._selected.need
        card = need.card
        self._pane.answer(need, words, lambda client: client.submit(Nudge(card, how)), f"{card}: {done}")

    def instead(self, action: str, of_card: CardActions) -> bool:
        """Does what the key of a card's `action` does to a need without a card: goes to the run or to the
        message, or marks that as read. `False` if the action is the card's."""
        selected = self._pane.selected
        if selected is None:
            return False
        if action == "attach" and goes_to_run(selected.need):
            of_card.runs(selected.need.run, selected.need.stage)
        elif action == "attach" and selected.need.kind == "mail":
            of_card.mail(selected.need.id)
        elif action == "acknowledge" and selected.need.kind == "mail":
            self._read()
        elif action == "acknowledge" and selected.need.kind in ENDED:
            run = selected.need.run
            self._pane.answer(
                selected.need, "acknowledging", lambda client: client.submit(AcknowledgeRun(run))
            )
        else:
            return False
        return True

    # --- mail ------------------------------------------------------------------------------------

    def _reply(self) -> None:
        from widgets.mail.dialogs.compose import reply_to
        from widgets.mail.text.sent import sent_words

        need, message = self._selected.need, self._selected.message
        assert message is not None

        def sent(sent: SentView | None) -> None:
            if sent is not None:
                words, well = sent_words(sent)
                self._pane.app.tell(words, severity="information" if well else "warning")
                self._pane.answer(need, "replied", lambda client: client.submit(ReadMail(need.id)))

        self._pane.app.push_screen(reply_to(message, self._pane.mail), sent)

    def _read(self) -> None:
        need = self._selected.need
        self._pane.answer(need, "reading", lambda client: client.submit(ReadMail(need.id)))

    def _unpause(self) -> None:
        need = self._selected.need
        a, b = need.slug, need.id.removeprefix(f"pause.{need.slug}.")
        self._pane.answer(need, "resuming mail", lambda client: client.submit(Unpause(a, b)))

    # --- stages of a run -------------------------------------------------------------------------

    def decide(self, action: str) -> None:
        """`action` is one of `run.done`, `run.fail`, `run.retry` and `run.skip`."""
        need = self._selected.need
        self._pane.app.push_screen(
            deciding(action, need.run, need.stage),
            lambda words: None if words is None else self._pane.taken(need.id, DOING[action]),
        )

    # --- the pane --------------------------------------------------------------------------------

    def next(self) -> None:
        self._pane.onward()

    def up(self) -> None:
        self._pane.request.page("up")

    def down(self) -> None:
        self._pane.request.page("down")

    def close(self) -> None:
        self._pane.close()
