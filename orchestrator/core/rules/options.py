"""Arguments of common programs that write, run or reach elsewhere, and are never matched by a `*`.

For a known program, the options without such effects are listed; any other is asked.
"""

import re
from collections.abc import Sequence

from orchestrator.core.rules import git, paths, programs
from orchestrator.core.rules.known import known, unknown_option, words

# for unknown programs: these mean the same nearly everywhere
_ANY = known(
    "1aAhlLnqsvVx",
    "kn",
    """
        all bail ci color colour colors cov coverage debug diff dry-run durations exitfirst
        failed-first ff first head help json last-failed lf list log-level long max-failures maxfail
        name-only no-color no-colour no-cov no-header no-progress only-changed oneline
        passwithnotests quiet recursive reverse runinband short silent stat strict summary tb
        testnamepattern testpathpattern trace verbose version watch watchall workers
        """,
)
_PROGRAMS = {
    "sort": known("bdfghiMnRrVsuzcCm", "kt", "reverse numeric-sort unique ignore-case key field-separator"),
    "uniq": known("cdDiuz", "fsw", "count repeated unique ignore-case", operands=1),
    "rg": known(
        "acFhHiIlLnNoPqsSUuvwxz0.p",
        "ABCegtTmMjEdr",
        """
        after-context before-context color colors column context count count-matches files
        files-with-matches files-without-match fixed-strings glob heading hidden iglob ignore-case
        invert-match json line-number max-count max-depth multiline no-config no-heading no-ignore
        no-ignore-vcs no-line-number only-matching passthru pcre2 pretty quiet regexp replace
        smart-case sort sortr stats text trim type type-list type-not vimgrep with-filename
        word-regexp max-columns case-sensitive line-regexp unrestricted
        """,
    ),
    "fd": known(
        "HIuspaLgFil0",
        "eEtdScoj",
        """
        hidden no-ignore type extension exclude max-depth min-depth full-path glob
        """,
    ),
    "ag": known(
        "aciGlLQsSuvwn",
        "ABCm",
        """
        nocolor nogroup ignore ignore-case literal hidden count files-with-matches
        """,
    ),
    "tree": known("adfghilpsuDFACQn", "LPI", "noreport dirsfirst prune gitignore du inodes"),
    "jq": known(
        "rjcCMSaesn",
        "",
        """
        raw-output compact-output slurp sort-keys null-input exit-status arg argjson tab indent
        """,
    ),
    "date": known("uRI", "dr", "date utc iso-8601 rfc-3339 reference"),
    "file": known("bikLhNprsz0", "Fem", "brief mime mime-type mime-encoding dereference"),
    "xxd": known("abceiEu", "clsogn", "", operands=1),
    "hostname": known("AdfiIsy", "", "all-fqdns domain fqdn long ip-address short", operands=0),
    "column": known("txe", "scoNRH", "table separator"),
    "curl": known(
        "sSfLIivk46",
        "mA",
        """
        silent show-error fail location head include max-time compressed verbose
        """,
    ),
    "pytest": known(
        "qvxslrhV",
        "kmnr",
        """
        verbose quiet exitfirst maxfail lf ff last-failed failed-first tb durations collect-only co
        no-header cov no-cov cov-report showlocals color strict-markers disable-warnings sw stepwise
        numprocesses
        """,
    ),
    "make": known(
        "knsBw",
        "j",
        """
        keep-going dry-run silent always-make jobs print-directory no-print-directory
        """,
    ),
}
_LOOKS_OF_CONTAINERS = words("diff history images info inspect logs port ps stats top version")
_SED_SCRIPT = re.compile(
    r"(?:(?:\d+|\$|/[^/\n]*/)(?:,(?:\d+|\$|\+\d+|/[^/\n]*/))?)?!?[pdq=]"
    r"|(?:\d+|\$)?s([/|#,:])(?:(?!\1)[^\n\\]|\\.)*\1(?:(?!\1)[^\n\\]|\\.)*\1[gpiI0-9]*"
)
_FIND = words(
    """
    -H -L -P -a -amin -and -anewer -atime -cmin -cnewer -ctime -daystart -depth -empty
    -executable -false -follow -fstype -gid -group -ilname -iname -inum -ipath -iregex
    -iwholename -links -lname -ls -maxdepth -mindepth -mmin -mount -mtime -name -newer -nogroup
    -noleaf -not -nouser -o -or -path -perm -print -print0 -printf -prune -quit -readable -regex
    -regextype -samefile -size -true -type -uid -used -user -wholename -writable -xdev -xtype
    """
)


def change_what_it_does(said: Sequence[str], named: Sequence[bool]) -> str:
    """Why the arguments that the pattern does not name (`named` is false) may do more than it says; empty if
    they do not. The first word is the program; assignments before it are named."""
    start = next((at for at, word in enumerate(said) if not programs.sets_variable(word)), 0)
    said, named = said[start:], named[start:]
    program = programs.base(said[0])
    behind = [word for word, is_named in zip(said[1:], named[1:], strict=True) if not is_named]
    if not behind or program in programs.HARMLESS:
        return ""
    if program in programs.RUN_THEIR_ARGUMENTS:
        return f"{program} may run or write what a * matches"
    if (inner := programs.inner(said)) is not None:
        if inner <= 0 or not all(named[: inner + 1]):
            return f"the pattern must name what {program} runs"
        return change_what_it_does(said[inner:], named[inner:])
    if program in programs.WITH_COMMANDS and not (len(named) > 1 and named[1]):
        return f"the pattern must name {program}'s command"
    if program in programs.INTERPRETERS and (odd := _before_script(said, named)):
        return f"{program} {odd} may run anything"
    match program:
        case "git":
            return git.change_what_it_does(said, named)
        case "find":
            odd = next((word for word in behind if word.startswith("-") and not _finds(word)), "")
        case "sed":
            odd = _sed(said, named)
        case "tee":
            odd = next((word for word in behind if not _is_written_safely(word)), "")
        case "env" | "tar":
            odd = behind[0]
        case "docker" | "podman" | "nerdctl" if said[1] not in _LOOKS_OF_CONTAINERS:
            odd = unknown_option(said, named, known())
        case _:
            options = _PROGRAMS.get(program, _ANY)
            odd = unknown_option(said, named, options)
            if not odd and len([word for word in said[1:] if not word.startswith("-")]) > options.operands:
                odd = said[-1]
            if not odd and program == "make":
                odd = next((word for word in behind if "=" in word), "")
    return f"{program} {odd} may do more than the pattern names" if odd else ""


def _finds(word: str) -> bool:
    return word in _FIND or word[1:2].isdigit()


def _is_written_safely(word: str) -> bool:
    """A file of the worktree that a path rule would also allow."""
    return word == "-a" or (not word.startswith("-") and paths.allowed("**", (word,)).holds == "yes")


def _before_script(said: Sequence[str], named: Sequence[bool]) -> str:
    """What makes an interpreter run something, if the pattern does not name it."""
    for word, is_named in zip(said[1:], named[1:], strict=True):
        if not is_named:
            return word
        if not word.startswith("-"):
            return ""
        if word in ("-m", "-c", "-e", "--eval", "-p"):
            continue
    return ""


def _sed(said: Sequence[str], named: Sequence[bool]) -> str:
    script = False
    for word, is_named in zip(said[1:], named[1:], strict=True):
        if word.startswith("-") and len(word) > 1:
            if not is_named and not (set(word[1:]) <= set("nErsuz")) and word not in ("--quiet", "--posix"):
                return word
        elif not script:
            script = True
            if not is_named and not _SED_SCRIPT.fullmatch(word):
                return word
    return ""
