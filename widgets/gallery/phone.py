"""A page for phones that is on, and a code for it."""

from orchestrator.core.phone.devices import SCOPES, DeviceView, Pairing, PhoneView

DEVICES = (DeviceView("Pixel 9", SCOPES, 1_700_000_000.0, 1_700_000_000.0, 1, secure=True, push=False),)
VIEW = PhoneView(
    True,
    True,
    "https://box.tail1234.ts.net",
    "127.0.0.1",
    4700,
    ("https://box.tail1234.ts.net is served by tailscale:", "  tailscale serve --bg 4700"),
    DEVICES,
)
PAIRING = Pairing("https://box.tail1234.ts.net/#pair=ABCDEFGHIJKLMNOPQRSTUV", 1_700_000_180.0, SCOPES)
