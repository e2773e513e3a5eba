"""What a script extracts from a tool's answer, and how a later call uses it."""

import re
from typing import Any

_NAME = re.compile(r"\$(\w+)")


def kept(wanted: dict[str, str], answer: str) -> dict[str, str]:
    """The first group of each regular expression that matches in the answer, by its name."""
    found = {name: re.search(pattern, answer, re.MULTILINE) for name, pattern in wanted.items()}
    return {name: each[1] for name, each in found.items() if each}


def filled_in(said: Any, values: dict[str, str]) -> Any:
    """The same with the value of each `$name` in its texts; names without a value stay."""
    match said:
        case str():
            return _NAME.sub(lambda found: values.get(found[1], found[0]), said)
        case dict():
            return {key: filled_in(each, values) for key, each in said.items()}
        case list():
            return [filled_in(each, values) for each in said]
        case _:
            return said
