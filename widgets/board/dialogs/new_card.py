"""The form for a new card."""

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, Checkbox, Select

from orchestrator.core.board.views import AgentOptions, CardView, Settings
from orchestrator.core.requests.cards import New
from widgets.dialogs.choice import Choice
from widgets.dialogs.dialog import Prompt, complaint
from widgets.dialogs.form import Form, field, line
from widgets.dialogs.repository import Repository
from widgets.kit.format import fit

_TITLE_CELLS = 80
_UNKNOWN = AgentOptions(permission_modes=("default",))
"""Until the hub has sent its settings."""


def title_from(prompt: str) -> str:
    """A title for a card without one: the prompt's first non-empty line."""
    first = next((line.strip() for line in prompt.splitlines() if line.strip()), "")
    return fit(first.lstrip("#-* "), _TITLE_CELLS)


class NewCard(Form[CardView]):
    """The new card once the hub has created it. A refusal is shown in the form, which stays open."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Form.CSS_PATH, Path(__file__).with_name("new_card.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "make", "Create"),
    ]
    SENDS = "make"
    LOSES = ("Discard this card?", "It has not been saved.")

    def __init__(self, repos: Sequence[str], selected: str) -> None:
        """`repos` are those of existing cards, `selected` that of the card under the cursor."""
        super().__init__()
        self._repo = Repository(repos, selected)

    def compose(self) -> ComposeResult:
        settings = self.app.settings or Settings({}, "", "", (), (), "", "")
        with Vertical(classes="box") as box:
            box.border_title = "New card"
            box.border_subtitle = "ctrl+s create · tab next field · esc cancel"
            yield field("Title", line("title", "optional; defaults to the prompt's first line"))
            yield field("Prompt", Prompt(placeholder="What should the agent do?"))
            yield field("Repository", self._repo)
            if len(settings.agents) > 1:
                agents = [(name, name) for name in settings.agents]
                yield field("Agent", Select(agents, prompt=settings.agent, id="agent", compact=True))
            yield field(
                "Base",
                line("base", "branch or commit to start from; default branch if empty"),
            )
            yield field("Model", Choice("", (), placeholder="", id="model"))
            yield field("Permissions", Select[str]([], id="mode", compact=True))
            now = Checkbox("now (otherwise in the backlog)", True, id="now", compact=True)
            yield field("Start", now)
            yield complaint()
            yield self.buttons("Create")

    def on_mount(self) -> None:
        """Textual's naming: those of the form run as well."""
        self._offer()

    @on(Select.Changed, "#agent")
    def _offer(self) -> None:
        """Offers what the chosen agent takes; a line that it takes nothing for is hidden and empty."""
        options = self._options
        model, mode = self.query_one("#model", Choice), self.query_one("#mode", Select)
        model.offer(options.models)
        default = (options.model or "agent default", ", ".join(options.models))
        model.placeholder = " · ".join(filter(None, default))
        mode.prompt = options.permission_mode or "default"
        mode.set_options([(each, each) for each in options.permission_modes])
        for control in (model, mode):
            assert control.parent is not None
            control.parent.display = bool(options.permission_modes)
        if not options.permission_modes:
            model.value = ""

    @property
    def _options(self) -> AgentOptions:
        """What can be chosen for the selected agent."""
        settings = self.app.settings
        if settings is None:
            return _UNKNOWN
        chosen = next((each.value for each in self.query("#agent").results(Select)), None)
        name = chosen if isinstance(chosen, str) else settings.agent
        return settings.options.get(name) or AgentOptions(
            settings.models, settings.permission_modes, settings.model, settings.permission_mode
        )

    @on(Button.Pressed, "#make")
    def action_make(self) -> None:
        prompt = self.query_one(Prompt).text
        title, repo = self.said("title") or title_from(prompt), self._repo.path
        if not title:
            self.say("Enter a title or a prompt.")
            self.query_one("#title").focus()
        elif not repo:
            self.say("Enter a repository: any path in it.")
            self._repo.focus()
        elif self.begin():
            self.say("")
            self._make(title, repo, prompt)

    def _make(self, title: str, repo: str, prompt: str) -> None:
        mode = self.query_one("#mode", Select).value
        agent = next((each.value for each in self.query("#agent").results(Select)), "")
        base, model = self.said("base"), self.said("model")
        backlog = not self.query_one("#now", Checkbox).value
        self.app.command(
            lambda client: client.submit(
                New(
                    title,
                    repo=repo,
                    prompt=prompt,
                    base=base,
                    agent=agent if isinstance(agent, str) else "",
                    model=model,
                    permission_mode=mode if isinstance(mode, str) else "",
                    backlog=backlog,
                )
            ),
            self.over,
            self.refused,
        )
