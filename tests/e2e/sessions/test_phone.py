"""The real Claude Code, answered from the page in a real browser."""

import pytest
from playwright.sync_api import expect

from orchestrator.core.requests.phone import PairPhone, TurnPhoneOn
from tests.e2e.messages_api import Text
from tests.e2e.sessions.test_answers import TOUCH, said_to_the_model
from tests.e2e.sessions.world import World
from tests.phone.browser import browsing, chromium, screen

pytestmark = pytest.mark.claude


def test_a_permission_is_allowed_and_another_denied_on_a_phone(world: World) -> None:
    chromium()
    world.api.script("make-it", TOUCH, Text("Made."))
    world.api.script("leave-it", TOUCH, Text("I won't."))
    world.client.submit(TurnPhoneOn())
    with browsing() as browser, screen(browser) as shown:
        shown.page.goto(world.client.submit(PairPhone()).url)
        shown.page.get_by_role("button", name="Pair").tap()
        shown.live()
        world.orch("new", "Make it", "--prompt", "make-it")
        item = shown.need("Make it")
        expect(item).to_contain_text("touch made.txt")
        item.get_by_role("button", name="Allow", exact=True).tap()
        world.until("c1", "idle", reason="Made.")
        assert (world.repo.parent / "repo-orch/make-it/made.txt").exists()
        assert "touch made.txt: allow by phone:Pixel 9" in world.story("c1")
        world.orch("new", "Leave it", "--prompt", "leave-it")
        item = shown.need("Leave it")
        item.locator("summary", has_text="Deny").tap()
        item.get_by_label("Reason, which the agent reads").fill("use the Makefile instead")
        item.get_by_role("button", name="Deny", exact=True).tap()
        world.until("c2", "idle", reason="I won't.")
        assert "use the Makefile instead" in said_to_the_model(world)
