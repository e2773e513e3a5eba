"""The user's command, and apprise: what arrives, and what of a failure is told."""

import logging
import shlex
import sys
from pathlib import Path

import pytest

from orchestrator.world.notifications import apprise, command
from tests.world.notifications.endpoint import endpoint

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise imports it
TOKEN = "tk_4711secret"


def test_apprise_delivers_and_its_token_appears_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with endpoint() as service:
        service.status = 200
        url = f"{service.url.replace('http', 'json')}/{TOKEN}"
        assert apprise.trouble(url) == ""
        assert apprise.send(url, "orch", "2 wait for you", 5.0).state == "sent"
        [(path, _, body)] = service.got
        assert path == f"/{TOKEN}"
        assert b"2 wait for you" in body
        service.status = 500
        failed = apprise.send(url, "orch", "2 wait for you", 5.0)
    gone = apprise.send(url, "orch", "2 wait for you", 5.0)
    assert (failed.state, failed.again, gone.state) == ("failed", True, "failed")
    said = " ".join(
        [
            failed.why,
            gone.why,
            *(each.getMessage() for each in caplog.records if each.name != "urllib3.connectionpool"),
        ]
    )
    assert TOKEN not in said
    assert failed.why == "json did not accept the message"


def test_a_url_that_apprise_does_not_know_is_told_without_it() -> None:
    for url in (f"nosuch://host/{TOKEN}", "tgram://x"):
        why = apprise.trouble(url)
        assert why.startswith("apprise does not understand this ")
        assert apprise.send(url, "a", "b", 1.0).why == why
        assert TOKEN not in why


def test_without_apprise_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apprise, "find_spec", lambda _: None)
    assert apprise.send("ntfy://x", "a", "b", 1.0).why == apprise.MISSING


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("import sys; sys.exit('no\\nPASSWORD=hunter2 failed')", "exited with 1: PASSWORD=… failed"),
        ("import time; time.sleep(60)", "took longer than 1 s"),
        ("", ""),
    ],
)
def test_a_command_that_fails_says_why(script: str, why: str) -> None:
    outcome = command.run([sys.executable, "-S", "-c", script], {"kind": "test"}, 1.0 if why else 20.0)
    assert (outcome.state, outcome.why, outcome.again) == ("failed" if why else "sent", why, False)


def test_the_command_gets_one_line_of_json(tmp_path: Path) -> None:
    file = tmp_path / "got"
    assert (
        command.run(["sh", "-c", f"cat > {shlex.quote(str(file))}"], {"kind": "a\nb"}, 20.0).state == "sent"
    )
    assert file.read_text() == '{"kind": "a\\nb"}\n'
    assert command.run([str(tmp_path / "none")], {}, 20.0).why.startswith("cannot be run: No such file")
