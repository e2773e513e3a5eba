"""The syntax tree of a command. The only user of tree-sitter."""

from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

_LONGEST = 64 * 1024
_DEEPEST = 200


class UnreadableError(ValueError):
    """The command cannot be parsed; says why."""


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def parse(command: str) -> Node:
    """The root of the tree. Raises `UnreadableError` for an incomplete or invalid command."""
    data = command.encode(errors="replace")
    if len(data) > _LONGEST:
        raise UnreadableError("it is too long to be analysed")
    if "\0" in command:
        raise UnreadableError("it contains a NUL")
    root = _parser().parse(data).root_node
    if root.has_error:
        raise UnreadableError("it cannot be parsed")
    if _depth(root) > _DEEPEST:
        raise UnreadableError("it is nested too deep to be analysed")
    return root


def _depth(root: Node) -> int:
    deepest, waiting = 0, [(root, 1)]
    while waiting and deepest <= _DEEPEST:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in node.children]
    return deepest


def text(node: Node) -> str:
    """The node's source; bytes that are not UTF-8 become U+FFFD."""
    return (node.text or b"").decode(errors="replace")
