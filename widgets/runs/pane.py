"""The Runs view: the list, the stages of the selected run, and the selected stage in full."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from orchestrator.actions import Action
from orchestrator.actions import pane as pane_of
from orchestrator.client import Client
from orchestrator.core.board.views import CardView
from orchestrator.core.requests.gates import ShowGate
from orchestrator.core.workflow.views import GateView, RunView
from widgets.kit.keys import IN_RUNS
from widgets.kit.lines import Lines
from widgets.kit.rows import RowBox, RowList
from widgets.kit.sheet import Sheet
from widgets.kit.sheet_text import notice
from widgets.review import opening
from widgets.runs import cursor
from widgets.runs.actions import RunActions
from widgets.runs.bottom import LEAST_FIRST, entries
from widgets.runs.cursor import RunCursor
from widgets.runs.dialogs.decide import Drafts
from widgets.runs.refusals import refusal, touches, twin
from widgets.runs.rows import run_rows, stage_rows
from widgets.runs.selected import SelectedStage, changed, stage_id
from widgets.runs.text.stage import body_lines, head_lines, run_head
from widgets.screens.board_view import BoardView
from widgets.screens.command_screen import call_action
from widgets.screens.detail_cache import DetailCache
from widgets.screens.keybar import KeyBar
from widgets.screens.pane import Pane

_NOBODY = (("No runs.", "title"),)


class RunsPane(Pane):
    """Shows the runs in the board's mirror; a stage's gate is fetched when it is viewed."""

    NAME = "runs"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["pane.tcss"]
    OFFERED: ClassVar[Sequence[Action]] = IN_RUNS

    def __init__(self, board: BoardView, run: str = "", stage: str = "") -> None:
        """Opens on that run and stage, if there is such a one."""
        super().__init__(board, "The Runs view has just opened.")
        self._place = cursor.on(run, stage, board.mirror.runs) or cursor.opening(board.mirror.runs)
        self._acts = RunActions(self)
        self._gates: DetailCache[GateView] = DetailCache(
            self.app, lambda client, gate: client.submit(ShowGate(gate)), self.draw, "The evidence"
        )
        self._was: SelectedStage | None = None
        self.sheet = Sheet(id="stage")
        self._runs, self._head, self._stages = RowList(id="runs"), Lines(id="run"), RowList(id="stages")
        self._keys = KeyBar(LEAST_FIRST)

    def compose(self) -> ComposeResult:
        yield self._header
        with Container(id="middle"):
            yield self._runs
            with Vertical(id="right"):
                yield self._head
                yield self._stages
                yield self.sheet
        yield self._keys

    def on_mount(self) -> None:
        self.draw()

    @property
    def run_view(self) -> RunView | None:
        """The selected run."""
        return self._board.mirror.run(self._place.run)

    @property
    def card(self) -> CardView | None:
        stage = self._board.mirror.stage(self._place.run, self._place.stage)
        return self._board.mirror.cards.get(stage.card) if stage else None

    @property
    def selected(self) -> SelectedStage | None:
        """What is shown of the selected stage; `None` while there is no run."""
        run, stage = self.run_view, self._board.mirror.stage(self._place.run, self._place.stage)
        if run is None or stage is None:
            return None
        page, now = self._gates.page(stage.gate), self.app.clock()
        ids = (stage_id(run, stage), run.id)
        return SelectedStage(
            run,
            stage,
            self.card,
            page.whole if stage.gate else None,
            next((said for each in ids if (said := self._replies.doing(each, now))), ""),
            self._replies.error(ids[0]) or (page.error if stage.gate else ""),
        )

    # --- updates ---------------------------------------------------------------------------------

    @on(Sheet.Resized)
    @on(events.ScreenResume)
    def draw(self) -> None:
        if not self._stages.is_attached:
            return  # called before it is laid out; its first size calls it again
        now, runs, keyboard = self.app.clock(), self._board.mirror.runs, self.app.keyboard
        self._settle(runs)
        selected = self.selected
        self.set_class(self.narrow, "-narrow")
        self.set_class(not runs, "-bare")
        self._header.show(self._board.mirror, now)
        rows = run_rows(runs, self._place, now, self._replies, tall=not self.narrow)
        self._runs.show(rows, self._place.run)
        self._keys.show(entries(keyboard, selected))
        if selected is None:
            say = f"{keyboard.shown('run')} starts a workflow."
            self._head.put()
            self._stages.show((), "")
            self.sheet.clear(_NOBODY, ((say, "muted"),))
            return
        self._head.put(*run_head(selected.run, now, self._head.size.width))
        rows = stage_rows(selected.run, self._place, now, self._replies)
        self._stages.show(rows, self._place.stage)
        self.sheet.write(
            head_lines(selected, now, self.sheet.room),
            selected,
            lambda width: (
                body_lines(selected, width, keyboard.shown),
                notice(selected.doing, selected.error, width),
            ),
            (selected.run.id, selected.stage.name),
        )

    def _settle(self, runs: Sequence[RunView]) -> None:
        self._place = cursor.settle(self._place, runs)
        self._replies.keep(
            {each for run in runs for each in (run.id, *(stage_id(run, step) for step in run.stages))}
        )
        selected = self.selected
        if said := changed(self._was, selected):
            self._guard.changed(said)
            if selected and self._was and selected.stage.name == self._was.stage.name:
                self._replies.over(selected.id)
                selected = self.selected
        self._was = selected
        self._gates.keep({selected.stage.gate} if selected else ())
        if selected is not None and selected.stage.gate:
            self._gates.rest(selected.stage.gate, selected.stage)

    # --- commands --------------------------------------------------------------------------------

    def open(self, run: str, stage: str = "") -> None:
        """Goes there, for the user."""
        self.go(cursor.on(run, stage, self._board.mirror.runs))

    def go(self, to: RunCursor | None) -> None:
        """Selects that, for the user."""
        if to is None or to == self._place:
            return
        if (to.run, to.stage) != (self._place.run, self._place.stage):
            self._was = None
            self._guard.chosen()
            self.remove_class("-whole")
        self._place = to
        if self._was is None and (selected := self.selected) and self._replies.error(id_ := selected.id):
            self._replies.over(id_)
        self.draw()

    def do(self, selected: SelectedStage, words: str, call: Callable[[Client], RunView | GateView]) -> None:
        """Sends it to the hub. `words` are shown at the stage until that is done. A refusal is shown as a
        notice and at the stage; the evidence of a gate is fetched again then."""

        def taken(answer: RunView | GateView) -> None:
            self._replies.over(selected.id)
            if isinstance(answer, GateView):
                self._gates.put(answer.id, answer)

        def refused() -> None:
            if selected.stage.gate:
                self._gates.fetch(selected.stage.gate, selected.stage, again=True)

        self.send(selected.id, words, call, taken, refused)

    @on(RowBox.Pressed)
    def _pressed(self, press: RowBox.Pressed) -> None:
        if press.list is self._runs:
            self.go(cursor.on(press.id, "", self._board.mirror.runs))
        else:
            self.go(cursor.on(self._place.run, press.id, self._board.mirror.runs))
            if press.times == 2:
                self.perform("attach")

    # --- input -----------------------------------------------------------------------------------

    def pressed(self, action: str, key: str) -> None:
        self.perform(twin(action, key, self.run_view, self.app.keyboard.keys))

    def no_text(self) -> str:
        return "Pasted text decides nothing."

    def refusal(self, action: str) -> str:
        return refusal(action, self.selected, self.app.keyboard.shown)

    def perform(self, action: str) -> None:
        area, _, what = action.partition(".")
        if area == "cursor":
            self.go(cursor.step(self._place, self._board.mirror.runs, what))
        elif touches(action) and action != "attach" and self._is_unsure():
            return
        elif why := self.refusal(action):
            self.app.tell(why, severity="warning")
            if (selected := self.selected) is not None and selected.stage.gate:
                self._gates.retry(selected.stage.gate, selected.stage)
        elif action == "gate.diff":
            self._review()
        elif pane_of(action) == "runs":
            call_action(self._acts, action)
        else:
            self.shared(action)

    def shared(self, action: str) -> None:
        match action:
            case "attach":
                self._enter()
            case "pane.next":
                self.go(self._next())
            case "pane.up" | "pane.down":
                self.sheet.page(action.partition(".")[2])
            case "pane.close" if self.has_class("-whole"):
                self.remove_class("-whole")
            case "pane.close":
                self.close()
            case _:
                super().shared(action)

    def _enter(self) -> None:
        """To the card, if the stage has one; else toggles the stage's full screen."""
        selected = self.selected
        if selected is None:
            return
        if selected.card is None:
            self.toggle_class("-whole")
        elif not self._is_unsure():
            self._board.uncover()
            self._board.jump(selected.card.id)

    def _review(self) -> None:
        if selected := self.selected:
            opening.review(self._board, opening.reviewable(selected.run, selected.stage, selected.gate))

    def drafts(self) -> Drafts:
        """The comments on the selected gate's diffs that are not sent."""
        selected = self.selected
        if selected is None:
            return ()
        return opening.drafts(self._board, opening.reviewable(selected.run, selected.stage, selected.gate))

    def _next(self) -> RunCursor | None:
        to = cursor.onward(self._place, self._board.mirror.runs)
        if to is None:
            self.app.tell("No stage needs you.")
        return to

    def _is_unsure(self) -> bool:
        selected = self.selected
        return self._guard.holds(f"{selected.stage.name} of {selected.run.id}" if selected else "")
