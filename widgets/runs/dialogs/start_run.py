"""The form that starts a workflow."""

import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Button, Checkbox, Input, Static

from orchestrator.client import OrchError
from orchestrator.core.requests import runs as requests
from orchestrator.core.requests.runs import ListWorkflows
from orchestrator.core.workflow.views import InputNote, RunView, WorkflowFile
from widgets.dialogs.choice import Choice
from widgets.dialogs.form import Form, Trouble, field, line
from widgets.dialogs.repository import Repository
from widgets.kit.format import Line, clean, content, fit, pad

_RESTS_AFTER = 0.3
"""Seconds after the last typed letter of a repository's path after which its workflows are fetched."""
_NAME = 24


def files_lines(files: Sequence[WorkflowFile], chosen: str, width: int) -> Iterator[Line]:
    """A line for each workflow: its name, its stages, or its error."""
    for file in files:
        here = file.name == chosen
        said, role = (f"× {file.trouble}", "bad") if file.trouble else (" → ".join(file.stages), "muted")
        room = max(width - _NAME - 3, 8)
        yield (
            ("▌ " if here else "  ", "cursor"),
            (pad(file.name, _NAME), "title" if here else "text"),
            (" ", ""),
            (fit(said, room), role),
        )


def _input(name: str, hint: str, choices: Sequence[str]) -> Input:
    """A line for an input; one with choices goes through them with ↑ and ↓."""
    return Choice("", choices, placeholder=hint, id=name) if choices else line(name, hint)


def _told(note: InputNote) -> str:
    """The file's note on an input, in one line."""
    of = f"one of {', '.join(note.choices)}" if note.choices else ""
    return ": ".join(filter(None, (note.description, of)))


class RunWorkflow(Form[RunView]):
    """The run once the hub has started it. The hub's errors about the file are shown in the form, in full."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Form.CSS_PATH, Path(__file__).with_name("start_run.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "run", "Run")]
    SENDS = "run"

    def __init__(self, repos: Sequence[str], selected: str) -> None:
        """`repos` are those of existing cards, `selected` that of the card under the cursor."""
        super().__init__()
        self._repo = Repository(repos, selected)
        self._files: tuple[WorkflowFile, ...] = ()
        self._asked = self._fields_of = ""
        self._typing: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Run workflow"
            box.border_subtitle = "ctrl+s run · ↑↓ choose · tab next field · esc cancel"
            yield field("Workflow", Choice("", (), placeholder="a name, or a path to a file", id="file"))
            yield Static("", id="known", markup=False)
            yield field("Repository", self._repo)
            yield Vertical(id="inputs")
            yield field(
                "Where",
                Checkbox("headless: sessions without terminals", id="headless", compact=True),
            )
            yield Trouble()
            yield self.buttons("Run")

    async def on_mount(self) -> None:
        self._selected()
        await self._show()

    # --- available workflows ---------------------------------------------------------------------

    @property
    def looks_up(self) -> bool:
        """Keys wait for the fields of the workflow, which are not known yet; typed text does not."""
        return self._typing is not None

    def _selected(self) -> None:
        self._typing = None
        repo = self._repo.path
        if not repo or repo == self._asked:
            return
        self._asked = repo
        self.app.command(
            lambda client: client.submit(ListWorkflows(repo)),
            lambda files: self._take(repo, files),
            lambda error: self._take(repo, (), error),
            look_up=True,
        )

    async def _take(self, repo: str, files: tuple[WorkflowFile, ...], error: OrchError | None = None) -> None:
        if not self.is_attached or repo != self._asked:
            return
        self._files = files
        choice = self.query_one("#file", Choice)
        choice.offer([file.name for file in files])
        self.say(str(error) if error else "")
        if not choice.value and files:
            choice.put(next((file.name for file in files if not file.trouble), files[0].name))
        await self._show()

    @property
    def _chosen(self) -> WorkflowFile | None:
        return next((file for file in self._files if file.name == self.said("file")), None)

    async def _show(self) -> None:
        known = self.query_one("#known", Static)
        width = max(known.size.width, 40)
        lines = list(files_lines(self._files, self.said("file"), width))
        if not lines:
            lines = [(("  No workflows: .orch/workflows has none, and there is no kandev.yml.", "muted"),)]
        known.update(content(lines))
        chosen = self._chosen
        fields_of = repr(chosen.inputs) if chosen else "?"
        if fields_of != self._fields_of:
            self._fields_of = fields_of
            await self._show_inputs(chosen)

    async def _show_inputs(self, chosen: WorkflowFile | None) -> None:
        inputs = self.query_one("#inputs", Vertical)
        await inputs.remove_children()
        if chosen is None:
            await inputs.mount(
                field(
                    "Inputs",
                    line("pairs", "name=value …; quote values with spaces"),
                )
            )
            return
        made = []
        notes = {note.name: note for note in chosen.notes}
        for number, (name, kind, default) in enumerate(chosen.inputs):
            note = notes.get(name, InputNote(name))
            hint = f"{kind}, default {default}" if default else f"{kind}, required"
            made.append(field(fit(name, 12), _input(f"input-{number}", clean(hint), note.choices)))
            if told := _told(note):
                made.append(field("", Static(content([((clean(told), "muted"),)]), classes="told")))
        await inputs.mount(*made)

    @on(Input.Changed, "#file")
    async def _file_changed(self) -> None:
        self.say("")
        await self._show()

    @on(Input.Changed, "#repo")
    def _repo_changed(self) -> None:
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(_RESTS_AFTER, self._selected)

    async def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self._show)

    # --- running it ------------------------------------------------------------------------------

    def _inputs(self) -> dict[str, str]:
        """Raises `ValueError` with a text for the user."""
        chosen = self._chosen
        if chosen is not None:
            given = {name: self.said(f"input-{number}") for number, (name, _, _) in enumerate(chosen.inputs)}
            missing = [name for name, _, default in chosen.inputs if not default and not given[name]]
            if missing:
                raise ValueError(f"Enter a value for {missing[0]}.")
            return {name: value for name, value in given.items() if value}
        pairs = [word.partition("=") for word in shlex.split(self.said("pairs"))]
        if wrong := [name for name, equals, _ in pairs if not name or not equals]:
            raise ValueError(f"Inputs are name=value; {wrong[0]!r} is not.")
        return {name: value for name, _, value in pairs}

    @on(Button.Pressed, "#run")
    def action_run(self) -> None:
        name, repo = self.said("file"), self._repo.path
        try:
            inputs = self._inputs()
        except ValueError as error:
            self.say(str(error))
            return
        if not name:
            self.say("Enter a workflow: a name from the list, or a path to a file.")
        elif not repo:
            self.say("Enter a repository: any path in it.")
        elif self.begin():
            self.say("")
            file = name if self._chosen else os.path.expanduser(name)  # noqa: PTH111 (as in `Repository`)
            headless = self.query_one("#headless", Checkbox).value
            self.app.command(
                lambda client: client.submit(
                    requests.RunWorkflow(file, repo=repo, inputs=inputs, headless=headless)
                ),
                self._started,
                self.refused,
            )

    def _started(self, run: RunView) -> None:
        for caution in run.cautions:
            self.app.notify(clean(caution), title=f"{run.id} will wait", severity="warning", markup=False)
        self.over(run)

    def say(self, words: str) -> None:
        self.query_one(Trouble).put(words)
