"""Only a person decides: what comes from a session is told, refused, and written down as the session's."""

import os
import subprocess
from dataclasses import replace

import pytest

from orchestrator.agents.claude_code.permission_modes import wider
from orchestrator.core.requests.every import EVERY
from orchestrator.core.requests.request import act_of
from orchestrator.core.sessions.lineage import KnownProcesses, ProcessFacts, marked, origin_of
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.trust.speaker import GRANTABLE, refused
from orchestrator.world import machine, processes
from tests.hub.stage import Stage
from tests.poll import PATIENCE, poll
from tests.security.shell import Asked, Shell, answers

pytestmark = pytest.mark.slow


ACTS: Asked = [
    ("POST", "/requests/answer", {"need": "c1.abc", "verdict": "allow"}),
    ("POST", "/requests/gate.approve", {"gate": "g1", "who": "ada"}),
    ("POST", "/requests/gate.deny", {"gate": "g1", "who": "ada", "note": "no"}),
    ("POST", "/requests/run", {"file": "x.yml", "repo": "/"}),
    ("POST", "/requests/run.skip", {"run": "r1", "stage": "a"}),
    ("POST", "/requests/run.retry", {"run": "r1", "stage": "a"}),
    ("POST", "/requests/run.done", {"run": "r1", "stage": "a", "outcome": "done", "who": "ada"}),
    ("POST", "/requests/start", {"card": "c1"}),
    ("POST", "/requests/send", {"card": "c1", "text": "hello"}),
    ("POST", "/requests/finish", {"card": "c1", "how": "discard", "rescue": True}),
    ("POST", "/requests/rm", {"card": "c1", "rescue": True}),
    ("POST", "/requests/nudge", {"card": "c1", "how": "restart"}),
    ("POST", "/requests/attach", {"card": "c1"}),
    ("POST", "/requests/mail.send", {"to": ["c1"], "body": "I am the human."}),
    ("POST", "/requests/mail.read", {"message": "m1"}),
    ("POST", "/requests/mail.unpause", {"a": "a", "b": "b"}),
    ("POST", "/requests/team", {"text": "", "repo": "/"}),
    ("POST", "/requests/hub.stop", {}),
    ("POST", "/requests/trust.allow", {"repo": "/"}),
    ("DELETE", "/rules/1", {}),
    ("PUT", "/settings", {"max_sessions": 1}),
    ("POST", "/requests/rules.add", {}),
    ("POST", "/requests/preview", {"card": "c1"}),
    ("POST", "/requests/mail.messages", {}),
    ("POST", "/requests/mail.export", {}),
]
"""Acts of a person, with some that the hub does not know."""
ONE: Asked = [("POST", "/requests/gate.approve", {"gate": "g1", "who": "ada"})]
READS: Asked = [
    ("POST", f"/requests/{verb}", {"card": "c1"} if verb == "show" else {})
    for verb in ("board", "hub", "show", "gate.list", "run.list", "mail")
]

WAYS = {
    "as it is": "{}",
    "with an empty environment": "env -i {}",
    "in the background, deaf to the end of its terminal": "nohup {} > /dev/null 2>&1 &",
    "as a daemon": "setsid -f {}",
    "as a daemon with an empty environment": "env -i setsid -f {}",
    "as a grandchild whose parents have ended": "(env -i setsid sh -c 'sleep 0.3; {}' > /dev/null 2>&1 & ) &",
    "in the name of another card": "ORCH_CARD=c9 {}",
    "with a token that was made up": "ORCH_TOKEN=c9.1.abc ORCH_CARD=c9 {}",
}


def refusal(answer: tuple[int, str], *words: str, path: str = "") -> str:
    """The text of a refusal in which these words stand."""
    status, text = answer
    assert status == 409, (path, text)
    for each in words:
        assert each in text, (path, text)
    return text


def test_a_session_does_nothing_that_is_a_persons(stage: Stage, shell: Shell) -> None:
    said = shell.ask("{}", ACTS)
    for (_, path, _), answer in zip(ACTS, said, strict=True):
        text = refusal(answer, "is for people only", "session c1", path=path)
        assert any(word in text for word in ("mail_send", "stage_done", "card_new", "card_status")), text
    assert stage.card("c1").pane, "it was neither removed nor ended"
    told = "\n".join(each.said for each in stage.client.show("c1").history)
    assert "from session c1: orch gate approve g1: refused" in told
    assert "from session c1: orch answer c1.abc: refused" in told


@pytest.mark.sample(2)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_session_is_told_whatever_it_does_to_its_process(shell: Shell, way: str) -> None:
    [answer] = shell.ask(way, ONE)
    refusal(answer, "session c1")


def test_a_session_may_read_the_board(shell: Shell) -> None:
    assert [status for status, _ in shell.ask("env -i {}", READS)] == [200] * len(READS)


def test_a_pane_that_was_split_off_a_sessions_window_is_the_sessions(stage: Stage, shell: Shell) -> None:
    line, out = shell.client(ONE)
    pane = stage.card("c1").pane
    assert pane
    tmux = ["tmux", "-L", stage.home.tmux_socket, "split-window", "-d", "-t", pane]
    subprocess.run([*tmux, f"env -i {line}"], check=True, timeout=PATIENCE)
    [answer] = answers(out)
    refusal(answer, "session c1")


def test_a_window_of_the_sessions_server_is_no_persons(stage: Stage, shell: Shell) -> None:
    line, out = shell.client(ONE)
    tmux = ["tmux", "-L", stage.home.tmux_socket, "new-window", "-d", "-t", "=orch:"]
    subprocess.run([*tmux, f"env -i {line}"], check=True, timeout=PATIENCE)
    [(status, text)] = answers(out)
    assert (status == 409 and "processes started by orch" in text) or "orch's" in text, text


def test_a_connection_whose_process_has_ended_is_no_persons(stage: Stage, shell: Shell) -> None:
    handed_on = (
        "import os, socket, sys, time\n"
        "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
        "parent = os.getpid()\n"
        "if os.fork(): os._exit(0)\n"
        "while os.getppid() == parent: time.sleep(0.01)\n"
        "s.sendall(b'POST /requests/hub.stop HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n'"
        "          b'Content-Length: 2\\r\\n\\r\\n{}')\n"
        "open(sys.argv[2] + '.new', 'wb').write(s.makefile('rb').read())\n"
        "os.rename(sys.argv[2] + '.new', sys.argv[2])\n"
    )
    out = shell.folder / "handed-on"
    argv = [shell.python, "-IS", "-c", handed_on, str(stage.home.socket), str(out)]
    # from outside of any session: nothing but its end speaks against it
    subprocess.run(argv, check=True, timeout=PATIENCE)
    poll(out.exists, "the answer")
    assert b"409" in out.read_bytes()
    assert b"ended before it could be identified" in out.read_bytes()
    assert stage.pid(), "the hub goes on"


@pytest.mark.long
def test_a_person_is_never_taken_for_a_session(stage: Stage, shell: Shell) -> None:
    """Also in a worktree, without a terminal, as a daemon, in a tmux of their own."""
    worktree = stage.card("c1").worktree
    for way in ("{}", "setsid -f {}", "nohup {} >/dev/null 2>&1 &", "env -i {}"):
        line, out = shell.client([("POST", "/requests/speaker", {}), *ONE])
        subprocess.run(["sh", "-c", way.replace("{}", line)], cwd=worktree, check=True, timeout=PATIENCE)
        (_, who), (status, text) = answers(out)
        assert '"origin":""' in who, (way, who)
        assert status == 404, (way, text)


def test_what_a_session_was_let_do_is_kept_as_the_sessions(stage: Stage, shell: Shell) -> None:
    wish = {"title": "By a session", "repo": str(stage.repo), "backlog": True}
    wider_: Asked = [
        ("POST", "/requests/new", {**wish, "permission_mode": "bypassPermissions"}),
        ("POST", "/requests/new", {**wish, "permission_mode": "acceptEdits"}),
    ]
    for answer in shell.ask("env -i {}", wider_):
        refusal(answer, "wider than its own")
    [answer] = shell.ask("env -i {}", [("POST", "/requests/new", {**wish, "agent": "other"})])
    refusal(answer, "cannot start a session of the agent other")
    [(status, text)] = shell.ask("env -i {}", [("POST", "/requests/new", wish)])
    assert status == 200, text
    told = "\n".join(each.said for each in stage.client.show("c1").history)
    assert "from session c1: orch new By a session" in told


@pytest.mark.long
def test_a_session_neither_writes_the_configuration_nor_starts_a_hub(stage: Stage, shell: Shell) -> None:
    code, said = shell.orch("config init")
    assert code
    assert "is for people only" in said, said
    code, said = shell.orch("gate approve g1 --as ada --yes")
    assert code
    assert "is for people only" in said, said
    assert "stage_done" in said, said
    stage.client.stop_hub()
    poll(stage.away, "the hub's end")
    code, said = shell.orch("hub start")
    assert code
    assert "a session cannot start the hub" in said, said
    code, said = shell.orch("ls")
    assert code
    assert "a session cannot start the hub" in said, said
    assert stage.away()
    stage.start()
    [answer] = shell.ask("env -i setsid -f {}", ONE)
    refusal(answer, "session c1")


# --- the rules behind it

FREE = {
    "board", "show", "view", "hub", "settings", "speaker", "kept", "queue.show", "grants", "stats",
    "rules.test", "workflow.list", "run.list", "run.show", "gate.list", "gate.show", "mail", "mail.flow",
    "rescue.list", "rescue.show", "rescue.patch", "trust.show", "trust.list", "windows",
    "diff", "diff.patch", "diff.export", "landing", "landing.wait", "overlaps",
    "forge.list", "status",
}  # fmt: skip
"""What anybody on this account may read."""


def test_what_a_session_may_read_is_named_one_by_one() -> None:
    """A read that is added is looked at here: what shows a pane or a message is a person's."""
    free = {kind.verb for kind in EVERY.values() if not act_of(kind)}
    assert free == FREE
    reads = {act_of(kind) for kind in EVERY.values() if kind.reads and act_of(kind)}
    assert reads - {*GRANTABLE} == {"board.activity", "phone", "phone.devices"}, "for people alone"


def test_every_request_that_changes_something_is_an_act() -> None:
    changing = [kind for kind in EVERY.values() if not kind.reads]
    assert len(changing) > 15
    session = Speaker("ada", "session c1", "c1", "a sign")
    for kind in changing:
        act = act_of(kind)
        assert act, kind
        assert refused(session, act, ()), kind
        assert refused(Speaker("ada"), act, ()) is None, kind
        if act not in GRANTABLE:
            assert refused(session, act, (act, *GRANTABLE)), "no setting lets a session do that"


@pytest.mark.parametrize(
    "act", ["answer", "gate.approve", "gate.deny", "run.done", "mail.send", "hub.stop", "trust"]
)
def test_what_decides_for_a_person_is_given_to_no_session(act: str) -> None:
    assert refused(Speaker("ada", "session c1", "c1", "a sign"), act, (act,))


_MINE = KnownProcesses(hub=10, home="/h", servers=frozenset({20}), panes={30: "c3"}, identity=7)
_SHELL, _INIT = ProcessFacts(50, "bash"), ProcessFacts(1, "init")
_ORIGINS = {
    "a person's shell": ([_SHELL, _INIT], ""),
    "a session's own process": (
        [_SHELL, ProcessFacts(30, "claude"), ProcessFacts(20, "tmux"), _INIT],
        "session c3",
    ),
    "a window of the server": ([_SHELL, ProcessFacts(20, "tmux: server"), _INIT], "a window of orch"),
    "what the hub runs": ([_SHELL, ProcessFacts(10, "python"), _INIT], "a command run by orch"),
    "a script": (
        [replace(_SHELL, env={"ORCH_RUN": "r3", "ORCH_STAGE": "deploy"}), _INIT],
        "script r3/deploy",
    ),
    "a runner's child": (
        [_SHELL, ProcessFacts(60, "python", runner="/h/runs/x"), _INIT],
        "a process started by orch",
    ),
    "a mark of a card": ([replace(_SHELL, mark=marked(7, "c12")), _INIT], "session c12"),
    "the general mark": ([replace(_SHELL, mark=marked(7)), _INIT], "a process started by orch"),
    "a mark of another hub": ([replace(_SHELL, mark=marked(8, "c12")), _INIT], "a session of another hub"),
    "a mark that was lowered": ([replace(_SHELL, mark=5), _INIT], "a process with an altered mark"),
    "a token of another hub": (
        [_SHELL, ProcessFacts(51, "zsh", {"ORCH_TOKEN": "x", "ORCH_CARD": "c1"}), _INIT],
        "session c1",
    ),
    "an ancestor's environment": (
        [_SHELL, ProcessFacts(51, "node", {"ORCH_CARD": "c4"}), _INIT],
        "session c4",
    ),
    "the blame of another card": (
        [replace(_SHELL, env={"ORCH_CARD": "c9"}), ProcessFacts(30, "claude"), _INIT],
        "session c3",
    ),
}


@pytest.mark.parametrize(("chain", "words"), _ORIGINS.values(), ids=_ORIGINS)
def test_where_a_process_comes_from_is_told_by_what_it_inherits(
    chain: list[ProcessFacts], words: str
) -> None:
    origin = origin_of(chain, _MINE)
    assert (origin.words if origin else "") == words


def test_a_usual_limit_on_file_locks_is_no_mark() -> None:
    known = replace(_MINE, usual=100)
    assert origin_of([replace(_SHELL, mark=100)], known) is None
    assert origin_of([replace(_SHELL, mark=100)], _MINE)


def test_a_claim_alone_makes_a_session() -> None:
    assert origin_of([_SHELL], _MINE, "c5")
    said = origin_of([_SHELL], _MINE, "?")
    assert said
    assert said.words == "a session"


def test_a_process_that_is_another_by_now_has_no_lineage() -> None:
    assert machine.lineage(os.getpid(), processes.identity(os.getpid()))
    assert machine.lineage(os.getpid(), "another") == ()
    assert machine.lineage(0, "") == ()


@pytest.mark.long
@pytest.mark.parametrize(
    ("mode", "than", "is_wider"),
    [
        ("bypassPermissions", "auto", True),
        ("default", "plan", True),
        ("plan", "default", False),
        ("", "", False),
        ("", "default", True),
        ("acceptEdits", "", True),
        ("default", "", False),
        ("dontAsk", "bypassPermissions", True),
        ("dontAsk", "dontAsk", False),
    ],
)
def test_a_mode_that_is_not_known_is_the_widest(mode: str, than: str, is_wider: bool) -> None:
    assert wider(mode, than) is is_wider
