"""The page in a real browser, on a phone's screen, by touch."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from orchestrator.core.phone.devices import PhoneView
from orchestrator.core.requests.phone import ListDevices, PairPhone, RevokeDevice, TurnPhoneOff
from tests.guard import CHECKOUT
from tests.hub.flows import start
from tests.hub.flows import until as until_run
from tests.hub.stage import Stage
from tests.phone.browser import Screen, browsing, screen
from tests.phone.qr import read_qr
from tests.phone.test_page import history, need
from tests.poll import PATIENCE, poll

pytestmark = pytest.mark.slow

_VIEWS = ("#/", "#/board", "#/card/c1", "#/runs", "#/device")
_HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&lt;b&gt;"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def phone(stage: Stage, view: PhoneView, browser: Browser) -> Iterator[Screen]:
    """A paired phone with the page open."""
    with screen(browser) as shown:
        _pair(stage, shown)
        yield shown


def _pair(stage: Stage, shown: Screen, name: str = "") -> None:
    shown.page.goto(stage.client.submit(PairPhone()).url)
    if name:
        shown.page.get_by_label("Name of this phone").fill(name)
    shown.page.get_by_role("button", name="Pair").tap()
    shown.live()


def _printed(*words: str) -> str:
    """What a verb prints on a terminal."""
    ours, theirs = pty.openpty()
    code = "from orchestrator.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, *words], stdout=theirs, stdin=theirs, cwd=CHECKOUT
    ) as running:
        os.close(theirs)
        said = b""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    more = os.read(ours, 65_536)
                except OSError:
                    break
                if not more:
                    break
                said += more
            elif running.poll() is not None:
                break
    os.close(ours)
    return said.decode()


def test_a_phone_pairs_by_the_pixels_of_the_printed_code(
    stage: Stage, view: PhoneView, browser: Browser
) -> None:
    printed = _printed("phone")
    lines: list[str] = re.findall(r"\x1b\[38;5;16;48;5;231m([ █▀▄]+)\x1b\[0m", printed)
    assert len(lines) <= 24, "it fits a small terminal"
    url = read_qr("\n".join(lines))
    assert url.startswith(f"{view.address}/#pair=")
    with screen(browser) as shown:
        shown.page.goto(url)
        expect(shown.page.get_by_role("heading", name="Pair this phone")).to_be_visible()
        assert "pair" not in shown.page.evaluate("location.href + history.state")
        expect(shown.page.get_by_label("Name of this phone")).to_have_value("Pixel 9")
        shown.page.get_by_role("button", name="Pair").tap()
        shown.live()
        assert [each.name for each in stage.client.submit(ListDevices())] == ["Pixel 9"]
        assert shown.page.evaluate("document.cookie") == "", "no script reads the cookie"
        shown.page.reload()
        shown.live()
        shown.page.goto("about:blank")
        shown.page.goto(url)
        shown.page.get_by_role("button", name="Pair").tap()
        expect(shown.page.get_by_role("alert")).to_contain_text("already used")


def test_a_permission_is_allowed_with_one_tap_and_the_command_runs(stage: Stage, phone: Screen) -> None:
    card = stage.new("Run the tests", 'demo: permission "npm test -- --all"; say Tested.').id
    item = phone.need("Run the tests")
    expect(item).to_contain_text("npm test -- --all")
    item.get_by_role("button", name="Allow", exact=True).dblclick()
    expect(phone.page.locator("#toasts")).to_contain_text("Allowed")
    stage.until(card, "idle", reason="Tested.")
    assert history(stage, card).count("allow by phone:Pixel 9") == 1


def test_a_denial_s_reason_reaches_the_agent(stage: Stage, phone: Screen) -> None:
    card = stage.new("Remove it all", 'demo: permission "rm -rf build"; say Done.').id
    item = phone.need("Remove it all")
    item.locator("summary", has_text="Deny").tap()
    item.get_by_label("Reason, which the agent reads").fill("keep build, use make clean")
    item.get_by_role("button", name="Deny", exact=True).tap()
    poll(lambda: "keep build, use make clean" in stage.client.preview(card).text, "the reason in the pane")
    expect(item).to_have_count(0)


def test_a_question_is_answered_by_its_options(stage: Stage, phone: Screen) -> None:
    card = stage.new("Pick a colour", 'demo: question "Which colour?" Blue "Dark red"; say Chosen.').id
    item = phone.need("Pick a colour")
    item.get_by_label("Dark red").check()
    item.get_by_role("button", name="Answer").tap()
    stage.until(card, "idle", reason="Chosen.")
    assert "Dark red" in history(stage, card)


def test_a_gate_is_approved_with_its_diff_open(stage: Stage, phone: Screen) -> None:
    run = start(
        stage,
        """
        workflow:
          - name: feature
            prompt: 'demo: edit feature.txt "made by hand"; commit Feature; done "It is in"'
            worktree: feature/two
          - name: review
            type: human-gate
            message: "Merge the feature?"
        """,
    )
    until_run(stage, run.id, "gate-blocked")
    item = phone.need("Merge the feature?")
    item.locator("[data-fold=diff] > summary").tap()
    expect(item.locator("ins")).to_have_text("+made by hand")
    item.locator("summary", has_text="Approve with note").tap()
    item.get_by_label("Note", exact=True).fill("looks good")
    item.get_by_role("button", name="Approve with note").tap()
    until_run(stage, run.id, "done")
    gate = next(each for each in stage.client.gates() if each.run == run.id)
    assert (gate.state, gate.decided_from, gate.note) == ("approved", "phone:Pixel 9", "looks good")
    phone.go(f"#/run/{run.id}")
    expect(phone.page.locator(".stages li")).to_have_count(2)


def test_a_stale_answer_is_refused_in_words(stage: Stage, phone: Screen) -> None:
    card = stage.new("Too late", 'demo: permission "make"; say Made.').id
    asked = need(stage, card)

    def first(route: Route) -> None:
        stage.client.answer(asked.id, "deny", message="no")
        route.continue_()

    phone.page.route("**/api/requests/answer", first)
    with phone.page.expect_response("**/api/requests/answer") as answer:
        phone.need("Too late").get_by_role("button", name="Allow", exact=True).tap()
    assert answer.value.status == 409
    assert "it has changed since you looked" in answer.value.text()
    assert "deny by cli" in history(stage, card)


def test_two_phones_follow_each_other_and_a_revoked_one_ends(
    stage: Stage, phone: Screen, browser: Browser
) -> None:
    with screen(browser, "small", "dark") as other:
        _pair(stage, other, "tablet")
        card = stage.new("Seen by both", 'demo: permission "make"; say Made.').id
        need(stage, card)
        expect(other.need("Seen by both")).to_have_count(1)
        phone.need("Seen by both").get_by_role("button", name="Allow", exact=True).tap()
        expect(other.need("Seen by both")).to_have_count(0)
        stage.client.submit(RevokeDevice("tablet"))
        expect(other.page.get_by_role("alert")).to_contain_text("no longer paired")
        assert other.page.evaluate("Object.keys(localStorage).length") == 0, "nothing is left on a lost phone"
        phone.live()


def test_the_page_comes_back_by_itself_after_the_hub_was_killed(stage: Stage, phone: Screen) -> None:
    card = stage.new("Before the crash", 'demo: permission "make"; say Made.').id
    item = phone.need("Before the crash")
    allow = item.get_by_role("button", name="Allow", exact=True)
    expect(allow).to_be_enabled()
    before = stage.pid()
    os.kill(before, signal.SIGKILL)
    expect(phone.page.locator("#status")).to_contain_text("Offline, as of")
    expect(allow).to_be_disabled()
    phone.live()
    assert stage.pid() != before
    expect(item).to_contain_text("It can only be answered in the session")  # its hook has ended with the hub
    expect(item).to_contain_text("make")
    stage.client.stop(card)
    after = stage.new("After the crash", 'demo: permission "make"; say Made.').id
    phone.need("After the crash").get_by_role("button", name="Allow", exact=True).tap()
    stage.until(after, "idle", reason="Made.")


def test_without_a_connection_the_last_known_state_is_shown_as_old(stage: Stage, phone: Screen) -> None:
    stage.new("Remembered", "demo: say Is this it?")
    expect(phone.need("Remembered")).to_have_count(1)
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    stage.client.submit(TurnPhoneOff())
    phone.page.reload()
    expect(phone.page.locator("#status")).to_contain_text("Offline, as of")
    expect(phone.need("Remembered")).to_have_count(1)
    phone.go("#/board")
    expect(phone.page.locator(".card", has_text="Remembered")).to_have_count(1)


def test_nothing_that_a_session_says_becomes_part_of_the_page(stage: Stage, phone: Screen) -> None:
    say = _HOSTILE.replace('"', "'").replace(";", "")
    card = stage.new(
        f"Hostile {_HOSTILE}",
        f'demo: edit "<img src=x onerror=alert(3)>.html" "<script>alert(4)</script>"; say {say} ok?',
        branch="x/<img-src=x-onerror=alert(5)>",
    ).id
    stage.until(card, "idle")
    stage.client.mail_send((card,), f"{_HOSTILE} body", subject=f"{_HOSTILE} subject")
    waiting = stage.new("Hostile request", f"demo: permission \"echo '{say}'\"; say Done.").id
    need(stage, waiting)
    expect(phone.need("Hostile request")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(phone.need(f"Hostile {_HOSTILE}")).to_contain_text("<script>")
    phone.go(f"#/card/{card}")
    for name in ("Terminal", "Changes", "Mail", "Details"):
        phone.page.locator("main > details.fold > summary", has_text=name).tap()
    expect(phone.page.locator("ins").first).to_contain_text("<script>alert(4)</script>")
    phone.page.locator("details.fold details.fold > summary", has_text="subject").tap()
    expect(phone.page.locator(".fold-body .prose", has_text="body")).to_contain_text("<script>")
    phone.go("#/board")
    expect(phone.page.locator(".card", has_text="onerror").first).to_be_visible()
    assert phone.page.locator("main img, main script, main iframe, main b b").count() == 0
    stage.client.stop(waiting)


@pytest.mark.parametrize("size", ["usual", "small"])
def test_each_view_fits_the_screen_and_says_what_it_is(
    stage: Stage, view: PhoneView, browser: Browser, size: str
) -> None:
    card = stage.new("A" * 60 + " long title", 'demo: permission "' + "x" * 300 + '"; say Done.').id
    need(stage, card)
    with screen(browser, size, "dark" if size == "small" else "light") as shown:
        _pair(stage, shown)
        for zoomed in (False, True):
            if zoomed:
                shown.page.evaluate("document.documentElement.style.fontSize = '32px'")
            for fragment in (*_VIEWS, f"#/card/{card}"):
                shown.go(fragment)
                expect(shown.page.get_by_role("heading", level=1)).to_be_visible()
                assert shown.wider_than_the_screen() <= 0, (fragment, zoomed)
        shown.go("#/")
        expect(shown.page.get_by_role("banner")).to_have_count(1)
        expect(shown.page.get_by_role("main")).to_have_count(1)
        expect(shown.page.get_by_role("navigation")).to_have_count(1)
        expect(shown.page.locator("#tabs [aria-current=page]")).to_contain_text("Needs you")
        expect(shown.need("long title").get_by_role("button", name="Allow", exact=True)).to_be_visible()
        small: list[str] = shown.page.evaluate(
            "[...document.querySelectorAll('button, summary.button, #tabs a')]"
            ".filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44)"
            ".map((e) => e.textContent)"
        )
        assert small == []
        unnamed: int = shown.page.evaluate(
            "[...document.querySelectorAll('input, textarea')]"
            ".filter((e) => !e.labels?.length && !e.getAttribute('aria-label')).length"
        )
        assert unnamed == 0
    stage.client.stop(card)
