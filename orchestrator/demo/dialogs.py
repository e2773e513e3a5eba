"""The dialogs that Claude Code draws, with the wording of 2.1.197."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.demo.keys import Key

_DIM, _BOLD, _BLUE, _OFF = "\x1b[2m", "\x1b[1m", "\x1b[38;5;111m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog's text and options. `refusing` is the option that Esc selects."""

    title: str
    body: tuple[str, ...]
    options: tuple[str, ...]
    refusing: int
    foot: str = "Enter to confirm · Esc to cancel"
    multi: bool = False


class Dialog:
    """A form that handles the user's keys; `answer` gets the chosen options' numbers, from 0."""

    def __init__(self, form: Form, answer: Callable[[tuple[int, ...]], None]) -> None:
        self._form, self._answer = form, answer
        self._at = 0
        self._ticked: set[int] = set()

    def press(self, key: Key) -> None:
        """Moves, checks or answers. Esc and Ctrl-C answer with the refusing option; other keys do nothing."""
        options = self._form.options
        if key.name in ("up", "down"):
            self._at = (self._at + (1 if key.name == "down" else -1)) % len(options)
        elif key.name in ("escape", "ctrl+c"):
            self._answer((self._form.refusing,))
        elif key.name == "enter":
            self._answer(tuple(sorted(self._ticked)) or (self._at,))
        elif self._form.multi and key.text == " ":
            self._ticked ^= {self._at}
        elif key.name == "text" and key.text.isdigit() and 1 <= int(key.text) <= len(options):
            if self._form.multi:
                self._ticked ^= {int(key.text) - 1}
            else:
                self._answer((int(key.text) - 1,))

    def lines(self) -> list[str]:
        """From its rule to its last line, uncut."""
        form = self._form
        return [
            "─",
            f" {_BOLD}{_BLUE}{form.title}{_OFF}",
            "",
            *(f" {line}" for line in form.body),
            *(self._option(number, words) for number, words in enumerate(form.options)),
            "",
            f" {_DIM}{form.foot}{_OFF}",
        ]

    def _option(self, number: int, words: str) -> str:
        box = f"[{'✔' if number in self._ticked else ' '}] " if self._form.multi else ""
        if number == self._at:
            return f" {_BLUE}❯ {number + 1}. {box}{words}{_OFF}"
        return f"   {number + 1}. {box}{words}"


def trust(folder: str) -> Form:
    """Shown at start in a folder that is not trusted; option 0 trusts it."""
    return Form(
        "Accessing workspace:",
        (
            folder,
            "",
            "Quick safety check: Is this a project you created or one you trust? (Like your own code, a",
            "well-known open source project, or work from your team). If not, take a moment to review",
            "what's in this folder first.",
            "",
            "Claude Code'll be able to read, edit, and execute files here.",
            "",
        ),
        ("Yes, I trust this folder", "No, exit"),
        refusing=1,
    )


API_KEY = Form(
    "Detected a custom API key in your environment",
    ("ANTHROPIC_API_KEY: sk-ant-...demo", "", "Do you want to use this API key?", ""),
    ("No (recommended)", "Yes"),
    refusing=0,
)
RENDERER = Form(
    "Try the new fullscreen renderer?",
    ("It scrolls and selects within the conversation.", ""),
    ("Yes, try it", "Not now"),
    refusing=1,
)
STARTUP = {"api key": API_KEY, "renderer": RENDERER}
"""Start-up dialogs that a script may name, besides `trust`."""


def permission(tool: str, subject: str, always: str) -> Form:
    """`always` is what the second option allows from now on."""
    title = {"Bash": "Bash command", "Edit": "Edit file", "Write": "Create file"}.get(
        tool, f"Tool use: {tool}"
    )
    return Form(
        title,
        (f"  {subject}", "", "Do you want to proceed?"),
        ("Yes", f"Yes, and don't ask again for {always}", "No"),
        refusing=2,
        foot="Esc to cancel · Tab to amend",
    )


def question(text: str, options: tuple[str, ...], *, multi: bool) -> Form:
    """With one option more than given, for free text. Esc answers with -1."""
    return Form(
        "☐ Question",
        (text, ""),
        (*options, "Type something."),
        refusing=-1,
        foot="Enter to select · ↑/↓ to navigate · Esc to cancel",
        multi=multi,
    )


def plan(text: str) -> Form:
    """Shown when plan mode ends; option 0 approves it."""
    return Form(
        "Ready to code?",
        (
            "Here is Claude's plan:",
            "",
            *(f"  {line}" for line in text.splitlines()),
            "",
            "Claude has written up a plan and is ready to execute. Would you like to proceed?",
            "",
        ),
        ("Yes, auto-accept edits", "Yes, manually approve edits", "No, keep planning"),
        refusing=2,
        foot="ctrl-g to edit in your editor",
    )
