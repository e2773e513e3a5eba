"""What the pages on security promise is tested: each line names its test, and each named test exists."""

import re

import pytest

from tests.guard import CHECKOUT

_NAME = re.compile(r"`(test_\w+)`")
_DEFINED = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)


def _tests() -> set[str]:
    return {
        name
        for file in (CHECKOUT / "tests").rglob("test_*.py")
        for name in _DEFINED.findall(file.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("page", ["security", "sessions", "phone"])
def test_every_test_that_a_page_names_exists(page: str) -> None:
    named = set(_NAME.findall((CHECKOUT / "docs" / f"{page}.md").read_text(encoding="utf-8")))
    assert len(named) > 10
    assert not named - _tests()


def test_every_promise_of_the_security_page_names_its_test() -> None:
    text = (CHECKOUT / "docs" / "security.md").read_text(encoding="utf-8")
    tables = text.split("| promise | test |\n| --- | --- |\n")[1:]
    assert len(tables) == 6
    for line in (line for table in tables for line in table.split("\n\n")[0].splitlines()):
        assert _NAME.search(line), line
