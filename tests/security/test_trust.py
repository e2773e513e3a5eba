"""Nothing that a repository brings along runs before a person has allowed exactly that."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.config import ConfigError
from orchestrator.core.trust.repositories import TrustPart
from orchestrator.hub.trust import check, parts
from orchestrator.hub.trust.record import TrustRecord
from orchestrator.paths import Home
from orchestrator.world.worktrees import GitRefused

SETUP = '[worktree]\nsetup = "touch ran"\n'
SCRIPT = "workflow:\n  - name: a\n    type: script\n    run: touch ran\n"


@pytest.fixture(autouse=True)
def nothing_trusted(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.make()
    monkeypatch.delenv("ORCH_TRUST__REPOSITORIES")


def words(repo: Path) -> str:
    with pytest.raises(check.UntrustedError) as caught:
        check.settings_for(repo)
    return str(caught.value.rejected)


def allow_all(repo: Path) -> None:
    check.ledger().allow(parts.of_repository(repo))


@pytest.mark.parametrize(
    "said",
    [
        SETUP,
        '[worktree]\ncopy = [".env"]\n',
        '[worktree]\nfolder = "/tmp/{slug}"\n',
        '[agent]\npermission_mode = "acceptEdits"\n',
    ],
)
def test_settings_that_run_something_are_asked_for_once(repo: Path, said: str) -> None:
    (repo / ".orch.toml").write_text(said)
    assert "has not been allowed yet" in words(repo)
    with pytest.raises(GitRefused, match="orch trust"):
        check.settings_in_effect(repo)
    allow_all(repo)
    assert check.settings_for(repo)


def test_settings_that_run_nothing_are_not_asked_for(repo: Path) -> None:
    (repo / ".orch.toml").write_text(
        '[worktree]\nbase = "main"\nsetup = []\n[agent]\nmodel = "opus"\npermission_mode = "plan"\n'
    )
    assert check.settings_for(repo).worktree.base == "main"


def test_what_changes_is_asked_for_again_with_what_it_was(repo: Path) -> None:
    (repo / ".orch.toml").write_text(SETUP)
    allow_all(repo)
    (repo / ".orch.toml").write_text(SETUP.replace("ran", "other"))
    assert "has changed since you allowed it" in words(repo)
    (part,) = parts.of_repository(repo)
    assert "touch ran" in check.ledger().seen(part).before
    (repo / ".orch.toml").write_text(f"# a comment alone\n{SETUP}")
    assert check.settings_for(repo)


def test_trust_in_one_repository_is_none_in_its_copy(repo: Path, tmp_path: Path) -> None:
    (repo / ".orch.toml").write_text(SETUP)
    allow_all(repo)
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", repo, copy], check=True)
    assert "has not been allowed yet" in words(copy)


def test_the_users_own_settings_need_no_trust(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / ".orch.toml").write_text('[worktree]\nbase = "main"\n')
    monkeypatch.setenv("ORCH_WORKTREE__SETUP", "make")
    assert check.settings_for(repo).worktree.setup == ("make",)


def test_a_repository_can_not_trust_itself(repo: Path) -> None:
    (repo / ".orch.toml").write_text(f'{SETUP}[trust]\nrepositories = ["*"]\n')
    with pytest.raises(ConfigError, match="belongs in your own file"):
        check.settings_for(repo)


def test_a_folder_of_ones_own_can_be_trusted_as_a_whole(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / ".orch.toml").write_text(SETUP)
    monkeypatch.setenv("ORCH_TRUST__REPOSITORIES", f"{repo.parent}/*")
    assert check.settings_for(repo)


@pytest.mark.parametrize(
    "said",
    [b"", b"{", b"[]", b'{"trusted": [1]}', b'{"trusted": [{}]}', b"[" * 100_000],
)
def test_a_broken_ledger_allows_nothing(tmp_path: Path, said: bytes) -> None:
    ledger = TrustRecord(tmp_path / "trust.json")
    part = TrustPart("/r", "a", "x")
    ledger.file.write_bytes(said)
    assert not ledger.seen(part).trusted
    ledger.allow([part])
    assert ledger.seen(part).trusted
    assert ledger.file.stat().st_mode & 0o777 == 0o600
    assert ledger.revoke("/r") == 1
    assert not ledger.seen(part).trusted


@pytest.mark.slow
def test_a_workflows_script_runs_once_a_person_has_allowed_that_file(
    repo: Path, monkeypatch: pytest.MonkeyPatch, warm_python: Path
) -> None:
    def orch(*said: str) -> "subprocess.CompletedProcess[str]":
        program = [str(warm_python), "-m", "orchestrator.cli"]
        return subprocess.run(
            [*program, *said], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )

    monkeypatch.setenv("ORCH_AGENT__COMMAND", sys.executable)  # never begun: the team is refused
    file = repo / "job.yml"
    file.write_text(SCRIPT)
    team = repo / "team.yml"
    team.write_text("team: a\ntask: b\nworkers: 1\n")
    run = ("run", str(file), "--repo", str(repo))
    refused = orch(*run)
    assert refused.returncode != 0
    assert f"orch trust {file}" in refused.stderr
    assert "touch ran" in refused.stderr
    assert orch("run", "list", "--json").stdout == "[]\n"
    shown = orch("trust", str(file), "--json")
    assert json.loads(shown.stdout)["trusted"] is False
    assert orch("trust", str(file)).returncode != 0
    assert orch("trust", str(file), "--yes").returncode == 0
    assert orch(*run).returncode == 0
    assert str(repo) in orch("trust", "--list").stdout
    file.write_text(SCRIPT + "    # more\n")
    assert "has changed since you allowed it" in orch(*run).stderr
    file.write_text(SCRIPT)
    assert orch("trust", str(file), "--revoke").returncode == 0
    assert orch(*run).returncode != 0
    assert orch(*run, "--yes").returncode == 0
    assert orch("trust", str(file), "--revoke").returncode == 0
    assert orch("trust", "--list").stderr == "Nothing is allowed in any repository.\n"
    assert "has not been allowed yet" in orch("team", str(team), "--repo", str(repo)).stderr
    orch("hub", "stop")
