"""Names derived from user input."""

import re
import unicodedata
from zlib import crc32

from orchestrator.core.model import Card, State

_LONGEST = 40
_SPELLED = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґў",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch . y . e yu ya i yi ye g u".split(),  # noqa: SIM905
        strict=True,
    )
) | dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψωßæœøłđðþı",
        "a v g d e z i th i k l m n x o p r s s t y f ch ps o ss ae oe o l d d th i".split(),  # noqa: SIM905
        strict=True,
    )
)
"""Letters as Latin ones; a dot means none."""
_SYLLABLE = re.compile(r"(?:HIRAGANA|KATAKANA) LETTER (?:SMALL )?([A-Z]{1,3})|HANGUL SYLLABLE ([A-Z]+)")


def slug_of(title: str) -> str:
    """A name of `a-z0-9-`, 1 to 40 characters, valid for a branch, a folder and a tmux window.

    Text in other scripts is transliterated. If that is not possible, as in Chinese or Arabic, the name ends
    in four characters derived from the whole title, so that two such titles have two names. A title without
    letters gives `card`.
    """
    spelled, lost = _spelled(title)
    slug = re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")
    mark = f"-{crc32(title.encode(errors='replace')) & 0xFFFF:04x}" if lost else ""
    longest = _LONGEST - len(mark)
    if len(slug) > longest:
        head = slug[: longest + 1]
        slug = (head.rpartition("-")[0] or head[:longest])[:longest].strip("-")
    return (slug or "card") + mark


def _spelled(title: str) -> tuple[str, bool]:
    """The title in lower-case ASCII letters, and whether distinguishing characters were lost."""
    letters, lost = [], False
    for letter in unicodedata.normalize("NFKC", title).lower():
        if letter.isascii():
            letters.append(letter)
        elif (known := _SPELLED.get(letter)) is not None:
            letters.append(known.strip("."))
        elif found := _SYLLABLE.fullmatch(unicodedata.name(letter, "")):
            letters.append((found[1] or found[2]).lower())
        else:
            plain = unicodedata.normalize("NFKD", letter)
            kept = (
                "".join(_SPELLED.get(each, each).strip(".") for each in plain)
                .encode("ascii", "ignore")
                .decode()
            )
            lost = lost or (not kept and unicodedata.category(letter)[0] in "LN")
            letters.append(kept)
    if not any(letter.strip() for letter in letters):
        lost = lost or any(unicodedata.category(letter) == "So" for letter in title)
    return "".join(letters), lost


def find(state: State, ref: str) -> tuple[Card, ...]:
    """The cards that `ref` may mean: the one with that id or slug, else all whose slug begins with it."""
    for card in state.cards.values():
        if ref in (card.id, card.slug):
            return (card,)
    return tuple(card for card in state.cards.values() if ref and card.slug.startswith(ref))
