"""A dialog that stands in a session's pane: its words, what can be chosen, and by which keys.

It is answered by keys alone, so every option names its own, and a step is taken only at the dialog that
was looked at.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DialogOption:
    """A row of the dialog's list, or (`row` false) a key that the dialog itself names.

    `key` is tmux's name of the key; for a row it is pressed once the pointer stands there.
    """

    label: str
    key: str
    row: bool = True

    @property
    def keys(self) -> str:
        """What is pressed, in words."""
        key = _KEY_WORDS.get(self.key, self.key)
        return f"keys: ↑/↓ to this row, then {key}" if self.row else f"key: {key}"


@dataclass(frozen=True, slots=True)
class Dialog:
    """`version` is another one as soon as its words or options are; where the pointer stands does not count.

    `at` is the number of the option at which the pointer stands, -1 where none does.
    """

    title: str
    text: str
    options: tuple[DialogOption, ...]
    version: str
    at: int = field(default=-1, compare=False)


_KEY_WORDS = {"Escape": "Esc"}


def next_key(dialog: Dialog, option: int) -> tuple[str, bool]:
    """The key that leads to the option from where the pointer stands, and whether it is the last one.

    An empty key says that there is no way: the dialog shows no pointer.
    """
    wanted = dialog.options[option]
    if not wanted.row or dialog.at == option:
        return wanted.key, True
    if dialog.at < 0:
        return "", False
    return ("Down" if option > dialog.at else "Up"), False


def find_option(dialog: Dialog, label: str) -> int | None:
    """The number of the option with that label."""
    return next((at for at, each in enumerate(dialog.options) if each.label == label), None)
