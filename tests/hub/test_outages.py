"""What holds when the hub, tmux or a session goes away."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.client import Board, CardChanged, Failed, HubAway, Refused, Update
from tests.hub.stage import Stage, files, runs
from tests.poll import PATIENCE, poll

pytestmark = pytest.mark.slow


def test_sessions_outlive_a_killed_hub_and_its_window_starts_it_again_on_the_same_port(stage: Stage) -> None:
    stage.start()
    stage.new("Busy", "demo: await; say Done while you were away.")
    stage.new("Asks", 'demo: permission "rm -r build"; say Removed.')
    stage.new("Idle", "demo: say Nothing.")
    before = [stage.until("c1", "working"), stage.until("c2", "permission"), stage.until("c3", "idle")]
    hub = stage.client.hub()
    os.kill(hub.pid, signal.SIGKILL)
    poll(lambda: not runs(hub.pid), "the hub's end")
    assert before[0].pid
    os.kill(before[0].pid, signal.SIGUSR1)  # its turn ends with nobody to tell
    again = poll(lambda: not stage.away() and stage.client.hub(), "the hub's return")
    assert (again.port, again.pid != hub.pid) == (hub.port, True)
    after = [stage.until("c1", "idle"), stage.until("c2", "permission"), stage.until("c3", "idle")]
    assert [card.pid for card in after] == [card.pid for card in before]
    assert after[0].reason == "Done while you were away."
    assert after[1].reason == "Bash: rm -r build"


@pytest.mark.long
def test_a_session_that_died_while_the_hub_was_away_is_known_to_be_dead(stage: Stage) -> None:
    stage.start()
    stage.new("Dies", "demo: await")
    working = stage.until("c1", "working")
    stage.client.stop_hub()
    poll(stage.away, "the hub's end")
    assert working.pid
    os.kill(working.pid, signal.SIGKILL)
    stage.start()
    assert stage.until("c1", "exited", column="blocked").reason.startswith("killed by signal 9")


def test_a_hub_that_keeps_dying_stops_trying_and_says_why(stage: Stage) -> None:
    stage.home.make()
    stage.home.journal.mkdir()  # nothing that could ever be opened
    with pytest.raises(Failed, match=r"cannot use .* as a journal"):
        stage.start()
    assert stage.home.last_words.exists()


def test_a_port_that_is_taken_is_said_with_who_holds_it(stage: Stage) -> None:
    stage.home.make()
    with socket.create_server(("127.0.0.1", 0)) as other:
        stage.home.port.write_text(str(other.getsockname()[1]))
        with pytest.raises(Failed, match=rf"of the hub is in use by .*process {os.getpid()}\)"):
            stage.start()


@pytest.mark.long
def test_there_is_one_hub_for_each_state_directory(stage: Stage) -> None:
    stage.start()
    first = stage.pid()
    second = subprocess.run([sys.executable, "-m", "orchestrator.hub"], check=False, timeout=PATIENCE)
    assert second.returncode == 0
    stage.start()
    assert stage.pid() == first


def test_another_state_directory_can_not_take_over_a_tmux_socket(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.start()
    monkeypatch.setenv("ORCH_HOME", f"{stage.home.root}/other")
    with pytest.raises(Failed, match=r"already contains the hub of.*ORCH_TMUX_SOCKET"):
        stage.start()


@pytest.mark.long
def test_a_hub_has_the_settings_of_who_starts_it_and_not_of_who_started_tmux(stage: Stage) -> None:
    stage.set("ORCH_MAX_SESSIONS", "7")
    stage.start()
    stage.new("Keeps tmux", "demo: await")
    stage.until("c1", "working")
    assert stage.client.hub().max_sessions == 7
    stage.client.stop_hub()
    poll(stage.away, "the hub's end")
    stage.set("ORCH_MAX_SESSIONS", "9")
    stage.start()
    assert stage.client.hub().max_sessions == 9


@pytest.mark.long
def test_stopping_the_hub_leaves_sessions_running_and_no_window_of_its_own(stage: Stage) -> None:
    stage.start()
    stage.new("Goes on", "demo: await")
    working = stage.until("c1", "working")
    stage.client.stop_hub()
    poll(stage.away, "the hub's end")
    windows = ["tmux", "-L", stage.home.tmux_socket, "list-windows", "-a", "-F", "#{window_name}"]
    poll(
        lambda: subprocess.run(windows, capture_output=True, text=True, check=False).stdout == "c1-goes-on\n",
        "it",
    )
    assert working.pid
    assert runs(working.pid)


@pytest.mark.long
def test_when_the_tmux_server_is_gone_every_session_is_lost_and_can_be_resumed(stage: Stage) -> None:
    stage.start()
    stage.new("Lost", "demo: say Done.")
    before = stage.until("c1", "idle")
    hub = stage.pid()
    subprocess.run(["tmux", "-L", stage.home.tmux_socket, "kill-server"], check=True, timeout=PATIENCE)
    poll(lambda: not runs(hub), "the hub's end")
    stage.start()
    lost = stage.until("c1", "lost", column="blocked")
    assert "resume" in lost.reason
    stage.client.resume("c1")
    assert stage.until("c1", "idle").session_id == before.session_id


@pytest.mark.long
def test_a_lost_card_never_reaches_into_the_window_that_has_its_old_id_on_a_new_server(stage: Stage) -> None:
    stage.start()
    stage.new("Resumed", "demo: say Done.")
    stage.new("Removed", "demo: say Done.")
    stage.until("c1", "idle")
    stage.until("c2", "idle")
    hub = stage.pid()
    subprocess.run(["tmux", "-L", stage.home.tmux_socket, "kill-server"], check=True, timeout=PATIENCE)
    poll(lambda: not runs(hub), "the hub's end")
    stage.start()
    stage.until("c1", "lost", window=None)
    stage.until("c2", "lost", window=None)
    others = [stage.new("Other", "demo: await"), stage.new("Another", "demo: await")]
    working = [stage.until(card.id, "working") for card in others]
    assert {card.window for card in working} == {"@1", "@2"}, "the ids that the lost cards had"
    with pytest.raises(Refused, match="has no window"):
        stage.client.preview("c1")
    with pytest.raises(Refused, match="has no window"):
        stage.client.attach("c1")
    stage.client.resume("c1")
    stage.until("c1", "idle")
    stage.client.remove("c2", rescue=True)
    assert [stage.card(card.id).pid for card in others] == [card.pid for card in working]
    assert all(runs(card.pid or 0) for card in working)


@pytest.mark.long
def test_slow_set_ups_keep_nobody_waiting_and_are_begun_anew_when_the_hub_was_stopped(stage: Stage) -> None:
    marks = stage.home.root / "marks"
    marks.mkdir()
    stage.set("ORCH_WORKTREE__SETUP", f'touch "{marks}/$$"; while ! test -e "{marks}/go"; do sleep 0.1; done')
    stage.start()
    count = (os.cpu_count() or 1) + 6  # more than Python's own threads for a loop
    for number in range(count):
        stage.new(f"Slow {number}", "demo: say Done.")
    poll(lambda: len(files(marks)) == count, "all set-ups to run at the same time")
    stage.client.show("c1")
    hub = stage.pid()
    stage.client.stop_hub()
    poll(lambda: not runs(hub), "the hub's end, though set-ups ran")
    assert not any(runs(int(name)) for name in files(marks))
    (marks / "go").touch()
    stage.start()
    stage.until("c1", "idle", reason="Done.")


@pytest.mark.long
def test_a_tmux_that_does_not_answer_makes_states_unknown_and_never_dead(stage: Stage) -> None:
    stage.set("ORCH_HUB__SWEEP_EVERY", "1s")
    stage.start()
    stage.new("Steady", "demo: await")
    stage.until("c1", "working")
    show = ["tmux", "-L", stage.home.tmux_socket, "display-message", "-p", "#{pid}"]
    server = int(subprocess.run(show, capture_output=True, text=True, check=True).stdout)
    os.kill(server, signal.SIGSTOP)
    try:
        card = poll(
            lambda: card if (card := stage.card("c1")).unknown_since else None, "the age of what is shown"
        )
        assert card.state == "working"
        assert "tmux does not respond" in stage.client.hub().trouble
    finally:
        os.kill(server, signal.SIGCONT)
    poll(lambda: stage.card("c1").unknown_since is None, "tmux's return")
    assert stage.client.hub().trouble == ""


@pytest.mark.long
def test_two_clients_see_the_same_board_change_as_it_happens(stage: Stage) -> None:
    stage.start()
    seen: tuple[list[Update], list[Update]] = ([], [])
    watchers = [threading.Thread(target=_watch_into, args=(stage, each), daemon=True) for each in seen]
    for watcher in watchers:
        watcher.start()
    poll(lambda: all(seen), "both boards")
    stage.new("Shown", "demo: say Done.")
    stage.until("c1", "idle")
    poll(lambda: [_last_state(each) for each in seen] == ["idle", "idle"], "both to see it")
    stage.client.stop_hub()
    for watcher in watchers:
        watcher.join(PATIENCE)
        assert not watcher.is_alive(), "a stream ends with its hub"
    assert all(isinstance(each[0], Board) for each in seen)


def _watch_into(stage: Stage, into: list[Update]) -> None:
    with suppress(HubAway):
        for update in stage.client.watch():
            into += [update]


def _last_state(updates: list[Update]) -> str:
    cards = [update.card.state for update in updates if isinstance(update, CardChanged)]
    return cards[-1] if cards else ""


def test_reports_without_a_valid_token_or_under_another_host_name_are_turned_away(stage: Stage) -> None:
    stage.start()
    port = stage.client.hub().port

    def post(host: str, token: str, body: bytes = b"{}") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("POST", "/hooks", body, {"Host": host, "Authorization": f"Bearer {token}"})
        status = connection.getresponse().status
        connection.close()
        return status

    good = stage.token("c1", 1)
    assert post(f"127.0.0.1:{port}", "") == 401
    assert post(f"127.0.0.1:{port}", "c1.1.abc") == 401
    assert post(f"evil.example:{port}", good) == 421
    for nonsense in (b"no json", b"[]", b"null", b"[" * 100_000, b'{"hook_event_name": 5}'):
        assert post(f"127.0.0.1:{port}", good, nonsense) == 200, "a session's user is not bothered"
    assert post(f"127.0.0.1:{port}", good, json.dumps({"hook_event_name": "Stop"}).encode()) == 200


def test_only_the_owner_can_read_what_the_hub_writes_and_no_token_is_in_it(stage: Stage) -> None:
    stage.start()
    stage.new("Private", "demo: say Done.")
    card = stage.until("c1", "idle")
    stage.client.show("c1")
    assert stage.home.root.stat().st_mode & 0o777 == 0o700
    token = next(
        line.partition("=")[2].strip("'\n")
        for line in (stage.home.launches / "c1/launch.sh").read_text().splitlines()
        if line.startswith("export ORCH_TOKEN=")
    )
    readable = [path for path in stage.home.root.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert [path for path in readable if "agent" not in path.parts] == []
    for path in (stage.home.log, stage.home.journal, stage.home.journal.with_name("journal.db-wal")):
        assert token.encode() not in path.read_bytes()
    assert card.pid
    assert token.encode() not in Path(f"/proc/{card.pid}/cmdline").read_bytes()
