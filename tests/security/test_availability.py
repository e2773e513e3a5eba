"""Another local user, and plain bad luck, can't stop the hub."""

import fcntl
import logging
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.client import HubAway, OrchError, Refused
from orchestrator.core.board.new_card import MOST_WANTED
from orchestrator.core.commands import Decision, NewCard, Rejected
from orchestrator.core.decide import decide
from orchestrator.core.evolve import evolve
from orchestrator.core.model import State
from orchestrator.core.worktrees.repo import RepoFacts
from orchestrator.hub.guard.connections import MOST, WITHIN, Connection, UnknownConnections
from orchestrator.hub.guard.lock import LockLostError, take
from orchestrator.hub.guard.log import OnceAMinute
from orchestrator.paths import Home
from tests.calls import Client
from tests.hub.stage import Stage
from tests.poll import PATIENCE, poll
from tests.security.served import NOBODY, PYTHON, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hub() -> Iterator[Stage]:
    with serving({}) as stage:
        stage.new("A card", "demo: say Done.")
        stage.until("c1", "idle")
        yield stage


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 5000:
        pytest.skip("this machine allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (5000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connected(port: int, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.sendall(sent)
    return connection


def closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1000) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


# --- the port --------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize(
    "sent",
    [b"", b"POST /hooks HTTP/1.1\r\nHost: 127", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01"],
    ids=["nothing", "half a request", "a request without a token", "no http"],
)
@pytest.mark.usefixtures("many_files")
def test_1500_connections_without_a_token_hold_up_neither_hooks_nor_verbs(hub: Stage, sent: bytes) -> None:
    port = hub.client.hub().port
    strangers = [connected(port, sent) for _ in range(1500)]
    try:
        assert hub.client.cards()
        assert hub.report("c1", 1, {"hook_event_name": "Notification", "message": "x"}) is not None
        poll(lambda: sum(map(closed, strangers)) >= 1500 - MOST, "most of them to be closed")
        assert hub.client.cards()
    finally:
        for each in strangers:
            each.close()


def test_another_user_can_not_hold_up_the_hub(hub: Stage) -> None:
    if os.getuid() != 0:
        pytest.skip("to act as another user needs root")
    script = f"""
import resource, socket, sys
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (min(3000, hard), hard))
held = []
for _ in range(min(1500, hard - 50)):
    held.append(socket.create_connection(("127.0.0.1", {hub.client.hub().port})))
    held[-1].send(b"POST /mcp HTTP/1.1\\r\\n")
print("held", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [PYTHON, "-I", "-c", script],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout
        if other.stdout.readline() != "held\n":
            pytest.skip("another user can't run this Python")
        assert hub.client.cards()
        assert hub.report("c1", 1, {"hook_event_name": "Notification", "message": "x"}) is not None
        other.communicate("")


@pytest.mark.long
def test_a_held_hook_with_a_token_outlives_a_flood(hub: Stage) -> None:
    hub.new("Asks", 'demo: permission "ls"; say Done.')
    hub.until("c2", "permission")
    (need,) = [each for each in hub.client.needs() if each.card == "c2"]
    strangers = [connected(hub.client.hub().port) for _ in range(MOST + 200)]
    poll(lambda: all(map(closed, strangers)), "all of them to be closed in their time")
    hub.client.answer(need.id, "allow")
    hub.until("c2", "idle")
    for each in strangers:
        each.close()


def test_half_sent_requests_hold_up_the_owners_socket_as_little(hub: Stage) -> None:
    held = []
    for _ in range(MOST + 100):
        each = socket.socket(socket.AF_UNIX)
        each.connect(str(hub.home.socket))
        each.sendall(b"GET /hub HTTP/1.1\r\n")
        held.append(each)
    assert hub.client.cards()
    poll(lambda: sum(map(closed, held)) >= 100, "some of them to be closed")
    for each in held:
        each.close()


def test_the_hub_may_open_as_many_files_as_the_system_lets_it(hub: Stage) -> None:
    lines = Path(f"/proc/{hub.pid()}/limits").read_text().splitlines()
    limits = {line[:26].strip(): line[26:].split() for line in lines}
    soft, hard, _ = limits["Max open files"]
    assert int(soft) == min(65_536, int(hard))


class Transport:
    def __init__(self) -> None:
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


def stranger(strangers: UnknownConnections) -> Connection:
    made = Connection.__new__(Connection)
    made.transport = Transport()  # type: ignore[assignment]
    made.strangers = strangers
    strangers.add(made)
    return made


def gone(connection: Connection) -> bool:
    return connection.transport.aborted  # type: ignore[attr-defined, no-any-return]


def test_who_has_not_said_who_it_is_has_ten_seconds() -> None:
    now = [0.0]
    strangers = UnknownConnections(lambda: now[0])
    quiet, honest = stranger(strangers), stranger(strangers)
    now[0] = 1.0
    honest.known()
    now[0] = WITHIN - 0.1
    assert strangers.sweep() == 0
    now[0] = WITHIN
    assert strangers.sweep() == 1
    assert gone(quiet)
    now[0] = 1e6
    assert strangers.sweep() == 0
    assert not gone(honest)


def test_of_too_many_the_oldest_go_and_each_has_had_time_to_speak() -> None:
    now = [0.0]
    strangers = UnknownConnections(lambda: now[0])
    first = [stranger(strangers) for _ in range(MOST)]
    now[0] = 1.0
    later = [stranger(strangers) for _ in range(10)]
    assert strangers.sweep() == 10
    assert [gone(each) for each in first].count(True) == 10
    assert all(map(gone, first[:10]))
    assert not any(map(gone, later))


def test_a_line_that_anybody_can_cause_is_written_once_a_minute() -> None:
    now = [0.0]
    only = OnceAMinute(lambda: now[0])

    def passes(name: str, level: int, text: str) -> str:
        record = logging.LogRecord(name, level, "", 0, text, None, None)
        return record.getMessage() if only.filter(record) else ""

    assert passes("uvicorn.error", logging.WARNING, "Invalid HTTP request received.")
    assert not any(
        passes("uvicorn.error", logging.WARNING, "Invalid HTTP request received.") for _ in range(99)
    )
    assert passes("asyncio", logging.ERROR, "socket.accept() out of system resource")
    assert passes("orchestrator.hub.effects", logging.WARNING, "a") == passes(
        "orchestrator.hub.effects", logging.WARNING, "a"
    )
    now[0] = 60.0
    assert "99 more" in passes("uvicorn.error", logging.WARNING, "Invalid HTTP request received.")


# --- its place --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["removed", "a file", "a link", "another socket"])
def test_a_socket_that_was_taken_away_is_opened_again(hub: Stage, how: str) -> None:
    pid = hub.pid()
    hub.home.socket.unlink()
    other = socket.socket(socket.AF_UNIX)
    if how == "a file":
        hub.home.socket.write_text("x")
    elif how == "a link":
        hub.home.socket.symlink_to("/dev/null")
    elif how == "another socket":
        other.bind(str(hub.home.socket))
    poll(lambda: not hub.away(), "the hub to be reached again")
    assert hub.pid() == pid
    assert hub.home.socket.stat().st_mode & 0o777 == 0o600
    other.close()


@pytest.mark.long
def test_a_removed_lock_file_is_put_back_and_no_second_hub_comes_in(hub: Stage) -> None:
    hub.home.lock.unlink()
    second = subprocess.run(
        [sys.executable, "-m", "orchestrator.hub", "--headless"],
        stdin=subprocess.PIPE,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    assert second.returncode == 4
    poll(lambda: hub.home.lock.exists() and hub.home.holder() == hub.pid(), "the lock file to be back")


def test_a_socket_that_is_gone_is_told_with_the_process_that_holds_the_lock(home: Home) -> None:
    home.make()
    with home.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711\n")
        lock.flush()
        with pytest.raises(HubAway, match="process 4711 holds the lock, its socket is gone"):
            Client(home).hub()
        home.socket.touch()
        with pytest.raises(HubAway, match="process 4711 holds the lock, it does not respond"):
            Client(home).hub()
    with pytest.raises(HubAway, match="the hub is not running"):
        Client(home).hub()


def test_who_only_looks_for_the_holder_keeps_no_hub_out(home: Home) -> None:
    home.make()
    home.lock.touch()
    with home.lock.open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        assert take(home) is None
    lock = take(home)
    assert lock
    lock.release()


def test_a_hub_whose_lock_another_process_has_gives_way(home: Home) -> None:
    home.make()
    lock = take(home)
    assert lock
    lock.keep()
    home.lock.unlink()
    with home.lock.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(LockLostError):
            lock.keep()
    lock.release()


# --- the disk, and what sessions ask for -------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("ends", [["-wal"], ["-shm"], ["-wal", "-shm"]])
def test_what_is_acknowledged_after_the_log_was_removed_is_there_after_a_kill(
    hub: Stage, ends: list[str]
) -> None:
    for name in (hub.home.journal, hub.home.root / "mail.db"):
        for end in ends:
            name.with_name(name.name + end).unlink(missing_ok=True)
    made = hub.new("After", backlog=True)
    sent = hub.client.mail_send(("a-card",), "Kept?").id
    before = hub.pid()
    os.kill(before, 9)
    poll(lambda: not hub.away() and hub.pid() != before, "the hub to be started again")
    assert hub.card(made.id).title == "After"
    assert poll(lambda: hub.client.mail_message(sent), "the message").body == "Kept?"


def test_a_database_that_was_moved_away_is_told_and_nothing_is_acknowledged(hub: Stage) -> None:
    away = hub.home.root / "away.db"
    hub.home.journal.rename(away)
    try:
        with pytest.raises(OrchError, match="moved, removed or replaced"):
            hub.new("Lost", backlog=True)
        assert hub.client.cards(), "reads go on"
        with pytest.raises(Refused, match="nothing was changed, because it cannot be saved"):
            hub.new("Refused", backlog=True)
        assert "moved, removed or replaced" in hub.client.hub().trouble
    finally:
        away.rename(hub.home.journal)
    poll(lambda: not hub.client.hub().trouble, "the hub to go on by itself")
    assert [card.title for card in hub.client.cards()].count("Refused") == 0
    assert hub.new("Kept", backlog=True).title == "Kept"


def test_a_session_has_ten_open_requests_for_cards_at_most() -> None:
    repo = RepoFacts("/r", "main", "main", frozenset(), ())
    state = State()

    def ask(lead: str, wanted: bool) -> Decision:
        command = NewCard(
            title="A card", prompt="", repo=repo, base="", branch="", name="", model="", permission_mode="",
            backlog=False, folder="{parent}/{repo}-orch/{slug}", branch_template="orch/{slug}", home="/h",
            labels=(), session_id="s", lead=lead, wanted=wanted,
        )  # fmt: skip
        return decide(state, command, 1.0)

    for _ in range(MOST_WANTED):
        events = ask("lead", True)
        assert isinstance(events, tuple)
        for event in events:
            state = evolve(state, event)
    refused = ask("lead", True)
    assert isinstance(refused, Rejected)
    assert "10 cards that you requested are waiting for the human" in refused.what
    assert isinstance(ask("other", True), tuple)
    assert isinstance(ask("", False), tuple)
