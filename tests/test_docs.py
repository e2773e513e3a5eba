"""The docs can't lie: made pages are compared with the code, and pages by hand name only what is there."""

import re
from pathlib import Path

import pytest

from docs.generate import documents
from orchestrator.actions import ACTIONS
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.config import KEYS
from orchestrator.core.model import Status
from orchestrator.core.views import CardView
from tests.guard import CHECKOUT

PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").glob("*.md")])


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_a_generated_page_is_up_to_date(path: Path) -> None:
    assert path.read_text() == documents()[path], "fallen behind the code; run: python -m docs.generate"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    for path in re.findall(r"`((?:orchestrator|widgets|tests|docs|\.ci)/[\w./]*)`", page.read_text()):
        assert (CHECKOUT / path).exists(), f"{page.name} names {path}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_that_is_shown_is_one(page: Path) -> None:
    verbs = {action.id.split(".")[0] for action in ACTIONS if action.cli}
    text = page.read_text()
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    for verb in [*re.findall(r"`orch ([a-z]+)", text), *re.findall(r"\borch ([a-z]+)", blocks)]:
        assert verb in verbs, f"{page.name} shows `orch {verb}`"


def test_nothing_that_a_user_can_name_is_undocumented() -> None:
    text = {page.name: page.read_text() for page in PAGES}
    for action in ACTIONS:
        if action.cli:
            assert f'<a id="{action.id}"></a>' in text["cli.md"], action.id
        if action.key:
            assert f'<a id="{action.id}"></a>' in text["keys.md"], action.id
    for code in ExitCode:
        assert f"| {code.value} | {code.__doc__} |" in text["cli.md"]
    for key in KEYS:
        assert f"`{key}`" in text["configuration.md"] or f"[{key}]" in text["configuration.md"], key
    for status in Status:
        assert f"`{status}`" in text["states.md"], status
    for name in CardView.__dataclass_fields__:
        assert f"| `{name}` |" in text["cli.md"], name
