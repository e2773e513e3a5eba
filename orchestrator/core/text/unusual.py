"""Characters that hide, overwrite or reorder the text around them, and how each is made visible.

Ordinary text is not unusual: letters of every script with their accents, emoji with joiners, selectors and
flags, lines that end in CR LF. A character used outside of its proper place is unusual.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

MOST_MARKS = 4
"""Combining marks on one letter; more would cover the lines around it."""

_PLAIN = (
    "\t\n -~¡-¬®-ʯ"  # ASCII, Latin with its accents
    "Ͱ-ͷΆ-ώА-҂Ҋ-ԯא-ת"  # Greek, Cyrillic, Hebrew
    "ء-ي٠-ٯ"  # Arabic
    "‐-‧‰-⁞←-⏿─-◿"  # dashes and quotes, arrows, boxes
    "、-〩ぁ-ゖァ-ヿ一-鿿가-힣！-～"
)
_SUSPECT = re.compile(f"[^{_PLAIN}]")
_CRLF = re.compile(r"\r?\n")
# Invisible, although Unicode classifies them as letters, marks or symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc")
_KEYCAPS = frozenset("0123456789#*")
_FLAG = "\U0001f3f4"
_FLAG_OF_A_PART = re.compile(
    _FLAG + "(?:" + "|".join(
        "".join(chr(0xE0000 + ord(letter)) for letter in name) for name in ("gbeng", "gbsct", "gbwls")
    ) + ")\U000e007f"
)  # fmt: skip
_LONGEST_FLAG = 7


def found(text: str) -> Iterator[tuple[int, str]]:
    """The position of an unusual character, and its replacement: `^[`, `<U+202E>`.

    A CR before a line feed is not among them.
    """
    if text.isascii() and text.isprintable():
        return
    for match in _SUSPECT.finditer(text):
        at = match.start()
        if _unusual(text, at):
            yield at, visible(text[at])


def visible(character: str) -> str:
    """The character's name in ASCII: `^G`, `<U+200B>`."""
    code = ord(character)
    return f"^{chr(code ^ 0x40)}" if code < 0x20 or code == 0x7F else f"<U+{code:04X}>"


def ends_in_crlf(text: str) -> bool:
    """Whether all lines of the text end so, and there is no other CR."""
    return "\r\n" in text and set(_CRLF.findall(text)) == {"\r\n"} and text.count("\r") == text.count("\n")


def _unusual(text: str, at: int) -> bool:
    character = text[at]
    if character == "\r":
        return text[at + 1 : at + 2] != "\n"
    match _kind(character):
        case "blank":
            return True
        case "Cf":
            return not _joins(text, at) and not _in_flag(text, at)
        case "Mn" | "Me" | "Mc":
            return not _marks(text, at)
        case "Zs":
            return not (character == "\u3000" and _wide(text, at - 1) and _wide(text, at + 1))
        case "Cn":
            return not _emoji(character)  # newer than the tables of this Python
        case "Sk":
            return _tone(character) and not _emoji(text[at - 1 : at])
        case kind:
            return kind in ("Cc", "Cs", "Co", "Zl", "Zp")


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    return "blank" if character in _BLANK else unicodedata.category(character)


def _joins(text: str, at: int) -> bool:
    """A joiner within an emoji, or in a script that needs it."""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if text[at] == "\u200d" and _emoji(after):
        return _emoji(before) or before == "\ufe0f"
    return text[at] in "\u200c\u200d" and _needs_joiners(before) and _needs_joiners(after)


def _needs_joiners(character: str) -> bool:
    """Arabic and related, the scripts of India and around it, Khmer, Mongolian."""
    code = ord(character) if character else 0
    in_script = 0x0620 <= code <= 0x08FF or 0x0900 <= code <= 0x0DFF or 0x1000 <= code <= 0x109F
    return (in_script or 0x1780 <= code <= 0x18AF) and _kind(character)[0] in "LM"


def _in_flag(text: str, at: int) -> bool:
    """A tag in the flag of England, Scotland or Wales."""
    start = text.rfind(_FLAG, max(0, at - _LONGEST_FLAG), at)
    flag = _FLAG_OF_A_PART.match(text, start) if start >= 0 else None
    return flag is not None and at < flag.end()


def _marks(text: str, at: int) -> bool:
    """A combining mark on a letter, and not one of too many."""
    base = at - 1
    while base >= 0 and at - base <= MOST_MARKS and _kind(text[base])[0] == "M":
        base -= 1
    if base < 0 or at - base > MOST_MARKS:
        return False
    code, on = ord(text[at]), text[base]
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return base == at - 1 and _has_variants(on, code)
    if _kind(text[at]) == "Me":
        return code == 0x20E3 and on in _KEYCAPS
    return _kind(on)[0] in "LNPS"


def _has_variants(character: str, selector: int) -> bool:
    code = ord(character)
    if selector in (0xFE0E, 0xFE0F):
        return _emoji(character) or character in _KEYCAPS or character in "©®‼⁉™ℹⓂ〰〽㊗㊙"
    return 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x323AF or 0xF900 <= code <= 0xFAFF


def _emoji(character: str) -> bool:
    code = ord(character) if character else 0
    return 0x1F000 <= code <= 0x1FAFF or 0x2190 <= code <= 0x2BFF or code in (0x3030, 0x303D)


def _tone(character: str) -> bool:
    """A skin tone, which is visible only on an emoji."""
    return 0x1F3FB <= ord(character) <= 0x1F3FF


def _wide(text: str, at: int) -> bool:
    return 0 <= at < len(text) and unicodedata.east_asian_width(text[at]) in "WF"
