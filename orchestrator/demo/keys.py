"""The input of the user's terminal, as keys."""

from dataclasses import dataclass

_NAMED = {
    b"\r": "enter",
    b"\n": "newline",
    b"\t": "tab",
    b"\x7f": "backspace",
    b"\x08": "backspace",
    b"\x03": "ctrl+c",
    b"\x04": "ctrl+d",
    b"\x15": "ctrl+u",
    b"\x1b": "escape",
    b"\x1b[A": "up",
    b"\x1bOA": "up",
    b"\x1b[B": "down",
    b"\x1bOB": "down",
    b"\x1b[Z": "shift+tab",
}
_PASTE_BEGINS, _PASTE_ENDS = b"\x1b[200~", b"\x1b[201~"


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its name (`enter`, `up`), or the `text` it types; a paste is one key `paste`."""

    name: str
    text: str = ""


class Decoder:
    """Takes bytes as they arrive; incomplete sequences wait for the rest."""

    def __init__(self) -> None:
        self._left = b""

    @property
    def waits(self) -> bool:
        """Whether an escape has arrived that may be a key or the start of another."""
        return self._left == b"\x1b"

    def flush(self) -> list[Key]:
        """No more input follows: a lone escape is the key Esc."""
        lone, self._left = self.waits, b"" if self.waits else self._left
        return [Key("escape")] if lone else []

    def feed(self, data: bytes) -> list[Key]:
        """The complete keys, in order; unknown sequences are dropped."""
        self._left += data
        keys: list[Key] = []
        while self._left and (key := self._next()):
            keys.append(key)
        return [key for key in keys if key.name != "unknown"]

    def _next(self) -> Key | None:
        left = self._left
        if left.startswith(_PASTE_BEGINS):
            text, end, rest = left[len(_PASTE_BEGINS) :].partition(_PASTE_ENDS)
            if not end:
                return None
            self._left = rest
            return Key("paste", text.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n"))
        if left[0] == 0x1B:
            return self._escape()
        if left[:1] in _NAMED:
            self._left = left[1:]
            return Key(_NAMED[left[:1]])
        if left[0] < 0x20:
            self._left = left[1:]
            return Key("unknown")
        length = 1 if left[0] < 0xC0 else 2 if left[0] < 0xE0 else 3 if left[0] < 0xF0 else 4
        if len(left) < length:
            return None
        self._left = left[length:]
        return Key("text", left[:length].decode(errors="replace"))

    def _escape(self) -> Key | None:
        left = self._left
        if len(left) == 1:
            return None
        if left[1:2] not in (b"[", b"O"):
            self._left = left[1:]
            return Key("escape")
        end = next((at for at in range(2, len(left)) if 0x40 <= left[at] <= 0x7E), None)
        if end is None:
            return None
        self._left = left[end + 1 :]
        return Key(_NAMED.get(left[: end + 1], "unknown"))
