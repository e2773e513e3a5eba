"""What only the pane shows: dialogs without a hook, and API calls being retried.

A dialog is recognised by its form (`dialog_form`). Those whose wording is known, probed on 2.1.197 and
2.1.332, get a clearer name than their first line.
"""

import hashlib
import re

from orchestrator.agents.claude_code.dialog_form import dialog
from orchestrator.agents.claude_code.input_box import draft, shown_box
from orchestrator.core.sessions.model import Retry
from orchestrator.core.sessions.signals import PaneSaid
from orchestrator.core.text.clean import clean, one_line

# In the order in which Claude Code shows them: a part of the wording, and what it asks.
_DIALOGS = {
    "Unable to connect to Anthropic services": "cannot reach Anthropic to set itself up",
    "Choose the text style": "first start: choose a theme",
    "Security notes:": "first start: security notes to confirm",
    "Select login method": "asks to log in",
    "Browser didn't open": "asks to log in",
    "project you created or one you trust": "asks whether to trust this folder",
    "Detected a custom API key": "asks whether to use the API key of the environment",
    "running in Bypass Permissions mode": "asks to accept bypass permissions mode",
    "Enable auto mode?": "asks to accept auto mode",
    "new fullscreen renderer?": "offers the new fullscreen renderer",
    "New MCP server found": "asks whether to use an MCP server of this project",
    "new MCP servers found": "asks which MCP servers of this project to use",
    "Allow external CLAUDE.md file imports?": "asks whether CLAUDE.md may import files from outside",
    "Settings Error": "a settings file has an error",
    "Settings Warning": "a settings file has an error",
    "Make auto mode your default permission mode?": "offers auto mode as the default",
    "Auto mode can't check actions": "auto mode can't check actions in this session",
}
HIDDEN = "its input box is not visible"
_SPINNER = "·✢✳✶✻✽*"
_RETRY = re.compile(
    rf"^\s*[{_SPINNER}●⎿]\s*(?P<said>.+?) · [Rr]etrying in [^·]+ · attempt (?P<attempt>\d+)/(?P<of>\d+)",
    re.MULTILINE,
)
_MOVING = re.compile(
    rf"^\s*[{_SPINNER}] .*(?:…|\bfor \d+).*$"  # the spinner, and the word it ends on
    r"|^.*\(\d+[hms][^)]*\).*$"  # a tool's seconds
    r"|^\s*⎿\s+Tip: .*$"
    r"|[Rr]etrying in [^·\n]+"
    r"|[▀-▟]+",  # the logo, which blinks
    re.MULTILINE,
)
_RULE = re.compile(r"^─{3}.*$", re.MULTILINE)


def read(text: str, at: float) -> PaneSaid:
    """The content of the visible pane. The digest does not change with spinners, seconds, token counts, tips
    and the lines below the input box."""
    text = clean(text)
    form = dialog(text)
    if form:
        words = _words(f"{form.title}\n{form.text}") or f"asks: {form.title}"
    else:  # with an input box it is a conversation that mentions such a dialog
        words = "" if shown_box(text) else _words(text)
    return PaneSaid(at, words, _retry(text), _digest(text), form)


def in_the_way(text: str) -> str:
    """What keeps keys from reaching the input box; empty if the box is visible and no dialog is open. `text`
    is the visible pane."""
    if form := dialog(text):
        return f"a dialog is open: {form.title}"
    return "" if draft(text) is not None else HIDDEN


def _words(text: str) -> str:
    return next((words for wording, words in _DIALOGS.items() if wording in text), "")


def _retry(text: str) -> Retry | None:
    # only the last lines: above them it may be a conversation about retries
    recent = "\n".join(line for line in text.splitlines() if line.strip()).splitlines()[-14:]
    found = list(_RETRY.finditer("\n".join(recent)))
    if not found:
        return None
    last = found[-1]
    return Retry(int(last["attempt"]), int(last["of"]), one_line(last["said"]))


def _digest(text: str) -> str:
    rules = list(_RULE.finditer(text))
    above = text[: rules[-1].start()] if rules else text
    # the dot of a running tool blinks
    lines = (" ".join(line.split()).removeprefix("● ") for line in _MOVING.sub("", above).splitlines())
    words = "\n".join(line for line in lines if line)
    return hashlib.blake2b(words.encode(errors="replace"), digest_size=8).hexdigest()
