"""The page for phones: who can reach it, and whether it is protected on the way."""

from collections.abc import Iterator

from orchestrator.agents.finding import Finding
from orchestrator.client import OrchError, connect
from orchestrator.config.phone import Phone
from orchestrator.core.phone.addresses import is_loopback, listen_address
from orchestrator.core.requests.phone import ShowPhone
from orchestrator.paths import Home

_NAME = "phone page"


def phone(settings: Phone, home: Home) -> Iterator[Finding]:
    """Nothing is said about a page that is off and has safe settings."""
    host, _ = listen_address(settings.listen) or ("127.0.0.1", 0)
    if not is_loopback(host):
        on_the_way = "https" if settings.tls_cert else "without https"
        yield Finding(
            _NAME,
            "warn",
            f"other machines can reach its listener on {host}, {on_the_way}",
            "Listen on loopback, and let tailscale serve or a proxy lead to it: docs/phone.md",
        )
    try:
        view = connect(home, start=False).submit(ShowPhone())
    except OrchError:
        return
    if not view.on:
        return
    if view.trouble:
        yield Finding(
            _NAME, "warn", view.trouble, "Choose another address: [phone] listen; then: orch phone on"
        )
    elif is_loopback(host):
        devices = len(view.devices)
        paired = f"{devices} paired device{'' if devices == 1 else 's'}"
        yield Finding(_NAME, "ok", f"on at {view.address}, {paired}")
    if view.wrong_codes:
        yield Finding(
            _NAME,
            "warn",
            f"{view.wrong_codes} wrong pairing codes within the last hour",
            "If they were not yours, turn the page off: orch phone off",
        )
