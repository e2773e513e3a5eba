"""What a simple command runs besides itself: wrappers, shells with a script as an argument, `find -exec`."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from orchestrator.core.rules.git import command_at
from orchestrator.core.rules.known import words
from orchestrator.core.rules.programs import LAUNCHERS, base, inner, sets_variable
from orchestrator.core.rules.script import Command, Word

SHELLS = words("sh bash dash zsh ksh fish ash rbash csh tcsh mksh")
READ_COMMANDS = words("at batch crontab . source parallel")
"""They run their input, now or later."""
_JOIN_AND_RUN = frozenset({"eval", "ssh", "mosh"})
_VALUED_BY_SSH = words("-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w")
_EXEC = frozenset({"-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch"})
_VALUED_BY_SHELLS = words("-o +o -O +O --rcfile --init-file")
_PLACE = re.compile(r"-[0optrx]*([iI])(.*)", re.DOTALL)
_SPLIT = re.compile(r"-[A-Za-z]*S|--s[a-z-]*=?")
_MOST_PLACES = 200
"""Where in its words a launcher's program is searched."""
_SETTING = re.compile(r"-[A-Za-z]+o")
_COMMAND_OPTION = re.compile(r"-[A-Zabd-z]*c[A-Za-z]*")
_DO_WITH_TEXT = {
    **dict.fromkeys(("su", "runuser", "script", "flock"), words("-c --command")),
    "rsync": words("-e --rsh"),
    "tar": words(
        "--to-command --use-compress-program -I --checkpoint-action --info-script --new-volume-script -F "
        "--rsh-command"
    ),
    "sort": words("--compress-program"),
}
_GIT_TEXTS = words(
    """
    --exec -x --extcmd --env-filter --tree-filter --index-filter --parent-filter --msg-filter
    --commit-filter --tag-name-filter --open-files-in-pager --upload-pack --receive-pack --sendmail-cmd
    """
)
_GIT_RENAMES = ("alias.", "include.", "includeif.")
_RENAMED = "it defines an alias for a git command"
_RUN_BY_VARIABLE = re.compile(
    r"(GIT_(SSH|PROXY)_COMMAND|GIT_SSH|GIT_EXTERNAL_DIFF|\w*(EDITOR|PAGER|ASKPASS)|VISUAL|BROWSER|PROMPT_COMMAND)=",
)
_EXECUTABLE_VARIABLE = re.compile(r"(GIT_CONFIG\w*|BASH_ENV)=")


@dataclass(frozen=True, slots=True)
class Within:
    commands: tuple[Command, ...] = ()
    texts: tuple[str, ...] = ()
    """Commands as text, which a shell would parse."""
    hidden: str = ""


def commands(said: Command) -> Within:
    """What the command runs besides itself, one level deep."""
    start = next((at for at, word in enumerate(said) if not sets_variable(word.text)), len(said))
    set_up, said = _set_up(said), said[start:]
    ran = _ran(said) if said else Within()
    return Within(ran.commands, (*set_up.texts, *ran.texts), ran.hidden or set_up.hidden)


def _set_up(said: Command) -> Within:
    """Variables that name a program to run."""
    if any(_EXECUTABLE_VARIABLE.match(word.text) for word in said):
        return Within(hidden="it sets a variable that names a settings file, or contains settings")
    values = [word for word in said if _RUN_BY_VARIABLE.match(word.text)]
    return _texts([Word(word.text.partition("=")[2], word.literal) for word in values])


def _ran(said: Command) -> Within:
    name = said[0]
    if not name.literal or name.glob:
        return Within(hidden="the program's name is only known when it runs")
    program, texts = base(name.text), [word.text for word in said]
    if program == "env" and any(_SPLIT.match(text) for text in texts[1:]):
        if any(not word.literal for word in said):
            return Within(hidden="env runs text that is only known when it runs")
        return Within(texts=(" ".join(filter(None, (_SPLIT.sub("", text) for text in texts[1:]))),))
    if program in SHELLS:
        return _shell(said)
    if program in ("alias", "unalias"):
        return Within(texts=_literals(said[1:], after="="), hidden="it defines an alias")
    if program in ("source", "."):
        seen = len(said) > 1 and said[1].literal and not said[1].text.startswith(("/dev/", "/proc/"))
        return Within(hidden="" if seen else "it runs the contents of a file")
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
    if program in LAUNCHERS or (program == "npm" and {"exec", "x"} & set(texts)):
        inner_texts = tuple(word.text for word in said[1:] if word.literal and " " in word.text)
        if len(said) > _MOST_PLACES:
            return Within(hidden=f"{program} has too many words to be analysed")
        return Within(tuple(said[at:] for at in range(1, len(said))), inner_texts)
    at = inner(texts)
    if at is not None and at > 0:
        return Within(commands=(_with_input(said, at) if program == "xargs" else said[at:],))
    return Within()


def _with_input(said: Command, at: int) -> Command:
    """What xargs runs: with words of its input at the end, or in place of a placeholder."""
    places: set[str] = set()
    for option, after in pairwise(word.text for word in said[: at + 1]):
        if option.startswith("--replace"):
            places.add(option.partition("=")[2] or "{}")
        elif letters := _PLACE.fullmatch(option):
            places.add(letters[2] or ("{}" if letters[1] == "i" else after))
    if not places:
        return (*said[at:], Word("", literal=False))
    return tuple(_filled(word, places) for word in said[at:])


def _filled(word: Word, places: Collection[str]) -> Word:
    """The word, not literal if it contains the placeholder."""
    return Word(word.text, literal=False) if any(place in word.text for place in places if place) else word


def _shell(said: Command) -> Within:
    value = False
    for at, word in enumerate(said[1:], 1):
        if value:
            value = False
            continue
        value = word.text in _VALUED_BY_SHELLS or bool(_SETTING.fullmatch(word.text))
        if not word.literal:
            return Within(hidden="a shell runs text that is only known when it runs")
        if _COMMAND_OPTION.fullmatch(word.text):
            rest = list(said[at + 1 :])
            if "o" in word.text:
                rest = rest[1:]
            while rest and rest[0].literal and rest[0].text.startswith(("-", "+")):
                rest.pop(0)
            return _texts(rest[:1])
        if not word.text.startswith(("-", "+")):
            return Within()
    return Within()


def _joined(said: Command) -> Within:
    """`eval` and similar run their arguments, joined by spaces."""
    rest = list(said[1:])
    if base(said[0].text) in ("ssh", "mosh"):
        rest = _behind_host(rest)
        for value in _values(said, {"-o"}):
            if "command" in value.text.casefold():
                rest = [Word(value.text.partition("=")[2] or value.text.partition(" ")[2], value.literal)]
    while rest and rest[0].text.startswith("-"):
        rest.pop(0)
    if any(not word.literal for word in rest):
        return Within(hidden=f"{base(said[0].text)} runs text that is only known when it runs")
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
    hidden = ""
    for at, text in enumerate(texts):
        if text.startswith("--config-env"):
            return Within(hidden="git gets a setting that is only known when it runs")
        if at and texts[at - 1] == "config" and _renames(texts[at:]):
            hidden = _RENAMED
    for at, text in enumerate(texts[:-1]):
        if text == "-c":
            name, _, value = texts[at + 1].partition("=")
            if name.casefold().startswith(_GIT_RENAMES):
                hidden = _RENAMED
            if not said[at + 1].literal:
                return Within(hidden="git gets a setting that is only known when it runs")
            if name.casefold().startswith("alias."):
                alias = value[1:] if value.startswith("!") else f"git {value}"
                found.append(Word(alias))
            elif value:
                found.append(Word(value.removeprefix("!")))
    at = command_at(texts)
    rest = said[at:]
    ran = _run_by_git(rest)
    if ran:
        found.append(Word(" ".join(word.text for word in ran), all(word.literal for word in ran)))
    options = _GIT_TEXTS | ({"-u"} if rest and rest[0].text == "clone" else set())
    options |= {"-O"} if rest and rest[0].text == "grep" else set()
    read = _texts([*found, *_values(rest, options)])
    return Within((ran,) if ran else (), read.texts, read.hidden or hidden)


def _renames(texts: Sequence[str]) -> bool:
    return any(text.casefold().startswith(_GIT_RENAMES) for text in texts)


def _run_by_git(rest: Command) -> Command:
    """The command of `bisect run` and `submodule foreach`."""
    if not rest or rest[0].text not in ("bisect", "submodule"):
        return ()
    at = next((at for at, word in enumerate(rest) if word.text in ("run", "foreach")), len(rest)) + 1
    while at < len(rest) and rest[at].text.startswith("-"):
        at += 1
    return rest[at:]


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
                made.append(tuple(_filled(word, ("{}",)) for word in said[at + 1 : end]))
            at = end
        at += 1
    return made


def _values(said: Sequence[Word], options: Collection[str]) -> list[Word]:
    """The values of these options, as the next word or attached; long ones may be abbreviated."""
    found = []
    for at, word in enumerate(said):
        name, equals, value = word.text.partition("=")
        shortened = len(name) > 3 and name.startswith("--") and any(each.startswith(name) for each in options)
        if (word.text in options or (shortened and not equals)) and at + 1 < len(said):
            found.append(said[at + 1])
        elif equals and shortened:
            found.append(Word(value.removeprefix("exec="), word.literal))
        elif word.text[:2] in options and word.text[2:] and not word.text.startswith("--"):
            found.append(Word(word.text[2:], word.literal))
    return found


def _literals(said: Sequence[Word], after: str) -> tuple[str, ...]:
    return tuple(word.text.partition(after)[2] for word in said if word.literal and after in word.text)


def _texts(said: Sequence[Word]) -> Within:
    if any(not word.literal for word in said):
        return Within(hidden="it runs text that is only known when it runs")
    return Within(texts=tuple(word.text for word in said if word.text.strip()))
