"""Splits a command into words and operators, if it consists only of simple commands."""

from dataclasses import dataclass

from orchestrator.core.rules.known import words
from orchestrator.core.rules.script import Command, Word

_OPERATORS = (
    *("&>>", "<<<", "&&", "||", ";;", "|&", ">>", "<<", "<&", ">&", "&>", ">|", "<>"),
    *(";", "&", "|", "<", ">", "\n"),
)
_NEVER = frozenset("$`(){}")
"""They expand to other text, or begin something that is not a simple command."""
_GLOB = frozenset("*?[")
_KEYWORDS = words(
    "if then else elif fi for while until do done case esac select function time coproc ! [[ ]] in"
)


@dataclass(frozen=True, slots=True)
class SimpleCommands:
    """Simple commands and the operators between them: `operators[i]` follows `commands[i]`."""

    commands: tuple[Command, ...]
    operators: tuple[str, ...]


def read(text: str) -> SimpleCommands | str:
    """The command's words; or why it is more than simple commands, as text."""
    commands: list[Command] = []
    operators: list[str] = []
    said: list[Word] = []
    at, text = 0, text.strip(" \t\n")
    while at < len(text):
        if text[at] in " \t":
            at += 1
        elif operator := next((each for each in _OPERATORS if text.startswith(each, at)), ""):
            if operator in ("<<", "<<<"):
                return "it has a here-document"
            operators.append(operator)
            commands.append(tuple(said))
            said = []
            at += len(operator)
        elif text[at] == "#":
            return "it has a comment"
        else:
            word, at = _word(text, at)
            if isinstance(word, str):
                return word
            if not said and word.text in _KEYWORDS:
                return f"it has the keyword {word.text}"
            said.append(word)
    return SimpleCommands((*commands, tuple(said)), tuple(operators))


def _word(text: str, at: int) -> tuple[Word | str, int]:
    made: list[str] = []
    glob = False
    while at < len(text) and text[at] not in " \t\n;&|<>":
        char = text[at]
        if char in "'\"":
            end = text.find(char, at + 1)
            inside = text[at + 1 : end]
            if end < 0:
                return "it has an unclosed quote", at
            if char == '"' and set(inside) & set("$`\\!"):
                return "it has quoted text that the shell expands", at
            made.append(inside)
            at = end + 1
        elif char == "\\":
            if text[at + 1 : at + 2] in ("", "\n"):
                return "it continues after a backslash", at
            made.append(text[at + 1])
            at += 2
        elif char in _NEVER:
            return f"it has {char}, which the shell expands", at
        elif not char.isprintable():
            return "it has invisible characters", at
        else:
            glob = glob or char in _GLOB
            made.append(char)
            at += 1
    return Word("".join(made), glob=glob), at
