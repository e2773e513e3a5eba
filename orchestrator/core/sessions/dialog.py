"""A dialog in a session's pane: its text, its options, and the keys that choose them.

It is answered by keys alone, so each option names its own, and keys are only pressed in the dialog that was
seen.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DialogOption:
    """A row of the dialog's list, or (`row` false) a key that the dialog names.

    `key` is tmux's name of the key; for a row it is pressed once the pointer is there.
    """

    label: str
    key: str
    row: bool = True

    @property
    def keys(self) -> str:
        """The keys to press, as text."""
        key = _KEY_WORDS.get(self.key, self.key)
        return f"keys: ↑/↓ to this row, then {key}" if self.row else f"key: {key}"


@dataclass(frozen=True, slots=True)
class Dialog:
    """`version` changes with its text or options, not with the position of the pointer.

    `at` is the number of the option with the pointer, -1 for none.
    """

    title: str
    text: str
    options: tuple[DialogOption, ...]
    version: str
    at: int = field(default=-1, compare=False)


_KEY_WORDS = {"Escape": "Esc"}


def next_key(dialog: Dialog, option: int) -> tuple[str, bool]:
    """The next key towards the option from the pointer's position, and whether it is the last one.

    An empty key means that there is no way: the dialog shows no pointer.
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
