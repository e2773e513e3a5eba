"""Every other act of the page, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from orchestrator.core.phone.devices import PhoneView
from orchestrator.core.requests.phone import PairPhone
from tests.hub.flows import start
from tests.hub.flows import until as until_run
from tests.hub.stage import Stage
from tests.phone.browser import Screen, browsing, screen
from tests.phone.test_page import history, need
from tests.poll import poll

pytestmark = [pytest.mark.slow, pytest.mark.long]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def phone(stage: Stage, view: PhoneView, browser: Browser) -> Iterator[Screen]:
    with screen(browser, "small", "dark") as shown:
        shown.page.goto(stage.client.submit(PairPhone()).url)
        shown.page.get_by_role("button", name="Pair").tap()
        shown.live()
        yield shown


def test_always_allows_the_next_call_too(stage: Stage, phone: Screen) -> None:
    card = stage.new("Always", 'demo: permission "npm test"; say Tested.').id
    item = phone.need("Always")
    item.locator("summary", has_text="Always").tap()
    item.get_by_role("button", name="Always:").first.tap()
    stage.until(card, "idle", reason="Tested.")
    assert "always by phone:Pixel 9" in history(stage, card)
    assert stage.client.grants()[0].by == "phone:Pixel 9"


def test_a_plan_is_sent_back_and_then_approved(stage: Stage, phone: Screen) -> None:
    card = stage.new("Plan it", "demo: plan 1. Copy. 2. Switch.; say Planned.").id
    item = phone.need("Plan it")
    expect(item).to_contain_text("1. Copy. 2. Switch.")
    item.locator("summary", has_text="Send back").tap()
    item.get_by_label("What to change").fill("test first")
    item.get_by_role("button", name="Send back", exact=True).tap()
    poll(lambda: "test first" in stage.client.preview(card).text, "the words in the pane")


def test_mail_is_answered_and_leaves_the_list(stage: Stage, phone: Screen) -> None:
    card = stage.new(
        "Writes", 'demo: mcp mail_send {"to": "human", "kind": "question", "body": "Which port?"}'
    ).id
    item = phone.need("Which port?")
    item.locator("summary", has_text="Reply").tap()
    item.locator("textarea").fill("Port 8080.")
    item.get_by_role("button", name="Reply", exact=True).tap()
    expect(phone.need("Which port?")).to_have_count(0)
    slug = stage.card(card).slug
    assert "Port 8080." in [each.body for each in stage.client.mail_messages(slug)]


def test_a_card_is_prompted_held_released_and_stopped(stage: Stage, phone: Screen) -> None:
    card = stage.new("Driven", "demo: say Ready.").id
    stage.until(card, "idle")
    phone.go(f"#/card/{card}")
    acts = phone.page.locator("section[aria-label=Actions]")
    acts.locator("summary", has_text="Send prompt").tap()
    acts.get_by_label("Prompt").fill("demo: say Second.")
    acts.get_by_role("button", name="Send prompt").tap()
    stage.until(card, "idle", reason="Second.")
    acts.locator("summary", has_text="Hold").tap()
    acts.get_by_label("Note").fill("until tomorrow")
    acts.get_by_role("button", name="Hold", exact=True).tap()
    expect(phone.page.get_by_text("On hold: until tomorrow")).to_be_visible()
    acts.get_by_role("button", name="Release").tap()
    expect(phone.page.get_by_text("On hold: until tomorrow")).to_have_count(0)
    acts.locator("summary", has_text="Stop").tap()
    acts.get_by_role("button", name="Stop", exact=True).tap()
    stage.until(card, "exited")


def test_a_failed_stage_is_retried_with_a_note(stage: Stage, phone: Screen) -> None:
    run = start(
        stage,
        """
        workflow:
          - name: build
            prompt: 'demo: blocked "Which port?"'
            worktree: build
        """,
    )
    until_run(stage, run.id, "blocked")
    item = phone.need("Which port?")
    item.locator("summary", has_text="Mark as done").tap()
    item.get_by_label("Note", exact=True).first.fill("8080")
    item.get_by_role("button", name="Mark as done").tap()
    until_run(stage, run.id, "done")


def test_what_hides_something_has_to_be_allowed_twice(stage: Stage, phone: Screen) -> None:
    card = stage.new("Unusual", 'demo: permission "echo \u202e cod"; say Done.').id
    asked = need(stage, card)
    assert asked.unusual
    item = phone.need("Unusual")
    expect(item).to_contain_text("<U+202E>")
    item.get_by_role("button", name="Allow", exact=True).tap()
    expect(item.get_by_role("alert")).to_contain_text("Tap again")
    item.get_by_role("button", name="Allow anyway").tap()
    stage.until(card, "idle", reason="Done.")
