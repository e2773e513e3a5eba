"""The form for a new card."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input, Label, Select

from orchestrator.client import OrchError
from orchestrator.core.views import CardView, Settings
from widgets.dialogs.dialog import Dialog, Prompt, complaint
from widgets.format import fit

_TITLE_CELLS = 80


def title_from(prompt: str) -> str:
    """A title for a card that was given none: the prompt's first line with words in it."""
    first = next((line.strip() for line in prompt.splitlines() if line.strip()), "")
    return fit(first.lstrip("#-* "), _TITLE_CELLS)


def repo_around(folder: Path) -> str:
    """The repository that `folder` lies in, or an empty string."""
    for each in (folder, *folder.parents):
        if (each / ".git").exists():
            return str(each)
    return ""


class Choice(Input):
    """A line with suggestions: `right` takes the one shown, up and down go through all of them."""

    def __init__(self, value: str, choices: Sequence[str], *, placeholder: str, id: str) -> None:  # noqa: A002
        suggester = SuggestFromList(choices) if choices else None
        super().__init__(value, placeholder=placeholder, suggester=suggester, id=id, compact=True)
        self.cursor_blink = False
        self._choices = list(dict.fromkeys(choices))

    def offer(self, choices: Sequence[str]) -> None:
        """Suggests these from now on."""
        self.suggester = SuggestFromList(choices) if choices else None
        self._choices = list(dict.fromkeys(choices))

    def on_key(self, event: events.Key) -> None:
        if event.key not in ("up", "down") or not self._choices:
            return
        event.stop()
        event.prevent_default()
        step = 1 if event.key == "down" else -1
        place = self._choices.index(self.value) + step if self.value in self._choices else min(step, 0)
        self.value = self._choices[place % len(self._choices)]


class NewCard(Dialog[CardView]):
    """The new card once the hub has made it. What the hub refuses stays in the form, with its words."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss", "new_card.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "make", "Make", priority=True),
    ]

    def __init__(self, repos: Sequence[str], selected: str) -> None:
        """`repos` are those of the cards there are, `selected` that of the card under the cursor."""
        super().__init__()
        here = repo_around(Path.cwd())
        self._repo = here or selected
        self._repos = list(dict.fromkeys(repo for repo in (here, *repos) if repo))

    def compose(self) -> ComposeResult:
        settings = self.app.settings or Settings({}, "", "", (), (), "", "")
        with Vertical(classes="box") as box:
            box.border_title = "New card"
            box.border_subtitle = "ctrl+s makes it · tab goes on · esc leaves"
            yield field("Title", line("title", "may be left out: the prompt's first line is taken then"))
            yield field("Prompt", Prompt(placeholder="What should the agent do?"))
            yield field("Repository", Choice(self._repo, self._repos, placeholder="a path in it", id="repo"))
            yield field("Base", line("base", "branch or commit to start from; else the default branch"))
            default = " · ".join((settings.model or "the agent's own", ", ".join(settings.models))).rstrip(
                " ·"
            )
            yield field("Model", Choice("", settings.models, placeholder=default, id="model"))
            modes = [(mode, mode) for mode in settings.permission_modes]
            mode = settings.permission_mode or "default"
            yield field("Permissions", Select(modes, prompt=mode, id="mode", compact=True))
            now = Checkbox("now (else it waits in the backlog)", True, id="now", compact=True)
            yield field("Start", now)
            yield complaint()
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Make (ctrl+s)", id="make", variant="primary", compact=True)

    def _said(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    @on(Button.Pressed, "#make")
    def action_make(self) -> None:
        prompt = self.query_one(Prompt).text
        title, repo = self._said("title") or title_from(prompt), self._said("repo")
        if not title:
            self.say("It needs a title or a prompt.")
            self.query_one("#title").focus()
        elif not repo:
            self.say("It needs a repository: a path in one will do.")
            self.query_one("#repo").focus()
        elif not self.query_one("#make", Button).disabled:
            self.query_one("#make", Button).disabled = True
            self.say("")
            # Unlike `Path.expanduser` it leaves a `~nobody` as it is, for the hub to refuse in words.
            whole = Path(os.path.expanduser(repo)).absolute()  # noqa: PTH111
            self._make(title, str(whole), prompt)

    def _make(self, title: str, repo: str, prompt: str) -> None:
        mode = self.query_one("#mode", Select).value
        base, model = self._said("base"), self._said("model")
        backlog = not self.query_one("#now", Checkbox).value
        self.app.command(
            lambda client: client.new(
                title,
                repo=repo,
                prompt=prompt,
                base=base,
                model=model,
                permission_mode=mode if isinstance(mode, str) else "",
                backlog=backlog,
            ),
            self.over,
            self._refused,
        )

    def _refused(self, error: OrchError) -> None:
        if self.is_attached:
            self.query_one("#make", Button).disabled = False
        self.refused(error)

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        if self.query_one(Prompt).text.strip():
            self.throw_away("Throw this card away?", "What you have typed is kept nowhere.")
        else:
            self.over()


def field(name: str, control: Widget) -> Horizontal:
    """A line of a form."""
    return Horizontal(Label(name, markup=False), control, classes="field")


def line(name: str, placeholder: str) -> Input:
    line = Input(placeholder=placeholder, id=name, compact=True)
    line.cursor_blink = False
    return line
