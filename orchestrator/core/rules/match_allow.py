"""Whether an allowing pattern names a command in full.

Pattern and command are compared word by word. A `*` never matches the program, and of a known program only
options that change nothing (`options`).
"""

from fnmatch import fnmatchcase

from orchestrator.core.rules import filled, options, programs, words
from orchestrator.core.rules.rule import YES, Fit
from orchestrator.core.rules.script import Command, Script, Word
from orchestrator.core.text.clean import unusual


def fit(pattern: str, command: str, script: Script | None) -> Fit:
    """`script` is the parser's result: if it finds other commands than we do, nothing is allowed."""
    if not command.strip():
        return Fit("no", "there is no command")
    if odd := unusual(command):
        return Fit("no", f"the command has {odd}")
    wanted, found = words.read(pattern), words.read(command)
    if isinstance(found, str) or isinstance(wanted, str):
        if command.strip() == pattern.strip() and not set("*?[") & set(command):
            return YES
        return Fit("no", found if isinstance(found, str) else f"cannot parse the pattern: {wanted}")
    if script is not None and (script.top != found.commands or (script.hidden and wanted != found)):
        return Fit("no", script.hidden or "it is ambiguous")
    if wanted.operators != found.operators:
        return Fit("no", "it has other shell operators than the pattern")
    for named, given in zip(wanted.commands, found.commands, strict=True):
        if why := _differs(named, given):
            return Fit("no", why)
    return YES


def _differs(pattern: Command, command: Command) -> str:
    """What of the command the pattern does not name; empty if it names everything."""
    if not pattern or not command:
        return "" if not pattern and not command else "it has other commands than the pattern"
    left: list[Word] = list(command)
    named: list[bool] = []
    """For each word of the command, whether the pattern names it."""
    patterns: list[str] = []
    """For each, which word of the pattern matches it."""
    scripts = any(programs.runs_text(word.text) for word in command)
    for at, each in enumerate(pattern):
        last = at == len(pattern) - 1
        if not left:
            return "it has fewer words than the pattern"
        word = left.pop(0)
        if last and at == 0 and _is_program_with_rest(each.text, word):
            named += [True, *(False for _ in left)]
            patterns += [word.text, *("*" for _ in left)]
            left = []
            break
        if at == 0 and (why := _other_program(each.text, word)):
            return why
        if why := _other_word(each.text, word) or _other_script(each.text, word.text, scripts=scripts):
            return why
        if not last and each.text == "*" and word.text.startswith("-"):
            return f"a * between words does not match an option: {word.text}"
        named.append(_is_named(each.text, word))
        patterns.append(each.text)
        if last and each.text.endswith("*"):
            for more in left if "/" in each.text else ():
                if why := _other_word(each.text, more):
                    return why
            named += [False] * len(left)
            patterns += [each.text if "/" in each.text else "*"] * len(left)
            left = []
    if left:
        return f"the pattern does not name {left[0].text}"
    if why := next((_risky_glob(word) for word, known in zip(command, named, strict=True) if not known), ""):
        return why
    said = [word.text for word in command]
    return filled.reaches(said, patterns) or options.change_what_it_does(said, named)


def _is_program_with_rest(pattern: str, word: Word) -> bool:
    """`ls*` is `ls` with any arguments, and not `lsof`."""
    name = pattern.removesuffix("*")
    return pattern != name and bool(name) and not set(name) & set("*?[") and word.text == name


def _other_program(pattern: str, word: Word) -> str:
    folder, _, _ = pattern.rpartition("/")
    if not set(pattern) & set("*?["):
        return ""
    if not folder or set(folder) & set("*?["):
        return "a pattern must name the program"
    given, _, program = word.text.rpartition("/")
    return (
        ""
        if given == folder and program and not program.startswith(".")
        else f"{word.text} is a different program"
    )


def _other_word(pattern: str, word: Word) -> str:
    if not set(pattern) & set("*?["):
        return "" if pattern == word.text and not word.glob else f"the pattern does not name {word.text}"
    if not fnmatchcase(word.text, pattern):
        return f"the pattern does not name {word.text}"
    if pattern != "*" and ".." in word.text.split("/") and ".." not in pattern.split("/"):
        return f"{word.text} leads outside what the pattern names"
    return ""


def _other_script(pattern: str, word: str, *, scripts: bool) -> str:
    """A word that is itself a script: a `*` in it matches no operators, and if the program runs scripts,
    nothing that it would not match on its own."""
    if pattern == word or not set(pattern) & set("*?["):
        return ""
    if (scripts or len(pattern.split()) > 1) and filled.goes_on(pattern, word):
        return f"a * in a script does not match operators: {word}"
    if scripts and pattern != "*" and len(word.split()) > 1:
        return fit(pattern, word, None).why
    return ""


def _is_named(pattern: str, word: Word) -> bool:
    """Whether the pattern determines what the word does: it has the same beginning, and names an option in
    full."""
    before = pattern.partition("*")[0].partition("?")[0].partition("[")[0]
    if word.text.startswith("-"):
        return pattern == word.text or (before.startswith("-") and before.endswith("="))
    return bool(before)


def _risky_glob(word: Word) -> str:
    """The names inserted by the shell may be options."""
    starts = word.text[:1]
    return f"the shell expands {word.text} to file names" if word.glob and starts in "*?[-" else ""
