"""What only the pane tells: dialogs before the session begins, and API calls being repeated.

Recognised by their wording as probed on 2.1.197 and 2.1.330.
"""

import hashlib
import re

from orchestrator.agents.claude_code.input_box import draft
from orchestrator.core.model import Retry
from orchestrator.core.signals import PaneSaid
from orchestrator.core.text import clean, one_line

# In the order in which Claude Code shows them: a piece of the wording, and what it asks, in words.
_DIALOGS = {
    "Unable to connect to Anthropic services": "can't reach Anthropic to set itself up",
    "Choose the text style": "first start: choose a theme",
    "Security notes:": "first start: security notes to confirm",
    "Select login method": "asks to log in",
    "Browser didn't open": "asks to log in",
    "project you created or one you trust": "asks whether to trust this folder",
    "Detected a custom API key": "asks whether to use the API key of the environment",
    "running in Bypass Permissions mode": "asks to accept bypass permissions mode",
    "Enable auto mode?": "asks to accept auto mode",
    "new fullscreen renderer?": "offers the new fullscreen renderer",
}
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
    """What the visible pane says. The digest stays the same while only spinners, seconds, token
    counts, tips and the lines below the input box change."""
    text = clean(text)
    return PaneSaid(at, _dialog(text), _retry(text), _digest(text))


def _dialog(text: str) -> str:
    if draft(text) is not None:  # past them all: it is a conversation that speaks of such things
        return ""
    return next((words for wording, words in _DIALOGS.items() if wording in text), "")


def _retry(text: str) -> Retry | None:
    # only the last lines: further up it may be a conversation about retries
    recent = "\n".join(line for line in text.splitlines() if line.strip()).splitlines()[-14:]
    found = list(_RETRY.finditer("\n".join(recent)))
    if not found:
        return None
    last = found[-1]
    return Retry(int(last["attempt"]), int(last["of"]), one_line(last["said"]))


def _digest(text: str) -> str:
    rules = list(_RULE.finditer(text))
    above = text[: rules[-1].start()] if rules else text
    # the dot before a running tool blinks
    lines = (" ".join(line.split()).removeprefix("● ") for line in _MOVING.sub("", above).splitlines())
    words = "\n".join(line for line in lines if line)
    return hashlib.blake2b(words.encode(errors="replace"), digest_size=8).hexdigest()
