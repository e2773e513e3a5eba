"""Completes the names of cards in a shell, without loading the verbs."""

import os
import sys

from orchestrator.cli.scripts.raw import ask

ON_CARDS = frozenset({
    "show", "attach", "send", "start", "stop", "resume", "restart", "nudge", "hold", "release", "reopen",
    "pin", "unpin", "acknowledge", "label", "shelve", "finish", "rm", "undo", "diff", "wait",
})  # fmt: skip
"""Verbs whose arguments are cards."""
_FORMS = {
    "bash_complete": lambda name, _: f"plain,{name}",
    "zsh_complete": lambda name, title: f"plain\n{name}\n{title or '_'}",
    "fish_complete": lambda name, title: f"plain,{name}\t{title}",
}
"""What the scripts of click's completion read."""


def complete(instruction: str) -> bool:
    """Prints the names of cards that may be meant; `False` if it is not certain that a card is."""
    form = _FORMS.get(instruction)
    words = os.environ.get("COMP_WORDS", "").split()
    given = os.environ.get("COMP_CWORD", "")
    incomplete = given if instruction == "fish_complete" else _at(words, given)
    before = words[1:] if instruction == "fish_complete" else words[1 : int(given or 0)]
    if instruction == "fish_complete" and incomplete and before[-1:] == [incomplete]:
        before = before[:-1]
    asked = form is None or not before or before[0] not in ON_CARDS
    if asked or incomplete[:1] in ("-", "+", '"', "'") or any(word[:1] in "-\"'" for word in before[1:]):
        return False
    lines = [form(name, title) for name, title in names() if name.startswith(incomplete)]  # type: ignore[misc]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return True


def names() -> list[tuple[str, str]]:
    """The short names and ids of all cards, each with the card's title; none if no hub responds."""
    body = ask("board")
    if not body:
        return []
    import json

    cards = json.loads(body).get("cards", ())
    found = [(each["slug"], _line(each["title"])) for each in cards]
    return found + [(each["id"], _line(each["title"])) for each in cards]


def _line(title: str) -> str:
    return "".join(each if each.isprintable() else " " for each in title)


def _at(words: list[str], number: str) -> str:
    at = int(number) if number.isdecimal() else 0
    return words[at] if at < len(words) else ""
