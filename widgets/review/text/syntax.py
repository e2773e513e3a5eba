"""Syntax colours: which role each part of a line of code has. Made in a thread, for what is on the screen."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

Coloured = tuple[tuple[int, int, str], ...]
"""From a character on, up to one that is not in it, and the role."""

_KEPT = 400
"""Pieces of files whose colours are kept."""
_LONGEST = 1000
"""Characters of a line that is coloured."""

_ROLES = (
    ("Token.Keyword.Constant", "constant"),
    ("Token.Keyword.Type", "type"),
    ("Token.Keyword", "keyword"),
    ("Token.Operator.Word", "keyword"),
    ("Token.Comment.Preproc", "keyword"),
    ("Token.Comment", "comment"),
    ("Token.Literal.String.Doc", "comment"),
    ("Token.Literal.String", "string"),
    ("Token.Literal", "constant"),
    ("Token.Name.Function", "function"),
    ("Token.Name.Class", "type"),
    ("Token.Name.Builtin", "constant"),
    ("Token.Name.Exception", "type"),
    ("Token.Name.Decorator", "function"),
    ("Token.Name.Constant", "constant"),
    ("Token.Name.Tag", "tag"),
    ("Token.Name.Attribute", "constant"),
    ("Token.Generic.Heading", "keyword"),
    ("Token.Generic.Subheading", "keyword"),
)
"""The first that a token's name begins with gives its role; others have none."""
ROLES = frozenset(role for _, role in _ROLES)


class Highlighter:
    """`ask` gives what is known at once; the rest is made once `start` is called. `ready` is called in its
    thread when some of that is there."""

    def __init__(self, ready: Callable[[], object]) -> None:
        self._ready = ready
        self._known: OrderedDict[object, tuple[Coloured, ...]] = OrderedDict()
        self._asked: deque[tuple[object, str, Sequence[str]]] = deque()
        self._wanted: set[object] = set()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self.waits = False
        """Something was asked for since this was set to false last."""

    def ask(self, key: object, path: str, lines: Callable[[], Sequence[str]]) -> tuple[Coloured, ...] | None:
        """The colours of displayed lines of the file, which are the same for one key; `None` until made."""
        if (known := self._known.get(key)) is not None:
            return known
        with self._wake:
            if key in self._wanted or self._stopped:
                return None
            self._wanted.add(key)
            self._asked.append((key, path, lines()))
            self.waits = True
        return None

    def start(self) -> None:
        """Makes what was asked for, which takes processor time from whoever paints."""
        with self._wake:
            self._wake.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="orch-colours", daemon=True)
            self._thread.start()

    @property
    def idle(self) -> bool:
        """All that was asked for is made."""
        return not self._wanted

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._asked and not self._stopped:
                    self._wake.wait()
                if self._stopped:
                    return
                key, path, lines = self._asked.pop()  # what was asked for last is what is on the screen
            made = coloured(path, lines)
            with self._wake:
                self._known[key] = made
                self._wanted.discard(key)
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
                done = not self._asked
            if done and not self._stopped:
                self._ready()


def coloured(path: str, lines: Sequence[str]) -> tuple[Coloured, ...]:
    """The coloured parts of each line; none where the file's language is unknown."""
    nothing: tuple[Coloured, ...] = ((),) * len(lines)
    lexer = _lexer(PurePosixPath(path).name)
    if lexer is None or not lines:
        return nothing
    text = "\n".join(line if len(line) <= _LONGEST else "" for line in lines)
    found: list[list[tuple[int, int, str]]] = [[] for _ in lines]
    row = column = 0
    try:
        for _, kind, value in lexer.get_tokens_unprocessed(f"{text}\n"):
            role = _role(kind)
            for number, part in enumerate(value.split("\n")):
                if number:
                    row, column = row + 1, 0
                if part and role and row < len(found):
                    found[row].append((column, column + len(part), role))
                column += len(part)
    except (RecursionError, ValueError, IndexError):  # of a lexer that a piece of a file confuses
        return nothing
    return tuple(tuple(each) for each in found)


@lru_cache(maxsize=1024)
def _role(kind: Any) -> str:
    name = str(kind)
    return next((role for start, role in _ROLES if name.startswith(start)), "")


@lru_cache(maxsize=256)
def _lexer(name: str) -> Any:
    """The lexer for a file of that name, or `None`. Only those that come with pygments: looking for others
    takes longer than all the rest."""
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]  # stubs are a package apart

    alias = _aliases().get(name.lower()) or next(
        (found for suffix in _suffixes(name.lower()) if (found := _aliases().get(suffix))), None
    )
    return get_lexer_by_name(alias, stripnl=False, ensurenl=False) if alias else None


def _suffixes(name: str) -> Iterator[str]:
    """`.tar.gz`, `.gz` of `a.tar.gz`."""
    at = name.find(".", 1)
    while at >= 0:
        yield name[at:]
        at = name.find(".", at + 1)


_PREFERRED = {
    ".py": "python", ".h": "c", ".ts": "typescript", ".md": "markdown", ".html": "html", ".xml": "xml",
    ".sql": "sql", ".pl": "perl", ".cs": "csharp", ".s": "gas", ".m": "objective-c", ".js": "javascript",
    ".sh": "bash", ".v": "verilog", ".inc": "php", ".txt": "", ".json": "json", ".yml": "yaml",
    ".yaml": "yaml", ".php": "php", ".css": "css", ".rb": "ruby", ".cfg": "ini", ".g": "",
}  # fmt: skip
"""Where several languages have the same ending."""


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    """The name of pygments' lexer, by the ending or the whole name of a file."""
    from pygments.lexers import get_all_lexers

    found: dict[str, str] = {}
    for _, aliases, patterns, _ in get_all_lexers(plugins=False):
        for pattern in patterns if aliases else ():
            end = pattern[1:] if pattern.startswith("*.") else pattern
            if not set("*?[") & set(end):
                found.setdefault(end.lower(), aliases[0])
    return found | _PREFERRED
