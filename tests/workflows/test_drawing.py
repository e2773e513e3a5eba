"""The drawing says what the plan says: read back, its lines and words give the needs of every stage."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.workflow.plan import Agent, HumanGate, Script, Stage, Workflow
from orchestrator.workflows import example, graph, load, outline
from tests.examples import examples
from tests.guard import CHECKOUT

_UP, _DOWN, _LEFT, _RIGHT = (-1, 0), (1, 0), (0, -1), (0, 1)
_WAYS = {
    "│": (_UP, _DOWN), "─": (_LEFT, _RIGHT), "┌": (_DOWN, _RIGHT), "┐": (_DOWN, _LEFT), "└": (_UP, _RIGHT),
    "┘": (_UP, _LEFT), "├": (_UP, _DOWN, _RIGHT), "┤": (_UP, _DOWN, _LEFT), "┬": (_DOWN, _LEFT, _RIGHT),
    "┴": (_UP, _LEFT, _RIGHT), "┼": (_UP, _DOWN, _LEFT, _RIGHT),
}  # fmt: skip


def width(line: str) -> int:
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in line
    )


def read_back(drawing: str) -> dict[str, set[str]]:
    """For each box the boxes that lines lead from, or that its words name."""
    grid = drawing.split("\n")
    tops: dict[tuple[int, int], tuple[str, int]] = {}
    ends: dict[tuple[int, int], str] = {}
    words: dict[str, set[str]] = {}
    for row, line in enumerate(grid):
        for top in re.finditer("┌─+┐|╔═+╗", line):
            left, right = top.start(), top.end()
            name = (
                grid[row + 1][left + 2 : right - 2].strip().removeprefix("◆ ") if row + 1 < len(grid) else ""
            )
            if name and grid[row + 1][left] in "│║":
                tops[row, left] = (name, right)
                low = next(at for at in range(row + 1, len(grid)) if grid[at][left] in "└╚")
                ends |= {(low, at): name for at in range(left, right)}
                inside = " ".join(grid[at][left + 2 : right - 2].strip() for at in range(row + 1, low))
                if found := re.search(r"after ((?:\w+, )*\w+)", inside):
                    words[name] = set(found[1].split(", "))
    needs = {}
    for (row, left), (name, right) in tops.items():
        arrows = [at for at in range(left, right) if at < len(grid[row - 1]) and grid[row - 1][at] == "▼"]
        assert len(arrows) <= 1
        assert not arrows or name not in words
        needs[name] = words.get(name, set()) | (_sources(grid, ends, row - 2, arrows[0]) if arrows else set())
    return needs


def _sources(grid: list[str], ends: dict[tuple[int, int], str], row: int, column: int) -> set[str]:
    found, seen, todo = set(), set(), [(row, column)]
    while todo:
        place = todo.pop()
        if place in seen:
            continue
        seen.add(place)
        if place in ends:
            assert grid[place[0]][place[1]] in "┬╤"
            found.add(ends[place])
            continue
        ways = [each for each in _WAYS[grid[place[0]][place[1]]] if each != _DOWN]  # that leads to others
        todo += [(place[0] + down, place[1] + right) for down, right in ways]
    return found


def plan_of(needs: dict[str, tuple[str, ...]], gates: set[str]) -> Workflow:
    return Workflow(
        "plan",
        tuple(
            Stage(name, HumanGate("x") if name in gates else Script("x"), few) for name, few in needs.items()
        ),
    )


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_the_drawing_of_any_plan_can_be_read_back(data: st.DataObject) -> None:
    names = [f"s{at}" for at in range(data.draw(st.integers(1, 12)))]
    needs = {
        name: tuple(data.draw(st.lists(st.sampled_from(names[:at]), max_size=3, unique=True))) if at else ()
        for at, name in enumerate(names)
    }
    plan = plan_of(needs, set(data.draw(st.lists(st.sampled_from(names), max_size=3))))
    drawing = graph(plan, data.draw(st.integers(30, 120)))
    found = read_back(drawing)
    assert set(found) == set(names)
    for name in names:
        far = {each.name for need in needs[name] for each in plan.before(need)}
        assert set(needs[name]) - far <= found[name] <= set(needs[name])


def test_the_example_of_two_features_fits_80_columns_and_marks_its_gate() -> None:
    text = (CHECKOUT / "docs" / "two-features.yml").read_text()
    assert graph(load(text, file="two-features.yml").workflow) == (
        (Path(__file__).parent / "two-features.txt").read_text().rstrip("\n")
    )


@pytest.mark.parametrize("columns", [1, 30, 47, 80, 200])
def test_no_line_is_wider_than_the_page_whatever_the_names(columns: int) -> None:
    plan = Workflow(
        "odd\x1b[31m\nname 名前" * 20,
        (
            Stage("a" * 90, Agent("x", worktree="枝/" + "名" * 40, where="\x1b]0;title\x07host")),
            Stage("b", HumanGate("x", approvers=("ann\u202e", "b" * 60), quorum=2)),
            Stage("c", Script("x", worktree="e\u0301" * 50), needs=("a" * 90, "b"), join=1),
            *(Stage(f"fan-{at}", Agent("x"), needs=("c",), template="fan") for at in range(40)),
            *(Stage(f"wide-{at}", Agent("x"), needs=("fan-1",)) for at in range(40)),
        ),
    )
    lines = graph(plan, columns).split("\n")
    assert max(map(width, lines)) <= max(columns, 30)
    text = "\n".join(lines)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "×40" in text
    assert all(f"wide-{at}" in text for at in range(40))


def test_no_name_is_cut() -> None:
    long = "a-rather-long-name-" + "x" * 60
    text = graph(Workflow("plan", (Stage(long, Agent("x")),)), 40)
    assert long in "".join(re.findall("[a-z-]+", text.partition("┌")[2]))


def test_join_and_when_stand_in_words() -> None:
    plan = outline(
        "workflow:\n"
        "  - {name: a, prompt: x, on_failure: continue, parallel: true}\n"
        "  - {name: b, prompt: x, on_failure: retry, parallel: true}\n"
        "  - {name: c, prompt: x, join: any, when: {a: [failed, skipped]}}\n"
    )
    text = graph(plan)
    for words in (
        "after any of a, b",
        "when a is failed or skipped",
        "failed: continue",
        "failed: retry 2 times",
    ):
        assert words in text


def test_the_example_is_drawn_with_lines_alone() -> None:
    found = read_back(graph(outline(example())))
    assert found == {
        "implement": set(),
        "write-tests": set(),
        "run-tests": {"implement"},
        "review": {"run-tests", "write-tests"},
        "merge": {"review"},
    }
