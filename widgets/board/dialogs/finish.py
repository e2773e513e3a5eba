"""Finishing a card: what landing its branch would do, and what becomes of branch and worktree."""

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from orchestrator.client import OrchError, Refused
from orchestrator.core.board.views import CardView
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.landing.survey import Survey
from orchestrator.core.requests import cards as requests
from orchestrator.core.requests.cards import Ending
from orchestrator.core.requests.changes import Publish
from widgets.board.dialogs.landing_text import KEYS, fact_lines, follows, listed, way_line
from widgets.board.refusals import live, resumable, waits_to_land
from widgets.board.undo import tell_done
from widgets.dialogs.dialog import Dialog, complaint
from widgets.kit.format import clean, content, fit

_WIDE = 120
_FOLLOWS = 0.5
"""Seconds after which a change of its card is shown."""
_AROUND = 12
"""Lines of the screen that the list of commits and files leaves to everything else, besides the facts."""


class Finish(Dialog[bool]):
    """`True` once the card is finished, or in the queue of landings."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("finish.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"way({way!r})", way.capitalize()) for way, key in KEYS.items()),
        Binding("t", "draft", "Draft"),
        Binding("j", "down", show=False),
    ]

    def __init__(self, card: CardView, now: Callable[[], CardView | None]) -> None:
        """`now` is the card as the board has it by now; `None` once it is removed."""
        super().__init__()
        self._card, self._now = card, now
        self._asked = False
        self._survey: Survey | None = None

    @property
    def ways(self) -> tuple[str, ...]:
        """What can be chosen here."""
        if self._card.landing or waits_to_land(self._card):
            return ("cancel",)
        conflicts = self._survey is not None and bool(self._survey.prompt)
        return (*METHODS, "request", "keep", "discard", *(("resolve",) if conflicts else ()))

    def compose(self) -> ComposeResult:
        card = self._card
        with Vertical(classes="box") as box:
            box.border_title = f"Finish {card.id} · {fit(card.title, 60)}".replace("[", "\\[")
            box.border_subtitle = "enter or letter choose · esc cancel"
            yield Static(f"{clean(card.branch)}\nreading the branch…", id="facts", markup=False)
            yield OptionList(*self._options(), markup=False, compact=True)
            yield Static("", id="list", markup=False)
            yield Static("", id="said", markup=False)
            yield complaint()

    def on_mount(self) -> None:
        if self._card.worktree:
            self.look()
        else:
            self.query_one("#facts", Static).update(f"{clean(self._card.branch)}\nno worktree")

        self.set_interval(_FOLLOWS, self._follow)

    def _follow(self) -> None:
        """Closes once the card is in Done or removed, and offers what is possible by now."""
        card, was = self._now(), self.ways
        if self._asked or not self.is_current:
            return
        if card is None or card.finished:
            said = "was removed" if card is None else f"is done: {card.reason}"
            self.app.tell(f"{self._card.id} {said}.")
            self.over(False)
            return
        self._card = card
        if self.ways != was:
            self.query_one(OptionList).clear_options().add_options(self._options())

    def look(self) -> None:
        """Asks the hub what landing would do."""
        card = self._card.id
        self.app.command(
            lambda client: client.submit(requests.SurveyLanding(card)),
            self._found,
            self._not_found,
            look_up=True,
        )

    def on_resize(self) -> None:
        self._show()

    def action_way(self, way: str) -> None:
        if way not in self.ways:
            return
        card = self._card
        if way == "cancel":
            self.app.command(
                lambda client: client.submit(requests.CancelLanding(card.id)),
                lambda _card: self.over(True),
                self.refused,
            )
        elif way == "resolve":
            self._resolve()
        elif way == "request":
            self._publish()
        elif no := self._survey.refusal(way) if self._survey else None:
            self.say(f"{no.what}: {no.why}. {no.hint}")
        else:
            self._finish(cast("Ending", way))

    def action_draft(self) -> None:
        """A change request, as a draft."""
        if "request" in self.ways:
            self._publish(draft=True)

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        said = follows(event.option.id or "", self._card.change, live=live(self._card))
        self.query_one("#said", Static).update(said)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_way(event.option.id or "keep")

    def say(self, words: str) -> None:
        """A complaint has the place of what follows."""
        super().say(words)
        self.set_class(bool(words), "-complains")

    # --- what is shown

    def _options(self) -> list[Option]:
        base = clean(self._card.base) or "the default branch"
        return [
            Option(content((way_line(way, base, self._survey, self._width, self._card.change),)), id=way)
            for way in self.ways
        ]

    @property
    def _width(self) -> int:
        return min(_WIDE, int(self.app.size.width * 0.96)) - 6

    def _found(self, survey: Survey) -> None:
        self._survey = survey
        self._show()

    def _not_found(self, error: OrchError) -> None:
        if self.is_attached:
            self.query_one("#facts", Static).update(clean(str(error)))

    def _show(self) -> None:
        if self._survey is None or not self.is_attached:
            return
        facts = fact_lines(self._survey, self._width)
        self.query_one("#facts", Static).update(content(facts))
        options = self.query_one(OptionList)
        at = options.highlighted
        options.clear_options().add_options(self._options())
        options.highlighted = at
        room = self.app.size.height - _AROUND - len(facts) - len(self.ways)
        self.query_one("#list", Static).update(content(listed(self._survey, self._width, room)))

    # --- what is done

    def _finish(self, way: Ending, *, rescue: bool = False) -> None:
        """A landing is left to the queue: what becomes of it is on the card."""
        self._asked = True
        card, wait = self._card.id, rescue or way not in METHODS
        self.app.command(
            lambda client: client.submit(requests.Finish(card, way, rescue=rescue, wait=wait)),
            self._rescued if rescue else self._done,
            lambda error: self._refused(way, error),
        )

    def _publish(self, *, draft: bool = False) -> None:
        """What comes of it is on the card: a push may take its time."""
        self._asked = True
        request = Publish(self._card.id, draft or None, wait=False, by="tui")

        def refused(error: OrchError) -> None:
            self._asked = False
            self.refused(error)

        self.app.command(lambda client: client.submit(request), self._published, refused)

    def _published(self, card: CardView) -> None:
        unsent = card.forge_outbox.waiting if card.forge_outbox else ()
        said = ", ".join(unsent) or "Its pull request is on the card."
        self.app.tell(said, title=f"{card.id} waits to be sent" if unsent else card.id)
        self.over(True)

    def _resolve(self) -> None:
        survey = self._survey
        if survey is None:
            return
        if resumable(self._card):
            self._offer_to_resume()
            return
        self.app.command(
            lambda client: client.submit(requests.Send(survey.card, survey.prompt, queue=True)),
            self._sent,
            self.refused,
        )

    def _offer_to_resume(self) -> None:
        from widgets.dialogs.dialog import Confirm

        card = self._card.id
        self.app.push_screen(
            Confirm(
                f"{card}'s session has ended.",
                f"Resume its conversation now? Send the prompt with {KEYS['resolve']} once it is running.",
                "Resume",
            ),
            lambda sure: self._resume() if sure else None,
        )

    def _resume(self) -> None:
        card = self._card.id
        self.app.command(
            lambda client: client.submit(requests.Resume(card)), lambda _card: self.over(False), self.refused
        )

    def _sent(self, card: CardView) -> None:
        self.app.tell("Sent as soon as it is idle.", title=f"{card.id} is to resolve the conflicts")
        self.over(False)

    def _done(self, card: CardView) -> None:
        tell_done(self.app, "finish" if card.finished else "land", card)
        self.over(True)

    def _refused(self, way: Ending, error: OrchError) -> None:
        self._asked = False
        rescuable = isinstance(error, Refused) and (way == "discard" or "--rescue" in error.hint)
        if way == "keep" or not rescuable or not self.is_current:
            self.refused(error)
            return
        from widgets.dialogs.dialog import Confirm

        question = f"{self._card.id} is not finished: {error.what}"
        said = f"{error.why}\nRescue saves everything under a ref, then continues."
        self.app.push_screen(
            Confirm(question, said, f"Rescue, then {way}"),
            lambda sure: self._finish(way, rescue=True) if sure else None,
        )

    def _rescued(self, card: CardView) -> None:
        tell_done(self.app, "finish", card, f"Saved as {card.rescues[-1]}." if card.rescues else "")
        self.over(True)
