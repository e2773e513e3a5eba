"""Word search in messages in Redis, which has no index for it: all messages are read."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return tuple(_WORD.findall("".join(each for each in plain if not unicodedata.combining(each))))


def matches(query: tuple[str, ...], text: str) -> bool:
    """Whether the text has all words of the query, the last one possibly as a prefix."""
    if not query:
        return False
    found = words_of(text)
    *whole, beginning = query
    return set(whole) <= set(found) and any(each.startswith(beginning) for each in found)
