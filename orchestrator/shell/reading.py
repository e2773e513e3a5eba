"""What a command would run: its simple commands, wherever they are."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from orchestrator.core.rules.programs import base
from orchestrator.core.rules.script import Command, Script, Word
from orchestrator.shell import within
from orchestrator.shell.tree import UnreadableError, parse, text
from orchestrator.shell.words import word_of

_DEEPEST = 6
"""Maximum depth of commands within commands."""
_MOST = 1_000
"""Maximum number of commands extracted from others."""
_PLAIN = frozenset({"program", "list", "pipeline", "command", "redirected_statement"})


def read(command: str) -> Script:
    """Everything that the command would run, as far as it can be analysed; what cannot is reported."""
    found = _Found()
    found.take(command, 0)
    return Script(tuple(found.top), tuple(found.commands), found.hidden)


@dataclass(slots=True)
class _Found:
    top: list[Command] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    hidden: str = ""

    def hide(self, why: str) -> None:
        self.hidden = self.hidden or why

    def take(self, command: str, depth: int) -> None:
        if depth > _DEEPEST:
            self.hide("it has commands nested too deep to be analysed")
            return
        try:
            root = parse(command)
        except UnreadableError as error:
            self.hide(str(error))
            return
        for node in _below(root):
            if node.type in ("command", "declaration_command", "unset_command"):
                words = _words(node)
                if depth == 0 and _plainly(node):
                    self.top.append(words)
                if words:
                    self._take_words(words, node, depth)
            elif node.type == "heredoc_body" and _feeds_shell(node):
                self.take(text(node), depth + 1)

    def _take_words(self, words: Command, node: Node, depth: int) -> None:
        self.commands.append(words)
        inside = within.commands(words)
        if inside.hidden:
            self.hide(inside.hidden)
        for each in inside.texts:
            self.take(each, depth + 1)
        for inner in inside.commands:
            if depth >= _DEEPEST or len(self.commands) > _MOST:
                self.hide("it has commands nested too deep, or too many, to be analysed")
                break
            self._take_words(inner, node, depth + 1)
        if _is_shell(words) or base(words[0].text) in within.READ_COMMANDS:
            self._take_input(node, depth)

    def _take_input(self, node: Node, depth: int) -> None:
        """A shell without a script runs its input."""
        self._take_strings(node, depth)
        parent = node.parent
        while parent is not None and parent.type not in ("redirected_statement", "pipeline", "program"):
            parent = parent.parent
        if parent is None or parent.type == "program":
            return
        if parent.type == "pipeline" and parent.children[0] != node:
            self.hide("a shell runs the output of another program")
        self._take_strings(parent, depth)
        if any(each.type == "file_redirect" and "<" in text(each) for each in _below(parent)):
            self.hide("a shell runs the contents of a file")

    def _take_strings(self, parent: Node, depth: int) -> None:
        for each in _below(parent):
            for child in each.named_children if each.type == "herestring_redirect" else ():
                word = word_of(child)
                if word.literal:
                    self.take(word.text, depth + 1)
                else:
                    self.hide("a shell runs text that is only known when it runs")


def _below(root: Node) -> Iterator[Node]:
    """All nodes, in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


def _words(node: Node) -> Command:
    """Assignments, the program and its arguments, without redirections."""
    made: list[Word] = []
    source, first, end = node.text or b"", node.start_byte, -1
    for child in _parts(node):
        between = source[end - first : child.start_byte - first] if made else b""
        if made and not between.replace(b"\\\n", b""):
            made[-1] = _one(made[-1], word_of(child))
        else:
            made.append(word_of(child))
        end = child.end_byte
    return (*made, *_behind_redirections(node))


def _parts(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.type == "command_name":
            yield from child.children
        elif not child.type.endswith("redirect") and child.type not in (";", "&", "\n"):
            yield child


def _one(first: Word, second: Word) -> Word:
    """What the grammar splits into two words, although nothing is between them: `gi\\<newline>t`, `$"a"`."""
    before = first.text.removesuffix("$") if first.literal else first.text
    return Word(before + second.text, first.literal and second.literal, first.glob or second.glob)


def _behind_redirections(node: Node) -> Iterator[Word]:
    """Arguments after a redirection, which the grammar takes for further targets of it."""
    parent = node.parent
    if parent is None or parent.type != "redirected_statement":
        return
    for child in parent.children:
        if child.type == "file_redirect":
            targets = child.children_by_field_name("destination")
            yield from (word_of(each) for each in targets[1:])


def _plainly(node: Node) -> bool:
    """Whether the command is a statement, or part of a list or pipeline, and of nothing else."""
    parent = node.parent
    while parent is not None:
        if parent.type not in _PLAIN:
            return False
        parent = parent.parent
    return True


def _is_shell(words: Command) -> bool:
    return any(base(word.text) in within.SHELLS for word in words)


def _feeds_shell(body: Node) -> bool:
    statement = body.parent
    while statement is not None and statement.type not in ("redirected_statement", "program"):
        statement = statement.parent
    if statement is None:
        return False
    return any(_is_shell(_words(node)) for node in _below(statement) if node.type == "command")
