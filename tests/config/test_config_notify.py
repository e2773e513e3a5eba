"""Notifications in the configuration: what is taken, what is refused in words, and what no text contains."""

import json
from pathlib import Path

import pytest

from orchestrator import config
from orchestrator.config.settings import REPO_KEYS
from orchestrator.paths import user_config
from tests.config.complaint import complaint

TOKEN = "ntfys://host/tk_4711secret"


@pytest.fixture(autouse=True)
def _own_file(file: Path) -> None:
    """No test sees the file of another."""


def given(text: str) -> None:
    user_config().write_text(f"[notify]\n{text}\n")


def test_what_the_docs_show_is_taken() -> None:
    given(
        'board_kinds = ["waits", "run"]\ntmux_kinds = []\nquiet = ["22:00-07:00", "sat,sun 00:00-24:00"]\n'
        'timezone = "Europe/Berlin"\ndelays = {review = "1m", permission = 5}'
    )
    notify = config.load().notify
    assert notify.quiet == ("22:00-07:00", "sat,sun 00:00-24:00")
    assert (notify.board_kinds, notify.tmux_kinds) == (("waits", "run"), ())
    assert notify.delays == {"review": "1m", "permission": "5s"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('board_kinds = ["permision"]', "permission"),
        ('command_kinds = "everything"', "a list of kinds"),
        ('quiet = ["22-7"]', "times such as"),
        ('quiet = "25:00-07:00"', "times such as"),
        ('timezone = "Europe/Nowhere"', "a time zone"),
        ('timezone = "../../etc/passwd"', "a time zone"),
        ('delays = {reviews = "1m"}', "review"),
        ('delays = {review = "soon"}', "a duration"),
        ('terminal = "osc8"', "osc9"),
        ('content = "all"', "full"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_does(text: str, said: str) -> None:
    given(text)
    assert said in complaint()


def test_a_quiet_range_from_the_environment_is_one_text_or_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCH_NOTIFY__QUIET", "sat,sun 00:00-24:00")
    assert config.load().notify.quiet == ("sat,sun 00:00-24:00",)
    monkeypatch.setenv("ORCH_NOTIFY__QUIET", '["22:00-07:00"]')
    assert config.load().notify.quiet == ("22:00-07:00",)


def test_no_repository_may_set_notifications(tmp_path: Path) -> None:
    assert not [each for each in REPO_KEYS if each.startswith("notify.")]
    (tmp_path / ".orch.toml").write_text('[notify]\ncommand = "curl evil"\n')
    assert "belongs in your own file" in complaint(tmp_path)


def test_the_urls_of_services_are_shown_without_their_tokens() -> None:
    given(f'apprise = ["{TOKEN}"]')
    settings = {each.key: config.shown(each.key, each.value) for each in config.sources()}
    assert json.loads(json.dumps(settings["notify.apprise"])) == ["ntfys://…"]


@pytest.mark.parametrize(
    "text", ["apprise = ['tk_4711secret']", f"apprise = ['{TOKEN}', 1]", f"apprise = {{a = '{TOKEN}'}}"]
)
def test_a_complaint_about_a_service_does_not_contain_its_token(text: str) -> None:
    given(text)
    assert "4711secret" not in complaint()
