"""The stages' order at their left edge: parallel ones are joined by a bracket. Pure."""

from collections.abc import Sequence
from functools import lru_cache

from orchestrator.core.workflow.views import StageView


def brackets(stages: Sequence[StageView]) -> tuple[str, ...]:
    """A cell for each stage, in the order of the file: `╭`, `│` and `╰` join adjacent stages of which none
    needs another, directly or indirectly; any other stage has `─`."""
    return _brackets(tuple((stage.name, stage.needs) for stage in stages))


@lru_cache(maxsize=64)
def _brackets(stages: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    direct = dict(stages)
    cells: list[str] = []
    group: list[str] = []
    for name, _ in stages:
        if group and _before(name, direct).isdisjoint(group):
            group.append(name)
            continue
        cells += _bracket(len(group))
        group = [name]
    return (*cells, *_bracket(len(group)))


def _before(name: str, direct: dict[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    todo = [name]
    while todo:
        new = set(direct.get(todo.pop(), ())) - found
        found |= new
        todo += new
    return found


def _bracket(length: int) -> list[str]:
    if length < 2:
        return ["─"] * length
    return ["╭", *["│"] * (length - 2), "╰"]
