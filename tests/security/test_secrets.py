"""Secrets stay with the hub: no argument list, session, script, log or message has them."""

import contextlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator import config
from orchestrator.config.mail_key import NoKeyError, mail_key, set_mail_key
from orchestrator.core.mail.envelope import shown
from orchestrator.core.mail.message import Authority, Kind, Message, Ref
from orchestrator.core.mail.order import Leased
from orchestrator.core.trust.secrets import for_programs, masked, masked_words, stays_with_the_hub
from orchestrator.paths import Home
from orchestrator.store.mail.choose import without_secrets
from orchestrator.store.mail.protocol import MailError
from orchestrator.store.mail.redis.signature import Signature
from tests.conftest import processes_of
from tests.hub.flows import start, until
from tests.hub.stage import Stage
from tests.poll import poll
from tests.security.served import as_another_user, serving

pytestmark = pytest.mark.slow


PASSWORD = "pa55-of-the-Mail"
STORE = f"redis://hub:{PASSWORD}@127.0.0.1:1/0"
SESSION_SECRET = "hunter2-for-Nobody"
ORCH = [sys.executable, "-c", "from orchestrator.cli import main; main()"]
PROMPT = "PROMPT-of-the-first-turn"


@pytest.fixture(scope="module")
def hub() -> Iterator[Stage]:
    """A hub with secrets in its settings, a session, and a run that has ended."""
    settings = {
        "ORCH_MAIL__STORE": STORE,
        "ORCH_MAIL__AWAY_AFTER": "0.2s",
        "ORCH_NOTIFY__COMMAND": json.dumps(["true", "--token", SESSION_SECRET]),
        "ORCH_WORKTREE__SETUP": "env > setup.env",
    }
    with serving(settings) as stage:
        stage.new("A card", f"{PROMPT} demo: say Done.")
        stage.until("c1", "idle")
        start(
            stage,
            """
            workflow:
              - name: headless
                where: headless
                prompt: |
                  demo: commit A; done "It is done"
                worktree: runs/one
              - name: script
                type: script
                run: env > "$ORCH_STAGE.env"
                worktree: runs/one
            """,
        )
        until(stage, "r1", "done")
        yield stage


def environments(hub: Stage) -> dict[str, str]:
    """By what they belong to, the environments of everything that runs for the hub but is not the hub."""
    found = {}
    for process in processes_of(hub.home):
        if process.pid != hub.pid() and process.name() != "sh":
            found[" ".join(process.cmdline())] = str(process.environ())
    for file in hub.repo.parent.glob("*/**/*.env"):
        found[str(file)] = file.read_text()
    return found


@pytest.mark.long
def test_no_setting_reaches_the_tmux_server_a_session_a_setup_or_a_script(hub: Stage) -> None:
    seen = environments(hub)
    for name in ("tmux", "orchestrator.demo", "setup.env", "script.env"):
        assert any(name in each for each in seen), (name, list(seen))
    for name, environment in seen.items():
        assert PASSWORD not in environment, name
        assert SESSION_SECRET not in environment, name
        assert "ORCH_MAIL" not in environment, name


def test_no_argument_list_shows_a_secret_or_a_prompt(hub: Stage) -> None:
    lists = [" ".join(each.cmdline()) for each in processes_of(hub.home)]
    assert any("orchestrator.demo" in each for each in lists)
    for secret in (PASSWORD, SESSION_SECRET, PROMPT):
        assert not [each for each in lists if secret in each]


def test_another_user_finds_no_secret_in_proc(hub: Stage) -> None:
    script = f"""
import glob
seen = b""
for name in glob.glob("/proc/[0-9]*/*"):
    if name.rsplit("/", 1)[1] in ("cmdline", "environ"):
        try:
            seen += open(name, "rb").read()
        except OSError:
            pass
assert {str(hub.home.root)!r}.encode() in seen, "the hub is not to be seen at all"
print([each for each in ({PASSWORD!r}, {SESSION_SECRET!r}, {PROMPT!r}) if each.encode() in seen])
"""
    assert as_another_user(script).strip() == "[]"


def test_the_settings_lie_in_a_file_that_is_the_owners_alone(hub: Stage) -> None:
    assert stat.S_IMODE(hub.home.settings.stat().st_mode) == 0o600
    assert json.loads(hub.home.settings.read_text())["ORCH_MAIL__STORE"] == STORE


def test_a_hub_that_is_started_again_by_its_window_keeps_its_settings(hub: Stage) -> None:
    before = hub.pid()
    os.kill(before, 9)
    poll(lambda: not hub.away() and hub.pid() != before, "the hub to be started again")
    assert poll(lambda: hub.client.hub().trouble, "the store's trouble")


def test_nothing_that_the_hub_says_or_keeps_has_the_password(hub: Stage) -> None:
    trouble = poll(lambda: hub.client.hub().trouble, "the store's trouble")
    assert "127.0.0.1:1" in trouble
    said = repr(hub.client.board()) + repr(hub.client.settings())
    assert PASSWORD not in said
    for file in hub.home.root.rglob("*"):
        if file.is_file() and file != hub.home.settings:
            assert PASSWORD.encode() not in file.read_bytes(), file


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "words", [["config", "show"], ["config", "show", "--json"], ["doctor"], ["doctor", "--json"]]
)
def test_what_verbs_print_has_no_secret(hub: Stage, words: list[str]) -> None:
    done = subprocess.run([*ORCH, *words], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    assert SESSION_SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("redis://:pw-1234@host:6379/0", "pw-1234"),
        ("rediss://user:p@ss/w#rd@host", "p@ss/w#rd"),
        ("unix://user:pw-1234@/run/redis.sock", "pw-1234"),
        ("redis://host/0?password=pw-1234&db=1", "pw-1234"),
        ("https://ghp_abcdefghijklmnopqrst@github.com/o/r", "ghp_abcdefghijklmnopqrst"),
        ("https://hooks.example/x?access_token=abc123def", "abc123def"),
        ("https://x.example/a?sig=abc123def", "abc123def"),
        ("Authorization: Bearer abcdefghijk", "abcdefghijk"),
        ("authorization: basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("API_KEY=abcdef npm ci", "abcdef"),
        ("MY_SECRET: 'abcdef'", "abcdef"),
        ('{"password": "abcdef"}', "abcdef"),
        ("curl --api-key abcdef https://x", "abcdef"),
        ("tool --auth-token=abcdef", "abcdef"),
        ("key sk-ant-abcdefghijklmnop was refused", "sk-ant-abcdefghijklmnop"),
        ("github_pat_11ABCDEFG0123456789", "github_pat_11ABCDEFG0123456789"),
        ("xoxb-1234567890-abcdef", "xoxb-1234567890-abcdef"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        (f"token c12.3.{'a' * 64}", "a" * 64),
    ],
)
def test_a_secret_is_masked(text: str, secret: str) -> None:
    assert secret not in masked(text)
    assert secret not in str(config.shown("notify.command", (text,)))


@pytest.mark.parametrize(
    "text",
    [
        "redis://localhost:6379/0", "ssh://git@host/repo", "npm ci", "sqlite", "c12 is idle",
        "user@example.org", "a password is asked for", "https://x.example/a?page=2#top", "2 tokens left",
    ],
)  # fmt: skip
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert masked(text) == text


def test_a_word_after_a_flag_for_a_secret_is_masked() -> None:
    assert masked_words(["curl", "--token", "abc", "-v", "--password", "--x"]) == (
        "curl", "--token", "…", "-v", "--password", "--x",
    )  # fmt: skip


def test_variables_of_sessions_and_hosts_are_shown_by_name_alone() -> None:
    hosts = {"big": {"env": {"NPM_TOKEN": "abc"}, "ssh": ("ssh", "me@big")}}
    assert config.shown("hosts", hosts) == {"big": {"env": {"NPM_TOKEN": "…"}, "ssh": ("ssh", "me@big")}}
    assert config.shown("agent.env", {"A": "abc"}) == {"A": "…"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORCH_MAIL__STORE", '["redis://:abc-secret@h"]'),
        ("ORCH_AGENT__ENV", '{"A": ["abc-secret"]}'),
        ("ORCH_MAX_SESSIONS", "redis://:abc-secret@h"),
        ("ORCH_NOTIFY__TIMEOUT", "redis://u:abc-secret@h"),
    ],
)
def test_a_bad_value_is_named_without_the_secret_in_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with contextlib.suppress(config.ConfigError):
        assert config.load().mail.store == value  # what is no mistake is not shown
        return
    with pytest.raises(config.ConfigError) as caught:
        config.load()
    assert "abc-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "store", ["redis://:a/b@h:1", "redis://:a#b@h", "redis://u:p@h:port", "redis://[::1:p@h"]
)
def test_an_address_that_can_not_be_read_is_shown_without_its_password(store: str) -> None:
    assert without_secrets(store).startswith("redis://")
    for part in ("a/b", "a#b", "p@"):
        assert part not in without_secrets(store)
    from orchestrator.store.mail.redis.connection import Connection

    with pytest.raises(MailError, match="Use") as caught:
        Connection(store, "x:", waits_s=1, answers_s=1, strict=False)
    for part in ("a/b", "a#b", "'a'", "'port'", "p@"):
        assert part not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["ORCH_MAIL__STORE", "ORCH_TOKEN", "ORCH_CARD", "ORCH_AGENT__ENV", "ORCH_NEW_SETTING"]
)
def test_every_variable_of_ours_stays_with_the_hub_unless_it_says_where_the_hub_is(name: str) -> None:
    assert stays_with_the_hub(name)
    assert for_programs({name: "x", "PATH": "/bin", "ORCH_HOME": "/h"}) == {"PATH": "/bin", "ORCH_HOME": "/h"}


# --- the state directory ----------------------------------------------------------------------------


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder as /tmp is."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


def test_a_state_directory_that_others_could_read_is_closed_to_them(shared: Path) -> None:
    root = shared / "orch"
    for mode in (0o777, 0o755, 0o770, 0o500):
        root.mkdir(exist_ok=True)
        root.chmod(mode)
        Home(root, "x").make()
        assert stat.S_IMODE(root.stat().st_mode) == 0o700


def test_a_state_directory_in_which_another_user_left_something_is_refused(shared: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("to make another user's file needs root")
    root = shared / "orch"
    root.mkdir()
    root.chmod(0o777)
    (root / "hub.key").touch()
    os.chown(root / "hub.key", 65_534, 65_534)
    with pytest.raises(PermissionError, match=r"hub\.key in it belongs to one"):
        Home(root, "x").make()


def test_a_state_directory_of_another_user_is_refused(shared: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("to make another user's folder needs root")
    root = shared / "orch"
    root.mkdir()
    os.chown(root, 65_534, 65_534)
    with pytest.raises(PermissionError, match="belongs to another user"):
        Home(root, "x").make()


def test_a_symbolic_link_where_others_can_write_is_refused(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (shared / "orch").symlink_to(tmp_path / "mine")
    with pytest.raises(PermissionError, match="symbolic link"):
        Home(shared / "orch", "x").make()


def test_a_symbolic_link_of_the_owners_own_making_is_followed(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "mine").mkdir()
    (tmp_path / "orch").symlink_to(tmp_path / "mine")
    Home(tmp_path / "orch", "x").make()


def test_a_state_directory_that_anybody_could_swap_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(PermissionError, match="chmod o-w"):
        Home(tmp_path / "open/orch", "x").make()


def test_a_file_in_the_place_of_the_state_directory_is_refused(shared: Path) -> None:
    (shared / "orch").touch()
    with pytest.raises(OSError, match="orch"):
        Home(shared / "orch", "x").make()


def test_the_folder_of_a_long_paths_socket_is_held_to_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = tmp_path / ("long" * 20)
    place = Home(root, "x")
    assert place.socket.parent != root
    place.socket.parent.symlink_to(tmp_path)
    try:
        with pytest.raises(PermissionError, match="symbolic link"):
            place.make()
    finally:
        place.socket.parent.unlink()


@pytest.mark.long
def test_verbs_refuse_a_state_directory_that_is_not_theirs(hub: Stage) -> None:
    if os.getuid() != 0:
        pytest.skip("to make another user's folder needs root")
    import tempfile

    root = Path(tempfile.mkdtemp())
    os.chown(root, 65_534, 65_534)
    done = subprocess.run(
        [*ORCH, "ls"],
        env={**os.environ, "ORCH_HOME": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    root.rmdir()
    assert done.returncode
    assert "belongs to another user" in done.stderr


# --- authority in a shared store ----------------------------------------------------------------------


MESSAGE = Message("m1", "human", ("c1",), Kind.NOTE, "Go on.", 1.0, "m1", authority=Authority.HUMAN)
SEAL = Signature(b"k" * 32, "orch")


def test_a_message_that_a_hub_with_the_key_has_sent_keeps_its_authority() -> None:
    assert SEAL.opened(SEAL.sealed(MESSAGE), box="c1", name="m1") == MESSAGE


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "m2"}, {"sender": "c9"}, {"to": ("c2",)}, {"kind": Kind.TASK}, {"body": "Stop."}, {"at": 2.0},
        {"thread": "m0"}, {"subject": "x"}, {"refs": (Ref("file", "a"),)}, {"reply_to": "m0"},
        {"urgent": True}, {"authority": Authority.ORCH}, {"idem": "x"}, {"expires_at": 9.0}, {"hops": 1},
        {"gather": "f1"}, {"proof": ""}, {"proof": "0" * 64}, {"proof": "é"},
    ],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_a_message_that_was_changed_in_the_store_speaks_for_nobody(changed: dict[str, Any]) -> None:
    forged = replace(SEAL.sealed(MESSAGE), **changed)
    assert SEAL.opened(forged).authority is Authority.UNPROVEN


def test_a_message_is_not_taken_for_another_or_in_a_box_that_it_was_not_sent_to() -> None:
    sealed = SEAL.sealed(MESSAGE)
    assert SEAL.opened(sealed, name="m2").authority is Authority.UNPROVEN
    assert SEAL.opened(sealed, box="c2").authority is Authority.UNPROVEN
    assert Signature(b"k" * 32, "other").opened(sealed).authority is Authority.UNPROVEN
    assert Signature(b"j" * 32, "orch").opened(sealed).authority is Authority.UNPROVEN


def test_a_session_is_shown_that_a_message_is_unproven() -> None:
    leased = Leased(replace(MESSAGE, authority=Authority.UNPROVEN), 1, 2.0, 1)
    said = shown(leased, "b")
    assert "authority: unproven" in said
    assert "authority: human" not in said


def test_the_mails_key_is_the_owners_alone_and_is_set_from_another_hub(home: Home) -> None:
    home.make()
    first = mail_key(home)
    assert mail_key(home) == first
    assert stat.S_IMODE(home.mail_key.stat().st_mode) == 0o600
    for bad in ("", "x" * 64, "ab", first.upper() if first.upper() != first else "z"):
        with pytest.raises(NoKeyError):
            set_mail_key(home, bad)
    assert mail_key(home) == first
    set_mail_key(home, "a" * 64)
    assert mail_key(home) == "a" * 64
    home.mail_key.write_text("half")
    with pytest.raises(NoKeyError, match="orch mail key --set"):
        mail_key(home)
