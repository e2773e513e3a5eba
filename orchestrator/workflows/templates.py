"""Placeholders in double braces in a file: checked, and filled in as far as known when a run starts."""

import re
import shlex
from collections.abc import Iterator, Mapping

from orchestrator.core.text.clean import one_line
from orchestrator.core.workflow.template import LITERAL, OPEN, Mark, fill, holes, marks
from orchestrator.workflows import shell
from orchestrator.workflows.fitting import Draft, Drafted
from orchestrator.workflows.inputs import Value
from orchestrator.workflows.order import StageOrder
from orchestrator.workflows.problems import Problem, nearest
from orchestrator.workflows.reading import Path
from orchestrator.workflows.shape import GateStage, ScriptStage, Work

FILLED = ("prompt", "worktree", "run", "message")
"""The keys of a stage with placeholders."""
_MOST_OF_A_TEXT = 20
"""Maximum problems of one text."""
_OF_STAGE = re.compile(r"stages\.([^\s{}.]+)\.(\w+)")


def check(draft: Draft, order: StageOrder) -> None:
    """Reports invalid placeholders."""
    for number, stage in enumerate(draft.stages):
        for key in FILLED:
            path = (*stage.path, key)
            text = getattr(stage.shape, key, "")
            if key not in stage.lost and "{{" in text and path in draft.source.values:
                _Text(draft, order, number, path, text).check()
        _foreach(draft, stage)
    _strays(draft)


class _Text:
    """One text of a stage."""

    def __init__(self, draft: Draft, order: StageOrder, number: int, path: Path, text: str) -> None:
        self._draft, self._order, self._number = draft, order, number
        self._stage = draft.stages[number]
        self._path, self._key, self._text = path, str(path[-1]), text

    def check(self) -> None:
        ends, said = 0, len(self._draft.problems)
        for mark in marks(self._text):
            self._unclosed(ends, mark.start - (mark.name is None))
            ends = mark.end
            if mark.name is not None:
                what, hint = self._trouble(mark, mark.name)
                if what:
                    self._say(mark.start, what, hint)
                elif self._key != "run" and self._text[mark.start - 1 : mark.start] == "$":
                    what = f'the "$" before "{_braced(mark.name)}" stays in the text'
                    self._say(mark.start, what, 'write "{{" alone', warning=True)
                elif self._key == "run" and (by := shell.reads_again(self._text, mark.start)):
                    what = f'"{_braced(mark.name)}" is parsed again by {by}, as code'
                    hint = "its quotes are removed by then: call the command directly"
                    self._say(mark.start, what, hint, warning=True)
            if len(self._draft.problems) - said > _MOST_OF_A_TEXT:
                return
        self._unclosed(ends, len(self._text))

    def _unclosed(self, start: int, end: int) -> None:
        at = self._text.find(OPEN, start, end)
        if at >= 0:
            self._say(at, '"{{" is not closed by "}}"', f"for literal braces: {LITERAL}")

    def _trouble(self, mark: Mark, name: str) -> tuple[str, str]:
        if "inputs" in self._draft.lost and name.startswith("inputs."):
            return "", ""
        valid = list(self._valid())
        if name not in valid:
            return self._unknown(name, valid)
        if self._key != "run":
            return "", ""
        found = self._draft.inputs.get(name.removeprefix("inputs."))
        if found and found.type == "list" and not shell.alone(self._text, mark):
            return f'"{_braced(name)}" is a list, so it must stand alone', "put spaces around it"
        if where := shell.unsafe(self._text, mark.start):
            return (
                f'''"{_braced(name)}" is not allowed here, {where}''',
                "it is quoted automatically: let it stand alone, or set a variable first",
            )
        return "", ""

    def _valid(self) -> Iterator[str]:
        yield from (f"inputs.{name}" for name in self._draft.inputs)
        if getattr(self._stage.shape, "foreach", None) is not None or "foreach" in self._stage.lost:
            yield "item"
        if self._key == "run":
            return
        for name, number in self._order.numbers.items():
            if number in self._order.before[self._number] and number != self._number:
                other = self._draft.stages[number].shape
                if self._key != "worktree" and not isinstance(other, GateStage):
                    yield f"stages.{name}.summary"
                if _has_branch(other, alone=self._key == "worktree"):
                    yield f"stages.{name}.branch"

    def _unknown(self, name: str, valid: list[str]) -> tuple[str, str]:
        what = f'unknown placeholder "{_braced(name)}"'
        if found := _OF_STAGE.fullmatch(name):
            if self._key == "run":
                return (
                    f'''"{_braced(name)}" is not allowed in "run": it would be code''',
                    "text written by sessions is data",
                )
            number = self._order.numbers.get(found[1])
            if number is not None and found[2] in ("summary", "branch"):
                return self._not_of(found[1], found[2], number)
            if self._order.doubtful(self._number) or self._draft.nameless:
                return "", ""
        if name == "item":
            return f'"{_braced(name)}" requires "foreach"', ""
        near = nearest(name, valid)
        few = f"valid here: {', '.join(map(_braced, valid[:6]))}{', …' if len(valid) > 6 else ''}"
        text = f"for literal braces: {LITERAL}"
        if near:
            return what, f'did you mean "{_braced(near)}"?'
        return what, f"{few if valid else 'nothing can be filled in here'}; {text}"

    def _not_of(self, name: str, what: str, number: int) -> tuple[str, str]:
        if number not in self._order.before[self._number] or number == self._number:
            if self._order.doubtful(self._number):
                return "", ""
            if number == self._number:
                return "a stage cannot refer to itself", ""
            if self._number in self._order.before[number]:
                return f'"{name}" comes after this stage', ""
            return f'this stage does not need "{name}"', f'add "{name}" to its "needs"'
        other = self._draft.stages[number].shape
        if isinstance(other, GateStage):
            return f'"{name}" is a gate, which has no {what}', ""
        if what == "summary":
            return "a summary cannot be a branch name", f'use "{_braced(f"stages.{name}.branch")}"'
        if getattr(other, "foreach", None) is not None:
            return f'"{name}" is a fan-out, which has several branches', ""
        return f'the script "{name}" has no branch', 'give it a "worktree"'

    def _say(self, offset: int, what: str, hint: str, *, warning: bool = False) -> None:
        line, column = place(self._draft, self._path, self._text, offset)
        self._draft.add(Problem(line, column, what, hint, warning))


def _has_branch(other: object, *, alone: bool) -> bool:
    """Whether the stage has a branch; `alone` if several are not allowed."""
    if isinstance(other, GateStage) or (isinstance(other, ScriptStage) and not other.worktree):
        return False
    return not alone or getattr(other, "foreach", None) is None


def _braced(name: str) -> str:
    return f"{{{{ {one_line(name, 60)} }}}}"


def place(draft: Draft, path: Path, text: str, offset: int) -> tuple[int, int]:
    """Line and column in the file of an offset of double braces in one of its texts; if unknown, of the
    text's beginning."""
    span = draft.source.at(path)
    written = draft.source.text[span.start : span.end]
    wanted = text[:offset].count("{{")
    starts = [found.start() for found in re.finditer(r"\{\{", written)]
    if len(starts) != text.count("{{"):
        return span.line, span.column
    before = written[: starts[wanted]]
    lines = before.count("\n")
    column = len(before) - before.rfind("\n") if lines else span.column + len(before)
    return span.line + lines, column


def _foreach(draft: Draft, stage: Drafted) -> None:
    shape = stage.shape
    if not isinstance(shape, Work) or shape.foreach is None or "foreach" in stage.lost:
        return
    path = (*stage.path, "foreach")
    if isinstance(shape.foreach, str):
        _input_of_foreach(draft, path, shape.foreach)
    else:
        for at, item in enumerate(shape.foreach):
            if isinstance(item, str) and "{{" in item:
                draft.say(
                    (*path, at),
                    'an item must not contain "{{"',
                    'a list input stands alone: "{{ inputs.x }}"',
                )
    branch = "" if "worktree" in stage.lost else shape.worktree
    if branch and "item" not in [name for _, name in holes(branch)]:
        what = "the stages of a fan-out cannot share one branch"
        draft.say((*stage.path, "worktree"), what, 'add "{{ item }}" to it')


def _input_of_foreach(draft: Draft, path: Path, text: str) -> None:
    name = holes(text)[0][1].removeprefix("inputs.")
    found = draft.inputs.get(name)
    if found is None:
        if "inputs" not in draft.lost:
            near = nearest(name, [each for each, shape in draft.inputs.items() if shape.type == "list"])
            hint = f'did you mean "{_braced(f"inputs.{near}")}"?' if near else "add it under: inputs:"
            draft.say(path, f'no input named "{one_line(name, 50)}"', hint)
    elif found.type != "list" and f"inputs.{name}" not in draft.lost:
        draft.say(path, f'the input "{name}" is not a list', "give it: type: list")


def _strays(draft: Draft) -> None:
    """Double braces where no placeholders are allowed."""
    for path, text in draft.source.words.items():
        filled = len(path) >= 3 and path[0] == "workflow" and path[2] in (*FILLED, "foreach", "name", "needs")
        ours = path[:1] == ("inputs",) or path[-1:] == ("description",)
        if "{{" in text and not filled and not ours:
            where = ", ".join(FILLED)
            draft.say(path, f"placeholders are not allowed here, only in {where}", "write it out")


# --- filling --------------------------------------------------------------------------------------


def filled(text: str, values: Mapping[str, Value], item: str | None, *, quoted: bool = False) -> str:
    """The text with inputs and item filled in; `quoted` for a shell, a list as several words. Raises
    `ValueError` if a value would form a placeholder with its surroundings."""
    known = {f"inputs.{name}": _words(value, quoted=quoted) for name, value in values.items()}
    if item is not None:
        known["item"] = shlex.quote(item) if quoted else item
    done = fill(text, known, last=quoted)
    left = [mark.name for mark in marks(text) if mark.name not in known]
    if not quoted and [mark.name for mark in marks(done)] != left:
        raise ValueError(text)
    return done


def _words(value: Value, *, quoted: bool) -> str:
    if not quoted:
        return value.text
    return shlex.join(value.items) if value.items is not None else shlex.quote(value.text)
