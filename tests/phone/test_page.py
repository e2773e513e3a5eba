"""The page over real HTTP: what a paired phone sees and does, and what becomes of it in the journal."""

import getpass
import http.client
import json
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from orchestrator.client import Missing, Refused
from orchestrator.core.board.views import Need
from orchestrator.core.phone.devices import PhoneView
from orchestrator.core.requests.phone import (
    ListDevices,
    PairPhone,
    RevokeDevice,
    ShowPhone,
    TurnPhoneOff,
    TurnPhoneOn,
)
from orchestrator.hub.phone.door.files import FOLDER, content_of
from tests.hub.flows import start, until
from tests.hub.stage import Stage
from tests.phone.page import Phone, code_of, ended
from tests.poll import PATIENCE, poll

_ASKS = 'demo: permission "npm test"; say Tested.'


def need(stage: Stage, card: str) -> Need:
    """The card's request, once it can be answered."""
    return poll(
        lambda: next((each for each in stage.client.needs() if each.card == card and each.answerable), None),
        "request",
    )


def history(stage: Stage, card: str) -> str:
    return "\n".join(each.said for each in stage.client.show(card).history)


def test_the_page_s_files_are_the_same_for_everybody_and_small(stranger: Phone) -> None:
    start = stranger.ask("GET", "/")
    content = re.findall(r'"/(\w{16})/main\.js"', start.body.decode())[0]
    total = 0
    for path in FOLDER.iterdir():
        loaded = path.suffix in (".js", ".css") and path.name != "sw.js"
        where = f"/{content}/{path.name}" if loaded else f"/{path.name}"
        answer = start if path.name == "index.html" else stranger.ask("GET", where)
        assert answer.status == 200
        assert (
            answer.body.replace(f"/{content}/".encode(), b"/").replace(content.encode(), b"@CONTENT@")
            == path.read_bytes()
        )
        assert ("immutable" in answer.headers["cache-control"]) is loaded
        total += len(answer.body)
    assert total < 100_000
    page = (FOLDER / "index.html").read_text()
    assert not re.search(r"<style|<script>|\bon\w+=|style=|https?://", page)
    worker = (FOLDER / "sw.js").read_text()
    for path in FOLDER.iterdir():
        assert path.name in ("index.html", "sw.js", "icon-512.png") or f'"/{path.name}"' in worker, path


def test_the_page_names_all_its_scripts_at_once_and_other_files_another_path() -> None:
    page = (FOLDER / "index.html").read_text()
    for path in FOLDER.glob("*.js"):
        assert path.name == "sw.js" or f'"/{path.name}"' in page, f"{path.name} is asked for late"
    assert content_of({"a.js": b"1"}) == content_of({"a.js": b"1"})
    assert len({content_of(each) for each in ({"a.js": b"1"}, {"a.js": b"2"}, {"b.js": b"1"})}) == 3


def test_scripts_never_parse_markup() -> None:
    for path in FOLDER.glob("*.js"):
        text = path.read_text()
        for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "srcdoc"):
            assert sink not in text, f"{path.name} has {sink}"


def test_a_phone_pairs_once_and_sees_the_board(stage: Stage, stranger: Phone) -> None:
    code = code_of(stage.client)
    paired = stranger.pair(code, "Ada's phone")
    assert paired.said["device"]["name"] == "Ada's phone"
    cookie = paired.headers["set-cookie"]
    assert {"httponly", "samesite=strict", "path=/"} <= {each.strip() for each in cookie.lower().split(";")}
    (device,) = stage.client.submit(ListDevices())
    assert (device.name, device.scopes) == ("Ada's phone", ("look", "answer", "gates", "prompts"))
    board, _ = stranger.read("board")
    assert {"hub", "cards", "needs", "runs"} <= set(board)
    again = Phone(stranger.port)
    assert again.pair(code).status == 403
    assert "already used" in again.pair(code).said["what"]


def test_a_request_is_allowed_once_and_the_journal_says_by_which_phone(stage: Stage, phone: Phone) -> None:
    card = stage.new("Test it", _ASKS).id
    asked = need(stage, card)
    detail, seen = phone.read("queue.show", need=asked.id)
    assert detail["detail"].startswith("npm test")
    answer = phone.act("answer", seen, "key-1", need=asked.id, verdict="allow")
    assert answer.status == 200, answer.body
    again = phone.act("answer", seen, "key-1", need=asked.id, verdict="allow")
    assert (again.status, again.body) == (200, answer.body), "a double tap is one answer"
    late = phone.act("answer", seen, "key-2", need=asked.id, verdict="deny")
    assert (late.status, late.said["what"]) == (409, "it has changed since you looked")
    stage.until(card, "idle", reason="Tested.")
    assert f"npm test: allow by phone:pixel ({getpass.getuser()})" in history(stage, card)


def test_taps_at_one_moment_do_it_once(stage: Stage, phone: Phone) -> None:
    card = stage.new("At once", _ASKS).id
    asked = need(stage, card)
    _, seen = phone.read("queue.show", need=asked.id)
    with ThreadPoolExecutor(6) as pool:
        same = list(
            pool.map(lambda _: phone.act("answer", seen, "k", need=asked.id, verdict="allow"), range(6))
        )
    assert {each.status for each in same} == {200}
    assert history(stage, card).count("npm test: allow by phone:pixel") == 1


def test_a_denial_reaches_the_agent_with_its_reason(stage: Stage, phone: Phone) -> None:
    card = stage.new("Deny it", _ASKS).id
    asked = need(stage, card)
    _, seen = phone.read("queue.show", need=asked.id)
    assert phone.act("answer", seen, need=asked.id, verdict="deny", message="use make check").status == 200
    poll(lambda: "use make check" in stage.client.preview(card).text, "the reason in the pane")


def test_an_act_without_what_was_seen_or_about_something_else_is_refused(stage: Stage, phone: Phone) -> None:
    one, two = stage.new("One", _ASKS).id, stage.new("Two", _ASKS).id
    first, second = need(stage, one), need(stage, two)
    _, seen = phone.read("queue.show", need=first.id)
    for wrong in (
        "",
        '"x"',
        '"need:x"',
        '"need::y"',
        f'"need:{first.id}:0000"',
        '"card:c999:12"',
        '"run:r9:1"',
    ):
        assert phone.act("answer", wrong, need=first.id, verdict="allow").status in (409, 422), wrong
    assert phone.act("answer", seen, need=second.id, verdict="allow").status == 409
    for key in ("", "x" * 300):
        body = {"need": first.id, "verdict": "allow"}
        headers = {"If-Match": seen, "Idempotency-Key": key}
        assert phone.ask("POST", "/api/requests/answer", body, headers).status == 422
    assert {need(stage, one).id, need(stage, two).id} == {first.id, second.id}
    for card in (one, two):
        stage.client.stop(card)


def test_a_prompt_is_sent_once_and_not_to_a_card_that_moved_on(stage: Stage, phone: Phone) -> None:
    card = stage.new("Talk", "demo: say Ready.").id
    stage.until(card, "idle")
    detail, seen = phone.read("show", card=card)
    sent = phone.act("send", seen, "k1", card=card, text="demo: say Second.", queue=True)
    assert sent.status == 200, sent.body
    assert phone.act("send", seen, "k1", card=card, text="demo: say Second.", queue=True).body == sent.body
    stage.until(card, "idle", reason="Second.")
    late = phone.act("send", seen, "k2", card=card, text="demo: say Third.", queue=True)
    assert (late.status, late.said["what"]) == (409, "it has changed since you looked")
    assert detail["card"]["id"] == card
    assert "from phone:pixel: orch send" in history(stage, card)
    _, seen = phone.read("show", card=card)
    assert phone.act("hold", seen, card=card, note="later").said["held"] == "later"
    assert phone.act("stop", phone.read("show", card=card)[1], card=card).status == 200


def test_a_gate_is_approved_with_its_evidence_and_stale_evidence_is_refused(
    stage: Stage, phone: Phone
) -> None:
    run = start(
        stage,
        """
        workflow:
          - name: feature
            prompt: 'demo: edit f.txt "made"; commit Feature; done "It is in"'
            worktree: feature/one
          - name: review
            type: human-gate
            message: "Merge?"
        """,
    )
    until(stage, run.id, "gate-blocked")
    gate = next(each for each in stage.client.needs() if each.run == run.id)
    detail, seen = phone.read("queue.show", need=gate.id)
    assert detail["gate"]["evidence"]["diffs"][0]["files"] == [["f.txt", 1, 0]]
    card = next(each for each in stage.client.run(run.id).stages if each.card).card
    diff, _ = phone.read("diff", card=card)
    assert [each["path"] for each in diff["files"]] == ["f.txt"]
    patch, _ = phone.read("diff.patch", card=card, old_tree=diff["old_tree"], new_tree=diff["new_tree"])
    assert patch["data"]
    stale = seen.replace(seen[-6:-1], "00000")
    assert phone.act("gate.approve", stale, gate=gate.id, who="x").status == 409
    version = detail["gate"]["version"]
    done = phone.act("gate.approve", seen, gate=gate.id, who="somebody else", note="fine", seen=version)
    assert done.status == 200, done.body
    assert done.said["state"] == "approved"
    assert done.said["decided_from"] == "phone:pixel"
    assert done.said["decided_by"] == getpass.getuser(), "a phone acts in the name of the hub's account"


@pytest.mark.parametrize(
    ("verb", "request_"),
    [
        ("hub.stop", {}),
        ("new", {"title": "x", "repo": "/"}),
        ("rm", {"card": "c1"}),
        ("trust.allow", {"path": "/"}),
        ("phone.pair", {}),
        ("phone.revoke", {"device": "pixel"}),
        ("settings", {}),
        ("grants.revoke", {"grant": "x"}),
    ],
)
def test_what_is_not_for_phones_is_refused(phone: Phone, verb: str, request_: dict[str, str]) -> None:
    assert phone.ask("POST", f"/api/requests/{verb}", request_).status == 409
    assert phone.ask("POST", "/api/requests/unknown", {}).status == 404


def test_the_verbs_print_what_they_did(stage: Stage, view: PhoneView) -> None:
    def orch(*words: str) -> str:
        code = "from orchestrator.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code, "phone", *words],
            capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    pairing = json.loads(orch("pair", "--json", "--scopes", "look"))
    assert pairing["url"].startswith(f"{view.address}/#pair=")
    assert 0 < pairing["expires_at"] - time.time() <= 180
    assert pairing["scopes"] == ["look"]
    Phone(view.port).pair(pairing["url"].partition("=")[2], "Pixel 9")
    assert [each["name"] for each in json.loads(orch("devices", "--json"))] == ["Pixel 9"]
    started = orch()
    assert "It pairs one phone" in started
    assert "Pixel 9" in started
    assert "revoked" in orch("revoke", "Pixel 9")


def test_a_device_without_a_scope_is_told_so(stage: Stage, stranger: Phone) -> None:
    stranger.pair(code_of(stage.client, "look"), "watch")
    assert stranger.read("board")
    refused = stranger.act("send", '"x"', card="c1", text="x")
    assert (refused.status, refused.said["what"]) == (409, "watch may not do this")
    assert "--scopes look,prompts" in refused.said["hint"]


def test_revoking_ends_live_streams_and_the_next_request(stage: Stage, phone: Phone) -> None:
    other = Phone(phone.port)
    other.pair(code_of(stage.client), "tablet")
    with phone.stream() as opened, other.stream():
        gone = stage.client.submit(RevokeDevice("pixel"))
        assert (gone.name, gone.connected) == ("pixel", 1)
        assert ended(opened)
        assert stage.client.submit(ListDevices())[0].connected == 1, "the other's"
    assert phone.ask("POST", "/api/requests/board", {}).status == 401
    assert other.read("board")
    with pytest.raises(Missing, match="no phone named 'pixel'"):
        stage.client.submit(RevokeDevice("pixel"))


def test_a_phone_can_end_its_own_access(stage: Stage, phone: Phone) -> None:
    assert phone.ask("POST", "/api/leave").status == 200
    assert phone.ask("GET", "/api/device").status == 401
    assert stage.client.submit(ListDevices()) == ()


def test_a_device_stores_where_it_receives_notifications(stage: Stage, phone: Phone) -> None:
    where = {"endpoint": "https://push.example.org/x", "p256dh": "a", "auth": "b"}
    assert phone.ask("POST", "/api/push", where).status == 200
    assert stage.client.submit(ListDevices())[0].push
    assert phone.ask("POST", "/api/push", where | {"endpoint": "http://127.0.0.1/"}).status == 422
    assert phone.ask("POST", "/api/push", b"null").status == 200
    assert not stage.client.submit(ListDevices())[0].push


def test_the_page_turns_off_and_on_again_at_the_same_port(stage: Stage, phone: Phone) -> None:
    with phone.stream() as opened:
        off = stage.client.submit(TurnPhoneOff())
        assert not off.on
        assert not off.listening
        assert ended(opened)
    with pytest.raises(ConnectionRefusedError):
        phone.ask("GET", "/")
    with pytest.raises(Refused, match="the phone page is off"):
        stage.client.submit(PairPhone())
    on = stage.client.submit(TurnPhoneOn())
    assert on.port == phone.port
    assert phone.read("board"), "devices stay paired"
    with pytest.raises(Refused, match="no scope named 'all'"):
        stage.client.submit(PairPhone(("all",)))


def test_wrong_codes_are_told_on_the_board_and_lock_nobody_out(stage: Stage, stranger: Phone) -> None:
    heard: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        for update in stage.client.watch():
            ready.set()
            if type(update).__name__ == "Notice":
                heard.append(update.text)  # type: ignore[union-attr]
                return

    threading.Thread(target=listen, daemon=True).start()
    assert ready.wait(30)
    code = code_of(stage.client)
    said = [stranger.pair(f"{number:022d}").status for number in range(45)]
    assert said[0] == 403
    assert said[-1] == 429
    poll(lambda: any("wrong pairing code" in each for each in heard), "the notice")
    assert stage.client.submit(ShowPhone()).wrong_codes >= 45
    assert stranger.pair(code).status == 200, "the right code is never locked out"


def test_an_answer_names_no_version_without_a_session(view: PhoneView, stranger: Phone) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", view.port, timeout=PATIENCE)
    for path in ("/", "/api/device", "/api/events", "/nothing", "/..%2f..%2fpasswd", "/page", "/sw.js/"):
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        assert "server" not in {name.lower() for name, _ in answer.getheaders()}
        assert b"0.1.0" not in body
        if path != "/":
            assert answer.status in (401, 404, 307, 405), path
            assert not body or json.loads(body)["what"]
    connection.close()
