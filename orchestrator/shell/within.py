"""What a simple command runs besides itself: wrappers, shells with a script as an argument, `find -exec`."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orchestrator.core.rules.git import command_at
from orchestrator.core.rules.known import words
from orchestrator.core.rules.programs import LAUNCHERS, base, inner, sets_variable
from orchestrator.core.script import Command, Word

SHELLS = words("sh bash dash zsh ksh fish ash rbash csh tcsh mksh")
_JOIN_AND_RUN = frozenset({"eval", "ssh", "watch", "parallel", "mosh"})
_VALUED_BY_SSH = words("-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w")
_EXEC = frozenset({"-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch"})
_VALUED_BY_SHELLS = words("-o +o -O +O --rcfile --init-file")
_SETTING = re.compile(r"-[A-Za-z]+o")
_COMMAND_OPTION = re.compile(r"-[A-Za-z]*c")
_DO_WITH_TEXT = {
    **dict.fromkeys(("su", "runuser", "script", "flock"), words("-c --command")),
    "rsync": words("-e --rsh"),
    "tar": words("--to-command --use-compress-program -I"),
}
_GIT_TEXTS = words("--exec -x --tree-filter --index-filter --msg-filter --upload-pack --receive-pack")


@dataclass(frozen=True, slots=True)
class Within:
    commands: tuple[Command, ...] = ()
    texts: tuple[str, ...] = ()
    """Commands as text, which a shell would read."""
    hidden: str = ""


def commands(said: Command) -> Within:
    """What the command runs besides itself, one level deep."""
    start = next((at for at, word in enumerate(said) if not sets_variable(word.text)), len(said))
    said = said[start:]
    if not said:
        return Within()
    name = said[0]
    if not name.literal or name.glob:
        return Within(hidden="the program's name is filled in only when it runs")
    program, texts = base(name.text), [word.text for word in said]
    if program == "env" and any(text.startswith(("-S", "--split-string")) for text in texts[1:]):
        joined = [
            text.removeprefix("-S").removeprefix("--split-string").removeprefix("=") for text in texts[1:]
        ]
        return Within(texts=(" ".join(filter(None, joined)),))
    if program in SHELLS:
        return _shell(said)
    if program in ("alias", "unalias"):
        return Within(texts=_literals(said[1:], after="="), hidden="it gives a command another name")
    if program in ("source", "."):
        return Within(hidden="" if len(said) > 1 and said[1].literal else "it runs what a file holds")
    if program in _JOIN_AND_RUN:
        return _joined(said)
    if program == "trap":
        return _texts([word for word in said[1:] if not word.text.startswith("-")][:1])
    if program == "git":
        return _git(said)
    if program in ("find", "fd", "fdfind", "gfind"):
        return Within(commands=tuple(_executed(said)))
    if options := _DO_WITH_TEXT.get(program):
        found = _values(said, options)
        if found:
            return _texts(found)
    if program in LAUNCHERS:
        inner_texts = tuple(word.text for word in said[1:] if word.literal and " " in word.text)
        return Within(tuple(said[at:] for at in range(1, len(said))), inner_texts)
    at = inner(texts)
    if at is not None and at > 0:
        return Within(commands=(said[at:],))
    return Within()


def _shell(said: Command) -> Within:
    value = False
    for at, word in enumerate(said[1:], 1):
        if value:
            value = False
            continue
        value = word.text in _VALUED_BY_SHELLS or bool(_SETTING.fullmatch(word.text))
        if not word.literal:
            return Within(hidden="a shell runs a text that is filled in only then")
        if _COMMAND_OPTION.fullmatch(word.text):
            rest = list(said[at + 1 :])
            while rest and rest[0].literal and rest[0].text.startswith(("-", "+")):
                rest.pop(0)
            return _texts(rest[:1])
        if not word.text.startswith(("-", "+")):
            return Within()
    return Within()


def _joined(said: Command) -> Within:
    """`eval` and its like run their arguments, joined by spaces."""
    rest = list(said[1:])
    if base(said[0].text) in ("ssh", "mosh"):
        rest = _behind_host(rest)
        for value in _values(said, {"-o"}):
            if "command" in value.text.casefold():
                rest = [Word(value.text.partition("=")[2] or value.text.partition(" ")[2], value.literal)]
    while rest and rest[0].text.startswith("-"):
        rest.pop(0)
    if any(not word.literal for word in rest):
        return Within(hidden=f"{base(said[0].text)} runs a text that is filled in only then")
    return Within(texts=(" ".join(word.text for word in rest),) if rest else ())


def _behind_host(said: list[Word]) -> list[Word]:
    at = 0
    while at < len(said) and said[at].text.startswith("-"):
        at += 2 if said[at].text in _VALUED_BY_SSH else 1
    return said[at + 1 :]


def _git(said: Command) -> Within:
    """Aliases and programs that are set for one call, and what its commands run."""
    texts = [word.text for word in said]
    found: list[Word] = []
    for at, text in enumerate(texts[:-1]):
        if text in ("-c", "--config-env"):
            name, _, value = texts[at + 1].partition("=")
            if not said[at + 1].literal:
                return Within(hidden="git is given a setting that is filled in only then")
            if name.casefold().startswith("alias."):
                alias = value[1:] if value.startswith("!") else f"git {value}"
                found.append(Word(alias))
            elif value:
                found.append(Word(value.removeprefix("!")))
    at = command_at(texts)
    rest = said[at:]
    if (
        rest
        and rest[0].text in ("bisect", "submodule")
        and len(rest) > 2
        and rest[1].text in ("run", "foreach")
    ):
        body = [word for word in rest[2:] if not word.text.startswith("-")]
        if any(not word.literal for word in body):
            return Within(hidden=f"git {rest[0].text} runs a text that is filled in only then")
        found.append(Word(" ".join(word.text for word in body)))
    found += _values(
        rest,
        _GIT_TEXTS,
    )
    return _texts(found)


def _executed(said: Sequence[Word]) -> list[Command]:
    made: list[Command] = []
    at = 0
    while at < len(said):
        if said[at].text in _EXEC:
            end = next(
                (each for each in range(at + 1, len(said)) if said[each].text in (";", "+", "\\;")),
                len(said),
            )
            if end > at + 1:
                made.append(tuple(said[at + 1 : end]))
            at = end
        at += 1
    return made


def _values(said: Sequence[Word], options: Collection[str]) -> list[Word]:
    """What these options are given, as the next word or behind `=`."""
    found = []
    for at, word in enumerate(said):
        name, equals, value = word.text.partition("=")
        if word.text in options and at + 1 < len(said):
            found.append(said[at + 1])
        elif equals and name in options:
            found.append(Word(value, word.literal))
    return found


def _literals(said: Sequence[Word], after: str) -> tuple[str, ...]:
    return tuple(word.text.partition(after)[2] for word in said if word.literal and after in word.text)


def _texts(said: Sequence[Word]) -> Within:
    if any(not word.literal for word in said):
        return Within(hidden="it runs a text that is filled in only then")
    return Within(texts=tuple(word.text for word in said if word.text.strip()))
