"""Desktop notifications by terminals: the three escape sequences, and which terminal has which."""

from collections.abc import Mapping
from typing import Literal

from orchestrator.core.text.clean import one_line

Form = Literal["bell", "osc9", "osc777", "osc99"]
_ST = "\x1b\\"
_BY_NAME: tuple[tuple[str, Form], ...] = (
    ("kitty", "osc99"),
    ("iterm", "osc9"),
    ("wezterm", "osc777"),
    ("ghostty", "osc777"),
    ("foot", "osc777"),
    ("rxvt", "osc777"),
    ("warp", "osc777"),
    ("contour", "osc777"),
    ("konsole", "osc777"),
)
"""By what a terminal calls itself. Others may print what they do not know, and get the bell alone."""
_NAMES = ("TERM_PROGRAM", "LC_TERMINAL", "TERM")


def form_of(environment: Mapping[str, str]) -> Form:
    """The best form that the terminal of this environment is known to have."""
    if environment.get("KITTY_WINDOW_ID"):
        return "osc99"
    if environment.get("KONSOLE_VERSION") or environment.get("VTE_VERSION"):
        return "osc777"
    return form_by_name(" ".join(environment.get(name, "") for name in _NAMES))


def form_by_name(words: str) -> Form:
    """The best form of a terminal that calls itself so."""
    words = words.lower()
    return next((form for name, form in _BY_NAME if name in words), "bell")


def sequence(form: Form, title: str, body: str) -> str:
    """What the terminal is sent; the bell is not among it. Text from outside is data: nothing in it ends the
    sequence or begins another."""
    # `;` separates the parts
    title, body = (one_line(each, limit).replace(";", ",") for each, limit in ((title, 80), (body, 300)))
    match form:
        case "osc9":
            return f"\x1b]9;{title}: {body}{_ST}"  # a body alone could begin like a command: `4;`
        case "osc777":
            return f"\x1b]777;notify;{title};{body}{_ST}"
        case "osc99":
            first = f"\x1b]99;i=orch:d=0:o=unfocused;{title}{_ST}"
            return first + f"\x1b]99;i=orch:d=1:p=body;{body}{_ST}"
        case _:
            return ""


def through_tmux(sent: str) -> str:
    """The same, for tmux to pass on to its own terminal."""
    escaped = sent.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{escaped}{_ST}" if sent else ""
