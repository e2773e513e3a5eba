"""A paired phone subscribes to notifications, and is told by push what waits."""

from orchestrator.core.requests.notifications import SendTestNotification
from orchestrator.core.requests.phone import ListDevices
from orchestrator.world.notifications.web_push import VapidKeys
from tests.hub.stage import Stage
from tests.phone.page import Phone
from tests.world.notifications.endpoint import Browser


def test_only_a_paired_phone_gets_the_key_and_subscribes(stage: Stage, phone: Phone) -> None:
    stranger = Phone(phone.port)
    key = phone.ask("GET", "/api/push").said["key"]
    assert key == VapidKeys(stage.home.push_key).public()
    assert stage.home.push_key.stat().st_mode & 0o777 == 0o600
    assert stranger.ask("GET", "/api/push").status == 401
    there = Browser().subscription("https://127.0.0.1:9/secret-address")
    assert stranger.ask("POST", "/api/push", there).status == 401
    for none in ("http://example.org", "https://", "https://[/", "https://example.org:port/", "file:///x"):
        assert phone.ask("POST", "/api/push", there | {"endpoint": none}).status == 422
    assert phone.ask("POST", "/api/push", there).status == 200
    assert [each.push for each in stage.client.submit(ListDevices())] == [True]
    [told] = stage.client.submit(SendTestNotification("push"))
    assert (told.state, "127.0.0.1 is on a private address" in told.why) == ("failed", True)
    assert "secret-address" not in told.why + stage.home.log.read_text()
    assert phone.ask("POST", "/api/push", b"null").status == 200
    assert [each.push for each in stage.client.submit(ListDevices())] == [False]
