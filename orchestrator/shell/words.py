"""A word of the syntax tree as the program would get it."""

import re

from tree_sitter import Node

from orchestrator.core.rules.script import Word
from orchestrator.shell.tree import text

_ESCAPED = re.compile(r"\\(\n|.)", re.DOTALL)
_IN_QUOTES = re.compile(r'\\([$`"\\\n])')
_ANSI = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|.)", re.DOTALL)
_ANSI_LETTERS = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_GLOB = re.compile(r"(?<!\\)[*?\[]")
_BRACES = re.compile(r"(?<!\\)\{.*(?:,|\.\.).*(?<!\\)\}", re.DOTALL)


def word_of(node: Node) -> Word:
    """The word without its quotes; not literal if part of it is only known when it runs."""
    match node.type:
        case "raw_string":
            return Word(text(node)[1:-1])
        case "ansi_c_string":
            return Word(_ANSI.sub(_ansi, text(node)[2:-1]))
        case "string" | "translated_string":
            return _quoted(node)
        case "concatenation":
            return _joined(node)
        case (
            "word"
            | "number"
            | "test_operator"
            | "variable_name"
            | "special_variable_name"
            | "regex"
            | "extglob_pattern"
        ):
            return _bare(text(node))
        case "variable_assignment":
            return _assignment(node)
        case _ if not node.is_named:
            return Word(text(node))
        case _:
            return Word(text(node), literal=False)


def _bare(source: str) -> Word:
    said = _ESCAPED.sub(lambda found: "" if found[1] == "\n" else found[1], source)
    return Word(said, literal=not _BRACES.search(source), glob=bool(_GLOB.search(source)))


def _quoted(node: Node) -> Word:
    inside = text(node).lstrip("$")[1:-1]
    if any(child.is_named and child.type != "string_content" for child in node.children):
        return Word(text(node), literal=False)
    return Word(_IN_QUOTES.sub(lambda found: "" if found[1] == "\n" else found[1], inside))


def _joined(node: Node) -> Word:
    parts = [word_of(child) for child in node.children]
    braces = _BRACES.search(
        "".join(text(child) for child in node.children if child.type in ("word", "{", "}", ","))
    )
    literal = all(part.literal for part in parts) and not braces
    whole = "".join(part.text for part in parts) if literal else text(node)
    return Word(whole, literal=literal, glob=any(part.glob for part in parts))


def _assignment(node: Node) -> Word:
    value = node.child_by_field_name("value")
    if value is None:
        return Word(text(node))
    before = (node.text or b"")[: value.start_byte - node.start_byte].decode(errors="replace")
    inner = word_of(value)
    return Word(before + inner.text, literal=inner.literal)


def _ansi(found: "re.Match[str]") -> str:
    said = found[1]
    if said[0] in "xuU" and len(said) > 1:
        code = int(said[1:], 16)
        return chr(code) if code <= 0x10FFFF else found[0]
    if said[0] in "01234567":
        return chr(int(said, 8) & 0xFF)
    return _ANSI_LETTERS.get(said, said)
