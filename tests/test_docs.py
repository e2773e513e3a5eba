"""The docs can't lie: made pages are compared with the code, and pages by hand name only what is there."""

import gc
import re
import shlex
from pathlib import Path

import click
import pytest

from docs import needs_page
from docs.generate import documents
from orchestrator.actions import ACTIONS
from orchestrator.cli import root
from orchestrator.cli.cards.watch_lines import Change
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import VerbGroup
from orchestrator.cli.runs.run_lines import RunLine
from orchestrator.config import KEYS, RuleSettings, load
from orchestrator.core.board.views import CardView, Need, NeedDetail, Trial, Waited
from orchestrator.core.mail.message import Kind
from orchestrator.core.mail.views import (
    BoxView,
    DeadView,
    GatherView,
    MemberView,
    MessageView,
    SentView,
    ThreadView,
)
from orchestrator.core.needs.ranking import RANKS
from orchestrator.core.sessions.model import Status
from orchestrator.core.workflow.views import GateView, RunView, StageView
from orchestrator.teams.shape import MemberShape, TeamShape
from tests.docstrings import undocumented
from tests.guard import CHECKOUT

PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").glob("*.md")])


@pytest.mark.sample(3)
@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_a_generated_page_is_up_to_date(path: Path) -> None:
    gc.collect()  # a finalizer that warned inside of `ast.parse` would break that (CPython 3.11)
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
    shapes = (CardView, Need, NeedDetail, Change, Waited, Trial, RunView, StageView, GateView, RunLine)
    of_mail = (BoxView, MessageView, ThreadView, GatherView, MemberView, DeadView, SentView)
    for shape in (*shapes, *of_mail):
        for name in shape.__dataclass_fields__:
            assert f"| `{name}` |" in text["cli.md"], name
    for name in RuleSettings.model_fields:
        assert f"| `{name}` |" in text["configuration.md"], name
    for key in (*TeamShape.model_fields, *MemberShape.model_fields):
        assert f"| `{key}` |" in text["teams.md"], key
    for word in Kind:
        assert f"| `{word}` |" in text["mail.md"], word
    for kind in RANKS:
        assert f"| `{kind}` |" in text["needs-you.md"], kind


def _words(line: str) -> list[str]:
    """As a shell takes them, or by their spaces where it is no whole command line."""
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_option_that_is_shown_is_one(page: Path) -> None:
    text = page.read_text()
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    shown = [*re.findall(r"`(orch [^`]+)`", text), *re.findall(r"\borch [^|\n]*", blocks)]
    context = click.Context(root)
    for line in shown:
        words = _words(line)[1:]
        command: click.Command | None = root
        while (
            isinstance(command, click.Group) and words and (below := command.get_command(context, words[0]))
        ):
            command, words = below, words[1:]
        if isinstance(command, VerbGroup):
            command = command.itself
        known = {name for each in command.params for name in each.opts} | {"--help"} if command else set()
        for option in [each for each in words if each.startswith("--")]:
            assert option in known, f"{page.name} shows {option} with {words}"


def test_the_rules_that_the_docs_show_are_valid_and_say_what_their_table_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "user.toml"
    file.write_text(needs_page.RULES)
    monkeypatch.setenv("ORCH_CONFIG", str(file))
    names = [rule.name for rule in load().rules]
    rows = re.findall(
        r"^\| (.*) \| (allow|deny|ask) \| (.*) \|$",
        (CHECKOUT / "docs/needs-you.md").read_text(),
        re.MULTILINE,
    )
    ruled = {request: (answer, rule) for request, answer, rule in rows}
    assert {rule for _, rule in ruled.values() if rule} <= set(names)
    assert ruled["`npm test -- auth`"] == ("allow", "run tests")
    assert ruled["`npm test; rm -rf ~`"] == ("ask", "")
    assert ruled["`npm test && git push`"] == ("deny", "no push")
    assert ruled["`git log -5`"] == ("ask", "")
    assert ruled["Edit `src/migrations/0007.sql`"] == ("ask", "review migrations")
    assert ruled["Edit `src/../../../etc/passwd`"] == ("ask", "")
    assert ruled["Edit `src/link`, a symlink to `~/.ssh/config`"] == ("ask", "")
    assert ruled["Write `docs/keys.md`, on a card with the label docs"] == ("allow", "write docs")
    assert ruled["Write `docs/keys.md`"] == ("ask", "")


@pytest.mark.slow
def test_nine_in_ten_public_functions_say_what_a_caller_may_rely_on() -> None:
    total, missing = undocumented()
    worst = sorted(missing.values(), key=len, reverse=True)[:5]
    listed = "\n".join(line for room in worst for line in room)
    assert sum(map(len, missing.values())) * 10 <= total, (
        f"without a docstring, in the worst rooms:\n{listed}"
    )
