"""Notifications through apprise: ntfy, Telegram, mail, and its other services. An optional dependency.

The URL of a service contains its token, so no text of apprise's leaves this module.
"""

import logging
from importlib.util import find_spec
from typing import Any

from orchestrator.core.notifications.views import SENT, Outcome

_BY_A_PLUGIN = (OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)
MISSING = "apprise is not installed. Run: pip install 'orch-tui[notify]'"


def scheme(url: str) -> str:
    """The service that the URL names: `ntfy`, `tgram`."""
    return url.partition("://")[0].lower()


def trouble(url: str) -> str:
    """Why the service cannot be used, as text without the URL; empty if it can. Loads apprise, if there."""
    if find_spec("apprise") is None:
        return MISSING
    return "" if _service(url) else f"apprise does not understand this {scheme(url)} URL"


def send(url: str, title: str, body: str, timeout: float) -> Outcome:
    """Sends one message. Blocks for at most about `timeout` seconds for each request of the service."""
    if find_spec("apprise") is None:
        return Outcome("failed", MISSING)
    service = _service(url)
    if service is None:
        return Outcome("failed", f"apprise does not understand this {scheme(url)} URL")
    service.socket_connect_timeout = service.socket_read_timeout = timeout
    try:
        done = service.notify(body=body, title=title, body_format="text")
    except _BY_A_PLUGIN as error:  # its words may contain the URL
        return Outcome("failed", f"{scheme(url)}: {type(error).__name__}", again=True)
    return SENT if done else Outcome("failed", f"{scheme(url)} did not accept the message", again=True)


def _service(url: str) -> Any:
    from apprise import Apprise  # a third of a second, and optional

    logging.getLogger("apprise").disabled = True  # it logs URLs
    return Apprise.instantiate(url, suppress_exceptions=True)
