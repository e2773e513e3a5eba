"""The keyboard: bindings from the action registry, and the user's own keys checked against it. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from textual.binding import Binding
from textual.keys import KEY_DISPLAY_ALIASES, Keys

from orchestrator.actions import ACTIONS, BY_ID, Action, may_share, pane

_ON_SCREEN = tuple(action for action in ACTIONS if action.on_screen)


def _own(name: str) -> tuple[Action, ...]:
    return tuple(action for action in _ON_SCREEN if pane(action.id) == name)


def _also(*actions: str) -> tuple[Action, ...]:
    return tuple(BY_ID[action] for action in actions)


ON_BOARD: tuple[Action, ...] = _own("board")
"""The actions of the board; the rest belong to a pane or are only verbs of the command line."""

_STAGE = ("run.done", "run.fail", "run.retry", "run.skip")
_CURSOR = ("cursor.left", "cursor.right", "cursor.up", "cursor.down", "cursor.first", "cursor.last")
IN_QUEUE: tuple[Action, ...] = (
    *_own("queue"),
    *_also(
        *_STAGE,
        "gate.diff",
        "attach",
        "send",
        "acknowledge",
        "resume",
        "pr.fix",
        "show",
        "preview",
        "queue",
        "help",
        "palette",
    ),
    *_also(*_CURSOR),
)
"""The actions of the queue, in the order in which they claim their keys."""

IN_RUNS: tuple[Action, ...] = (
    *_own("runs"),
    *_also("pane.next", "pane.up", "pane.down", "pane.close"),
    *_also("attach", "send", "show", "runs", "run", "help", "palette"),
    *_also(*_CURSOR),
)
"""The actions of the Runs view, in the order in which they claim their keys."""

IN_MAIL: tuple[Action, ...] = (
    *_own("mail"),
    *_also("pane.next", "pane.up", "pane.down", "pane.close"),
    *_also("show", "mail", "team", "help", "palette"),
    *_also(*_CURSOR),
)
"""The actions of the mail pane, in the order in which they claim their keys."""

IN_REVIEW: tuple[Action, ...] = (
    *_own("review"),
    *_also("pane.up", "pane.down", "pane.close", "diff", "help", "palette"),
    *_also(*_CURSOR),
)
"""The actions that the review offers, in the order in which they claim their keys."""

IN_ISSUES: tuple[Action, ...] = (
    *_own("issues"),
    *_also("issues.open", "pane.up", "pane.down", "pane.close", "issues", "help", "palette"),
    *_also("cursor.up", "cursor.down", "cursor.first", "cursor.last"),
)
"""The actions of the issues' screen, in the order in which they claim their keys."""

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "meta", "hyper"})
_NAMED = frozenset(key.value for key in Keys)
_SYMBOLS = {
    "question_mark": "?",
    "slash": "/",
    "enter": "enter",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "number_sign": "#",
    "asterisk": "*",
    "plus": "+",
    "minus": "-",
}


def bindings() -> list[Binding]:
    """A binding for each action of the board, with the action's id as its own, so that a keymap finds it.

    An action without a key gets the name of one that no keyboard has.
    """
    return [
        Binding(
            action.key or f"unbound_{action.id.replace('.', '_')}",
            f"do({action.id!r})",
            action.title,
            show=action.footer,
            tooltip=action.help,
            id=action.id,
        )
        for action in ON_BOARD
    ]


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Which keys do what. `complaints` are the errors in the user's keys."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Textual's names of the keys of each action."""
    changed: Mapping[str, str] = field(default_factory=dict)
    """The value for `App.set_keymap`."""
    complaints: tuple[str, ...] = ()

    def action(self, key: str, offered: Iterable[Action] = ON_BOARD) -> str | None:
        """The first of the offered actions with this key."""
        return next((action.id for action in offered if key in self.keys.get(action.id, ())), None)

    def shown(self, action: str) -> str:
        """The action's first key as displayed; empty for none."""
        keys = self.keys.get(action, ())
        return display(keys[0]) if keys else ""


def keyboard(overrides: Mapping[str, str]) -> Keyboard:
    """The registry's keys with the user's valid ones over them."""
    keys = {action.id: names(action.key) for action in _ON_SCREEN}
    changed: dict[str, str] = {}
    complaints: list[str] = []
    for action, wanted in overrides.items():
        if action not in keys:
            near = get_close_matches(action, keys, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            complaints.append(f"keys: no action named {action!r}.{hint}")
        elif bad := [key for key in names(wanted) if not known(key)]:
            complaints.append(f"keys: {action} = {wanted!r}: no key named {bad[0]!r}.")
        elif not names(wanted):
            complaints.append(f"keys: {action} needs a key.")
        else:
            keys[action] = names(wanted)
            changed[action] = ",".join(keys[action])
    for action in list(changed):
        for other, theirs in keys.items():
            if other == action or may_share(action, other):
                continue
            if both := set(keys[action]) & set(theirs):
                complaints.append(f"keys: {display(min(both))} is both {action} and {other}.")
                if other not in changed:
                    keys[action] = names(BY_ID[action].key)
                    del changed[action]
                    break
    return Keyboard(keys, changed, tuple(complaints))


def names(keys: str) -> tuple[str, ...]:
    """Textual's names of keys separated by commas (`?,ctrl+p` → `question_mark`, `ctrl+p`)."""
    if not keys.strip():
        return ()
    written = ",".join(key.strip() for key in keys.split(",") if key.strip())
    return tuple(binding.key for binding in Binding.make_bindings([Binding(written, "")]))


def known(key: str) -> bool:
    """Whether a terminal can send a key with that name."""
    *modifiers, base = key.split("+")
    if not set(modifiers) <= _MODIFIERS:
        return False
    if base in _NAMED or len(base) == 1:
        return True
    try:
        unicodedata.lookup(base.replace("_", " ").upper())
    except KeyError:
        return False
    return True


def display(key: str) -> str:
    """A key as displayed: `?`, `^p`, `shift+←`."""
    *modifiers, base = key.split("+")
    shown = _SYMBOLS.get(base) or KEY_DISPLAY_ALIASES.get(base, base)
    if modifiers == ["ctrl"]:
        return f"^{shown}"
    return "+".join([*modifiers, shown])
