"""The order of a file's stages: the needs of each, explicit or from its position in the list."""

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

from orchestrator.core.text.clean import one_line
from orchestrator.workflows.fitting import Draft, Drafted
from orchestrator.workflows.problems import nearest
from orchestrator.workflows.reading import Path


@dataclass(slots=True)
class StageOrder:
    """Stages by their number in the list. `needs` and `when` are those that each names, in its order;
    `before` everything that it needs, directly or indirectly. For those in `unsure` some need is invalid."""

    numbers: dict[str, int] = field(default_factory=dict)
    needs: list[list[int]] = field(default_factory=list)
    when: list[list[int]] = field(default_factory=list)
    said_at: dict[tuple[int, int], Path] = field(default_factory=dict)
    """Where a need is written; implicit ones are not in it."""
    before: list[set[int]] = field(default_factory=list)
    unsure: set[int] = field(default_factory=set)
    round: set[int] = field(default_factory=set)
    """Those that need themselves indirectly."""

    def doubtful(self, number: int) -> bool:
        """Whether it may need more than is known."""
        return not self.unsure.isdisjoint({number, *self.before[number]})


def ordered(draft: Draft) -> StageOrder:
    """The order; errors are recorded in the draft."""
    order = StageOrder()
    for number, stage in enumerate(draft.stages):
        if stage.name in order.numbers:
            line = draft.source.at((*draft.stages[order.numbers[stage.name]].path, "name")).line
            path = (*stage.path, "name")
            draft.say(path, f'a stage named "{one_line(stage.name, 50)}" already exists', f"in line {line}")
        elif stage.name:
            order.numbers[stage.name] = number
    waited = _waited_for(draft)
    for number, stage in enumerate(draft.stages):
        order.when.append(_named(draft, order, number, list(stage.shape.when or ()), key=True))
        if stage.shape.needs is None:
            order.needs.append(waited[number])
        else:
            order.needs.append(_named(draft, order, number, stage.shape.needs, key=False))
        if {"needs", "when"} & stage.lost:
            order.unsure.add(number)
    order.before = [_before(order, number) for number in range(len(draft.stages))]
    order.round = {number for number, before in enumerate(order.before) if number in before}
    _say_cycles(draft, order)
    return order


def _waited_for(draft: Draft) -> list[list[int]]:
    """For each stage the group before it in the list: adjacent parallel stages, or one stage."""
    found: list[list[int]] = []
    before: list[int] = []
    group: list[int] = []
    for number, stage in enumerate(draft.stages):
        together = group and stage.shape.parallel and draft.stages[group[-1]].shape.parallel
        if not together:
            before, group = group, []
        group.append(number)
        found.append(before)
    return found


def _named(draft: Draft, order: StageOrder, number: int, names: list[str], *, key: bool) -> list[int]:
    """The numbers of the stages that are named in `needs`, or as the keys of `when`."""
    stage = draft.stages[number]
    found: list[int] = []
    for at, name in enumerate(names):
        path: Path = (*stage.path, "when", name) if key else (*stage.path, "needs", at)
        other = order.numbers.get(name)
        if other is None:
            order.unsure.add(number)
            _say_unknown(draft, order, path, name, stage, key=key)
        elif other == number:
            draft.say(path, f'''"{one_line(name, 50)}" cannot need itself''', key=key)
            order.unsure.add(number)
        else:
            found.append(other)
            order.said_at.setdefault((number, other), path)
    return found


def _say_unknown(
    draft: Draft, order: StageOrder, path: Path, name: str, stage: Drafted, *, key: bool
) -> None:
    if draft.nameless:  # it may be the one whose name is missing
        return
    others = [each for each in order.numbers if each != stage.name]
    near = nearest(name, others)
    few = f"known: {', '.join(others[:8])}{', …' if len(others) > 8 else ''}" if others else ""
    hint = f'did you mean "{near}"?' if near else few
    draft.say(path, f'no stage named "{one_line(name, 50)}"', hint, key=key)


def _before(order: StageOrder, number: int) -> set[int]:
    found: set[int] = set()
    todo = [number]
    while todo:
        each = todo.pop()
        new = {*order.needs[each], *order.when[each]} - found
        found |= new
        todo += new
    return found


def _say_cycles(draft: Draft, order: StageOrder) -> None:
    left = set(order.round)
    while left:
        first = min(left)
        ring = {first} | {other for other in order.before[first] if first in order.before[other]}
        left -= ring
        number, other = next(
            (a, b) for a, b in order.said_at if a in ring and b in ring and (b > a or len(ring) == 1)
        )
        way = [number, *_way(order, other, number, ring)]
        names = [one_line(draft.stages[each].name, 60) or "?" for each in way]
        if len(names) > 12:
            names = [*names[:10], "…", names[-1]]
        silent = [a for a, b in pairwise(way) if (a, b) not in order.said_at]
        hint = (
            f'"{draft.stages[silent[0]].name}" has no "needs", so it needs the previous stages'
            if silent
            else ""
        )
        path = order.said_at[number, other]
        draft.say(path, f"circular needs: {' → '.join(names)}", hint, key="when" in path)


def _way(order: StageOrder, start: int, end: int, ring: set[int]) -> list[int]:
    """The shortest path along needs, both ends included."""
    came: dict[int, int] = {start: start}
    todo = deque([start])
    while todo and end not in came:
        each = todo.popleft()
        for other in (*order.needs[each], *order.when[each]):
            if other in ring and other not in came:
                came[other] = each
                todo.append(other)
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]
