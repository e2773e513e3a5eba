"""The token is taken from the place that was configured, else from where `gh` and CI have it."""

import os
import stat
from pathlib import Path

import pytest

from orchestrator.world.forge.errors import ForgeRefused
from orchestrator.world.forge.github.addresses import hosts, web_host
from orchestrator.world.forge.github.token import find_token, renewal
from orchestrator.world.forge.token_places import TokenPlaces

PUBLIC = ("github.com", "https://api.github.com")
ENTERPRISE = ("code.example.org", "https://code.example.org/api/v3")
NOWHERE = TokenPlaces()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder: Path, name: str, script: str) -> Path:
    made = folder / name
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(made.stat().st_mode | stat.S_IXUSR)
    return made


@pytest.mark.parametrize(
    ("where", "env", "found"),
    [
        (PUBLIC, {"GITHUB_TOKEN": "t1"}, ("t1", "GITHUB_TOKEN")),
        (PUBLIC, {"GITHUB_TOKEN": "t1", "GH_TOKEN": "t2\n"}, ("t2", "GH_TOKEN")),
        (("127.0.0.1:80", "http://127.0.0.1:80"), {"GITHUB_TOKEN": "t1"}, ("t1", "GITHUB_TOKEN")),
        (("acme.ghe.com", "https://api.acme.ghe.com"), {"GH_TOKEN": "t1"}, ("t1", "GH_TOKEN")),
        (ENTERPRISE, {"GH_ENTERPRISE_TOKEN": "t3", "GH_TOKEN": "t1"}, ("t3", "GH_ENTERPRISE_TOKEN")),
        (ENTERPRISE, {"GITHUB_ENTERPRISE_TOKEN": "t4"}, ("t4", "GITHUB_ENTERPRISE_TOKEN")),
    ],
)
def test_a_variable_has_it(where: tuple[str, str], env: dict[str, str], found: tuple[str, str]) -> None:
    token = find_token(NOWHERE, *where, env)
    assert (token.value, token.found_in) == found


def test_the_token_for_github_com_is_not_sent_to_another_server(programs: Path) -> None:
    with pytest.raises(ForgeRefused, match=r"no token for code\.example\.org"):
        find_token(NOWHERE, *ENTERPRISE, {"GH_TOKEN": "t1", "GITHUB_TOKEN": "t2"})


def test_gh_is_asked_for_the_host(programs: Path) -> None:
    program(programs, "gh", '[ "$*" = "auth token --hostname code.example.org" ] && echo gho_1')
    token = find_token(NOWHERE, *ENTERPRISE, {})
    assert (token.value, token.found_in) == ("gho_1", "gh auth token")


def test_without_a_token_the_way_to_one_is_told(programs: Path) -> None:
    with pytest.raises(ForgeRefused) as raised:
        find_token(NOWHERE, *PUBLIC, {})
    assert str(raised.value).startswith("no token for github.com: gh is not installed")
    assert "gh auth login" in raised.value.hint
    program(programs, "gh", "echo no oauth token found >&2; exit 1")
    with pytest.raises(ForgeRefused, match="it exited with code 1"):
        find_token(NOWHERE, *PUBLIC, {})


def test_a_configured_place_comes_first_and_alone(tmp_path: Path) -> None:
    env = {"GITHUB_TOKEN": "t1"}
    command = program(tmp_path, "pass", "echo t5")
    assert find_token(TokenPlaces(command=(str(command),)), *PUBLIC, env).value == "t5"
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text("t6\n")
    assert find_token(TokenPlaces(file=str(file)), *PUBLIC, env).value == "t6"
    with pytest.raises(ForgeRefused, match="No such file"):
        find_token(TokenPlaces(file=str(tmp_path / "none")), *PUBLIC, env)


def test_a_file_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("t6\n")
    file.chmod(0o644)
    with pytest.raises(ForgeRefused, match="others may read") as raised:
        find_token(TokenPlaces(file=str(file)), *PUBLIC, {})
    assert raised.value.hint == f"Run: chmod 600 {file}"


@pytest.mark.parametrize(
    "script", ["echo secret two words", "echo", "printf 'secr\\303\\251t'", "echo secret; exit 3"]
)
def test_what_a_command_printed_is_never_in_its_error(tmp_path: Path, script: str) -> None:
    command = program(tmp_path, "pass", script)
    with pytest.raises(ForgeRefused) as raised:
        find_token(TokenPlaces(command=(str(command),)), *PUBLIC, {})
    assert "secr" not in str(raised.value).replace(str(tmp_path), "")


def test_a_command_that_is_missing_is_told(programs: Path) -> None:
    with pytest.raises(ForgeRefused, match="there is no program 'nothing'"):
        find_token(TokenPlaces(command=("nothing",)), *PUBLIC, dict(os.environ))


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "github.com"),
        ("https://code.example.org/api/v3", "code.example.org"),
        ("https://code.example.org:8443/api/v3/", "code.example.org:8443"),
        ("https://api.acme.ghe.com", "acme.ghe.com"),
        ("http://127.0.0.1:4000", "127.0.0.1:4000"),
        ("http://[::1]:4000/api/v3", "[::1]:4000"),
    ],
)
def test_the_host_of_pages_and_remotes_follows_from_the_api(api: str, web: str) -> None:
    assert web_host(api) == web
    assert hosts(api)[0] == web


@pytest.mark.parametrize(
    ("found_in", "host", "scope", "said"),
    [
        ("gh auth token", "github.com", "", "Run: gh auth login"),
        ("gh auth token", "code.example.org:8443", "", "Run: gh auth login --hostname code.example.org"),
        ("gh auth token", "github.com", "repo", "Run: gh auth refresh --scopes repo"),
        (
            "gh auth token",
            "acme.ghe.com",
            "repo",
            "Run: gh auth refresh --hostname acme.ghe.com --scopes repo",
        ),
        ("~/.token", "github.com", "", "Write a new token to ~/.token."),
        ("~/.token", "github.com", "repo", "Write a token with the scope repo to ~/.token."),
        ("github.token_command", "github.com", "", "Have github.token_command print a new token."),
        ("GH_TOKEN", "github.com", "", "Set GH_TOKEN to a new token, then restart the hub: orch hub restart"),
    ],
)
def test_a_token_is_renewed_where_it_was_found(found_in: str, host: str, scope: str, said: str) -> None:
    assert renewal(found_in, host, scope) == said
