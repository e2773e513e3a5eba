"""The corpus: bad files with the messages that they must give, good files that must load."""

import re
from pathlib import Path

import pytest

from orchestrator.workflows import WorkflowError, check, load
from tests.guard import CHECKOUT

_HERE = Path(__file__).parent
BAD = sorted((_HERE / "bad").glob("*.yml"))
GOOD = sorted([CHECKOUT / "docs" / "two-features.yml", *(_HERE / "good").glob("*.yml")])


def test_the_corpus_is_there() -> None:
    assert len(BAD) >= 60
    assert len(GOOD) >= 3


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_gives_just_the_messages_on_its_top(path: Path) -> None:
    text = path.read_text()
    expected = re.findall(r"^# expect (.*)$", text, re.MULTILINE)
    found = check(text, file=path.name)
    said = [f"{each.line}:{each.column}: {'warning' if each.warning else 'error'}: {each}" for each in found]
    assert said == expected
    assert expected
    if not all(each.warning for each in found):
        with pytest.raises(WorkflowError) as caught:
            load(text, file=path.name)
        assert caught.value.problems == tuple(each for each in found if not each.warning)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_message_points_at_something(path: Path) -> None:
    lines = path.read_text().splitlines()
    for problem in check(path.read_text()):
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["unix", "dos"])
def test_a_good_file_has_no_problems_and_loads(path: Path, ends: str) -> None:
    text = path.read_text().replace("\n", ends)
    assert check(text, file=path.name) == ()
    given = {"feature": "login"} if "feature: string" in text else {}
    assert load(text, file=path.name, given=given).text == text
