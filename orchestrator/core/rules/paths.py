"""Which files a rule's path matches: globs from the worktree's root."""

import re
import unicodedata
from collections.abc import Sequence

from orchestrator.core.rules.known import words
from orchestrator.core.rules.rule import NO, YES, Fit
from orchestrator.core.text.clean import shown_line, unusual

_INSTRUCTIONS = words(
    """
    agents.md agents.override.md claude.local.md claude.md conventions.md copilot-instructions.md gemini.md
    skill.md
    """
)
"""Files that agents read as instructions, in lower case; those that begin with a dot are listed
separately."""
_SPECIAL = words(
    """
    .claude .codex .cursor .cursorrules .devcontainer .envrc .gemini .git .gitattributes .github .gitmodules
    .husky
    .mcp.json .opencode .vscode .windsurfrules
    """
)
"""Names that begin with a dot and make git, agents or editors run something."""
_SHORT_GIT = re.compile(r"git~\d+")
_ODD_END = re.compile(r"[ .]+$|:.*$")


def allowed(pattern: str, paths: Sequence[str]) -> Fit:
    """An allowing pattern must match every file, and none outside of the worktree. `*`, `**` and `?` match no
    name that begins with a dot and no agent instructions: a pattern has to name these."""
    for path in paths:
        if not path or path.startswith(("/", "~")) or "\0" in path or ".." in path.split("/"):
            return Fit("no", f"{shown_line(path)} is outside the worktree")
        if odd := unusual(path):
            return Fit("no", f"{shown_line(path)} has {odd}")
        fit = _allowed(_parts(_plain(pattern)), _parts(_plain(path)))
        if fit.holds != "yes":
            return fit
    return YES if paths else NO


def touched(pattern: str, paths: Sequence[str]) -> Fit:
    """Any other pattern matches if it may mean one of the files, ignoring case."""
    glob = _glob(_plain(pattern).casefold())
    return YES if any(glob.fullmatch(_plain(path).casefold().rstrip("/")) for path in paths) else NO


def _allowed(pattern: list[str], path: list[str]) -> Fit:
    """The pattern's names against the path's, one by one."""
    if not pattern or not path:
        return YES if pattern == path else NO
    head, name, kept = pattern[0], path[0], kept_apart(path[0])
    if head == "**":
        here = _allowed(pattern[1:], path)
        if here.holds == "yes":
            return here
        if kept:
            return Fit("no", here.why or kept)
        if len(path) == 1:
            return here if pattern[1:] else YES
        deeper = _allowed(pattern, path[1:])
        return deeper if deeper.holds == "yes" else Fit("no", deeper.why or here.why)
    if not _glob(head).fullmatch(name):
        return NO
    if kept and head != name and not (head.startswith(".") and not is_special(name)):
        return Fit("no", kept)
    return _allowed(pattern[1:], path[1:])


def kept_apart(name: str) -> str:
    """Why `*` and `**` do not match this name."""
    bare = _ODD_END.sub("", name).casefold()
    if name.startswith(".") or not bare:
        return f"{name} begins with a dot: the pattern must name it"
    if bare in _INSTRUCTIONS or _SHORT_GIT.fullmatch(bare):
        return f"agents read {name} as instructions: the pattern must name it"
    return ""


def is_special(name: str) -> bool:
    """Whether it has to be named in full, not by its first letters."""
    bare = _ODD_END.sub("", name).casefold()
    return bare in _SPECIAL or bare.startswith(".orch") or not bare.startswith(".")


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _plain(path: str) -> str:
    """One form for names that file systems treat as the same."""
    return unicodedata.normalize("NFC", path)


def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts), re.DOTALL)
