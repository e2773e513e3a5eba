"""Draws a workflow for a terminal: a row of boxes per layer, with lines that do not cross.

A box is placed as low as its needs require. Needs that lines cannot show clearly are written in the box. The
stages of a fan-out share a box.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from orchestrator.core.text.clean import one_line
from orchestrator.core.workflow.plan import Workflow
from orchestrator.workflows.boxes import Box, Style, beside, connector, crossing, opened, placed, wrapped
from orchestrator.workflows.nodes import Node, box_of, nodes_of

_WIDEST = (34, 28, 22, 18)
"""Columns inside a box with neighbours: the first with which the row fits."""
_NARROWEST_PAGE = 30
_PASSES = "│"
"""The prefix of a node's name for the line that continues from it through this row."""


def graph(workflow: Workflow, width: int = 80) -> str:
    """The drawing, at most `width` columns wide (30 at least), without a trailing newline."""
    return "\n".join(_Page(workflow, max(width, _NARROWEST_PAGE)).lines())


@dataclass(slots=True)
class _Row:
    """Nodes and passing lines, by name; `told` has for each what leads to it from the row above."""

    names: list[str]
    told: dict[str, tuple[str, ...]] = field(default_factory=dict)
    passing: dict[str, set[str]] = field(default_factory=dict)
    """For each passing line, the nodes to which it leads."""


class _Page:
    def __init__(self, workflow: Workflow, width: int) -> None:
        self._workflow, self._width = workflow, width
        self._nodes = nodes_of(workflow)
        self._depth = _depths(self._nodes)
        self._worded: set[str] = set()
        """Nodes whose needs are written in the box."""

    def lines(self) -> list[str]:
        drawn = self._drawn()
        while drawn is None:
            drawn = self._drawn()
        base = f" from {one_line(self._workflow.base)}" if self._workflow.base else ""
        title = wrapped(f"{one_line(self._workflow.name)}{base}", self._width)
        return [line.rstrip() for line in opened([*title, *drawn])]

    def _drawn(self) -> list[str] | None:
        """All rows; `None` if more needs must be written in boxes, which have been recorded."""
        found: list[str] = []
        above: list[Box] = []
        for row in self._rows():
            lines = self._fitted(row)
            few = len(lines) == 1
            if unclear := crossing(above, lines[0], row.told) if few else {*row.told, *row.passing}:
                for name in unclear:
                    self._worded |= row.passing.get(name, {name})
                return None
            for boxes in lines:
                found += connector(above, boxes, row.told) or [""]
                found += beside(boxes)
            above = lines[0] if few else []
        return found

    def _rows(self) -> list[_Row]:
        rows = [_Row([]) for _ in range(1 + max(self._depth.values(), default=-1))]
        for name, depth in self._depth.items():
            rows[depth].names.append(name)
            if name in self._worded or depth == 0:
                continue
            rows[depth].told[name] = tuple(
                each if self._depth[each] == depth - 1 else f"{_PASSES}{each}" for each in self._close(name)
            )
            for each in self._close(name):
                for between in range(self._depth[each] + 1, depth):
                    rows[between].passing.setdefault(f"{_PASSES}{each}", set()).add(name)
        for above, row in pairwise(rows):
            for name in row.passing:
                far = name.removeprefix(_PASSES)
                row.told[name] = (far if far in above.names else name,)
            places = {name: at for at, name in enumerate(above.names)}
            row.names += row.passing
            row.names.sort(key=lambda name: _middle([places[each] for each in row.told.get(name, ())]))
        return rows

    def _close(self, name: str) -> list[str]:
        """The needs of a node, without those implied by another."""
        further: set[str] = set()
        todo = list(self._nodes[name].needs)
        while todo:
            new = set(self._nodes[todo.pop()].needs) - further
            further |= new
            todo += new
        return [each for each in self._nodes[name].needs if each not in further]

    def _fitted(self, row: _Row) -> list[list[Box]]:
        """The row's boxes side by side; on several lines if one is too narrow."""
        limits = (
            [self._width - 4] if len(row.names) == 1 else [min(each, self._width - 4) for each in _WIDEST]
        )
        boxes: list[Box] = []
        for limit in limits:
            boxes = [self._box(name, limit) for name in row.names]
            if placed(boxes, self._width):
                return [boxes]
        lines: list[list[Box]] = [[]]
        for box in boxes:
            if not placed([*lines[-1], box], self._width):
                lines.append([])
            lines[-1].append(box)
            placed(lines[-1], self._width)
        return lines

    def _box(self, name: str, limit: int) -> Box:
        if name.startswith(_PASSES):
            return Box(name, [], 1, Style.PASSING)
        return box_of(self._nodes[name], limit, worded=name in self._worded)


def _depths(nodes: dict[str, Node]) -> dict[str, int]:
    """The row of each node: below everything that it needs."""
    found: dict[str, int] = {}
    todo = list(reversed(nodes))
    while todo:
        name = todo[-1]
        if name not in found and (first := [each for each in nodes[name].needs if each not in found]):
            todo += first
            continue
        found.setdefault(name, 1 + max((found[each] for each in nodes[name].needs), default=-1))
        todo.pop()
    return {name: found[name] for name in nodes}


def _middle(places: list[int]) -> float:
    return sum(places) / len(places) if places else 0.0
