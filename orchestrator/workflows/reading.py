"""Parses a YAML text to plain data, with the position of every key and value.

Only plain data is accepted: anchors, aliases and tags are refused, and so is what is too large or too deep. A
word without quotes is a number, true, false, null or else a string, as in YAML 1.2.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from time import thread_time
from typing import Any, NoReturn, TypeVar

import yaml

from orchestrator.core.text.clean import one_line
from orchestrator.workflows.problems import Problem
from orchestrator.workflows.syntax import in_words

LARGEST = 1_000_000
"""Maximum bytes of a file."""
LONGEST_S = 10.0
"""Seconds of processor time that parsing and checking a file may take."""
_DEEPEST = 12
_MOST_NODES = 20_000
_MOST_PROBLEMS = 100

_Event = TypeVar("_Event", bound=yaml.Event)

Path = tuple[str | int, ...]
"""The path of a value: `("workflow", 0, "needs", 1)`."""

_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
INTEGER = re.compile(r"[-+]?\d{1,15}")
NUMBER = re.compile(r"[-+]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][-+]?\d{1,2})?")
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff]")
"""Characters that no text of a workflow may contain: they control terminals, or cannot be encoded."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of the text, as offsets, with the position of its beginning."""

    line: int
    column: int
    start: int
    end: int


@dataclass(slots=True)
class Source:
    """`keys` and `values` are the positions of each key and value, `words` how each single value is
    written."""

    text: str
    data: Any = None
    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)
    words: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: bool = False
    """It could not be parsed to its end: `data` is nothing."""
    began: float = field(default_factory=thread_time)

    @property
    def late(self) -> bool:
        """Whether this thread has worked on it for longer than allowed."""
        return thread_time() - self.began > LONGEST_S

    def at(self, path: Path) -> Span:
        """The position of the value; if there is none, of its container."""
        return self._first(self.values, path)

    def key(self, path: Path) -> Span:
        """The position of the key; if there is none, of the value."""
        return self.keys.get(path) or self.at(path)

    def _first(self, spans: dict[Path, Span], path: Path) -> Span:
        found = (spans.get(path[:end]) for end in range(len(path), -1, -1))
        return next((each for each in found if each), Span(1, 1, 0, 0))


class _Broken(Exception):
    """Parsing cannot continue; the problem has been recorded."""


def read(text: str, what: str = "workflow", begins: str = "a list of stages: workflow:") -> Source:
    """The text of a file that describes a `what`, as far as it can be parsed; `begins` describes the start of
    such a file."""
    source = Source(text)
    try:
        source.data = _Reader(source, what, begins).document()
    except _Broken:
        source.broken = True
    return source


class _Reader:
    def __init__(self, source: Source, what: str, begins: str) -> None:
        self._source = source
        self._what, self._begins = what, begins
        self._nodes = 0
        if len(source.text.encode("utf-8", "replace")) > LARGEST:
            self._end(1, 1, "the file is too large", f"a {what} has at most 1 MB")
        try:
            self._loader = yaml.SafeLoader(source.text)
        except yaml.reader.ReaderError as error:
            before = source.text[: error.position]
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            self._end(line, column, "the text contains a character that YAML does not allow")

    def document(self) -> Any:
        self._next(yaml.StreamStartEvent)
        if isinstance(self._peek(), yaml.StreamEndEvent):
            self._end(1, 1, "the file is empty", f"a {self._what} has {self._begins}")
        self._next(yaml.DocumentStartEvent)
        data = self._value((), 0)
        self._next(yaml.DocumentEndEvent)
        if not isinstance(more := self._peek(), yaml.StreamEndEvent):
            span = _span(more)
            self._end(span.line, span.column, "a second document begins", f"a file contains one {self._what}")
        return data

    def _value(self, path: Path, depth: int, *, kept: bool = True) -> Any:
        """The next value; one that is not kept leaves no trace."""
        event = self._next(yaml.NodeEvent)
        span = _span(event)
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            self._end(span.line, span.column, f"the file contains more than {_MOST_NODES} values")
        if depth > _DEEPEST:
            self._end(span.line, span.column, f"values are nested more than {_DEEPEST} deep")
        self._refuse_more_than_data(event, span)
        if kept:
            self._source.values[path] = span
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path, depth, kept=kept)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, depth, kept=kept)
        assert isinstance(event, yaml.ScalarEvent)
        return self._single(event, span, path, kept=kept)

    def _refuse_more_than_data(self, event: yaml.NodeEvent, span: Span) -> None:
        if isinstance(event, yaml.AliasEvent):
            what = f"aliases (*{one_line(event.anchor or '', 40)}) are not allowed in a {self._what}"
            self._end(span.line, span.column, what, "write the value out")
        if event.anchor:
            what = f"anchors (&{one_line(event.anchor or '', 40)}) are not allowed in a {self._what}"
            self._end(span.line, span.column, what, "write the value out where it is needed")
        if getattr(event, "tag", None):
            tag = self._source.text[span.start : span.end].split()[0]
            what = f"tags ({one_line(tag, 40)}) are not allowed in a {self._what}"
            self._end(span.line, span.column, what, "quote a string that looks like something else")

    def _list(self, path: Path, depth: int, *, kept: bool) -> list[Any]:
        found: list[Any] = []
        while not isinstance(self._peek(), yaml.SequenceEndEvent):
            found.append(self._value((*path, len(found)), depth + 1, kept=kept))
        self._next(yaml.SequenceEndEvent)
        return found

    def _mapping(self, path: Path, depth: int, *, kept: bool) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._peek(), yaml.MappingEndEvent):
            span = _span(event)
            if not isinstance(event, yaml.ScalarEvent):
                what = "a key must be a single word"
                if isinstance(event, yaml.MappingStartEvent) and event.flow_style:
                    self._end(span.line, span.column, what, 'a string that begins with "{" needs quotes')
                self._end(span.line, span.column, what)
            self._refuse_more_than_data(event, span)
            self._next(yaml.ScalarEvent)
            key = event.value
            if key in found:
                line = self._source.keys[(*path, key)].line if kept else span.line
                self._note(span, f'duplicate key "{one_line(key, 50)}"', f"the first is in line {line}")
                self._value((*path, key), depth + 1, kept=False)
                continue
            if kept:
                self._source.keys[(*path, key)] = span
            found[key] = self._value((*path, key), depth + 1, kept=kept)
        self._next(yaml.MappingEndEvent)
        return found

    def _single(self, event: yaml.ScalarEvent, span: Span, path: Path, *, kept: bool) -> Any:
        text = event.value
        if UNFIT.search(text):
            self._note(span, "the text contains an escaped control character")
            text = UNFIT.sub("", text)
        if kept:
            self._source.words[path] = text
        return text if event.style else resolved(text)

    def _peek(self) -> yaml.Event:
        event: yaml.Event = self._ask(self._loader.peek_event)
        return event

    def _next(self, kind: type[_Event]) -> _Event:
        event = self._ask(self._loader.get_event)
        if self._source.late:
            mark = self._loader.get_mark()
            self._end(mark.line + 1, mark.column + 1, "reading it takes too long", "make the file smaller")
        assert isinstance(event, kind)
        return event

    def _ask(self, question: Callable[[], object]) -> Any:
        try:
            return question()
        except yaml.MarkedYAMLError as error:
            what, hint, begins = in_words(error)
            mark = (error.context_mark if begins else error.problem_mark) or self._loader.get_mark()
            self._end(mark.line + 1, mark.column + 1, what, hint)
        except (ValueError, OverflowError):  # a code point or version number out of range
            mark = self._loader.get_mark()
            self._end(mark.line + 1, mark.column + 1, "not valid YAML: unknown escape")

    def _note(self, span: Span, what: str, hint: str = "") -> None:
        self._source.problems.append(Problem(span.line, span.column, what, hint))
        if len(self._source.problems) > _MOST_PROBLEMS:
            raise _Broken

    def _end(self, line: int, column: int, what: str, hint: str = "") -> NoReturn:
        self._source.problems.append(Problem(line, column, what, hint))
        raise _Broken


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    return Span(start.line + 1, start.column + 1, start.index, end.index)


def resolved(word: str) -> Any:
    """The value of a word without quotes."""
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    if INTEGER.fullmatch(word):
        return int(word)
    return float(word) if NUMBER.fullmatch(word) else word
