"""The form that starts a team: a coordinator and its workers."""

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, Static

from orchestrator.client import Client, Refused
from orchestrator.core.requests import mail as requests
from widgets.dialogs.dialog import Prompt
from widgets.dialogs.form import Form, Trouble, field, line
from widgets.dialogs.repository import Repository
from widgets.kit.format import clean

_WORKERS = "3"
_NAME_WORDS = 3
_UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""Characters that YAML accepts only as escapes."""


def description(name: str, workers: int, task: str) -> str:
    """A team file's text: that many workers on one task. Without a name the task's first words are used."""
    name = name or " ".join(clean(task).split()[:_NAME_WORDS])
    return f"team: {_quoted(name)}\ntask: {_quoted(task)}\nworkers: {workers}\n"


class StartTeam(Form[tuple[str, ...]]):
    """The ids of the team's cards once the hub has created them, the coordinator's first. The hub's errors
    about the description are shown in the form, in full."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Form.CSS_PATH, Path(__file__).with_name("start_team.tcss")]
    AUTO_FOCUS: ClassVar[str | None] = "#file"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "start", "Start")]
    SENDS = "start"
    LOSES = ("Discard the task?", "No team has been started.")

    def __init__(self, repos: Sequence[str], selected: str) -> None:
        """`repos` are those of existing cards, `selected` that of the card under the cursor."""
        super().__init__()
        self._repo = Repository(repos, selected)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Start team"
            box.border_subtitle = "ctrl+s start · tab next field · esc cancel"
            said = (
                "A coordinator splits the task, mails the parts to the workers, and collects their reports."
            )
            yield Static(said, id="said", markup=False)
            yield field("Repository", self._repo)
            yield field(
                "File",
                line("file", "a team file (`orch team --init` creates one); or:"),
            )
            yield field("Name", line("name", "optional; defaults to the task's first words"))
            yield field("Task", Prompt(placeholder="What should the team do?", id="task"))
            workers = line("workers", "number")
            workers.value = _WORKERS
            yield field("Workers", workers)
            yield Trouble()
            yield self.buttons("Start")

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        repo, file, task = self._repo.path, self.said("file"), self.query_one(Prompt).text.strip()
        workers = self.said("workers")
        if not repo:
            self.say("Enter a repository: any path in it.")
        elif file and task:
            self.say("Enter either a file or a task, not both.")
        elif not file and not task:
            self.say("Enter a task, or a team file.")
        elif not file and not (workers.isascii() and workers.isdigit() and int(workers)):
            self.say("Enter the number of workers, such as 3.")
        elif self.begin():
            self.say("")
            path = os.path.join(repo, os.path.expanduser(file)) if file else ""  # noqa: PTH111, PTH118 (as in `Repository`)
            text = "" if file else description(self.said("name"), int(workers), task)
            self.app.command(lambda client: _start(client, text, repo, path), self.over, self.refused)

    def say(self, words: str) -> None:
        self.query_one(Trouble).put(words)


def _start(client: Client, text: str, repo: str, file: str) -> tuple[str, ...]:
    if file:
        try:
            text = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(f"cannot read {file}", str(error)) from error
    return client.submit(requests.StartTeam(text, repo=repo, file=file))


def _quoted(text: str) -> str:
    """As a string of YAML, which has JSON's escapes."""
    return _UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
