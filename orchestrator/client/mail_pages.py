"""Reads more messages than one answer holds."""

import math
from collections.abc import Iterator

from orchestrator.client.client import Client
from orchestrator.core.mail.views import MessageView
from orchestrator.core.requests.mail import ListMessages


def mail_pages(client: Client, box: str = "", *, each: int = 500) -> Iterator[tuple[MessageView, ...]]:
    """All messages of a mailbox, or of all, newest first, in pages of this size (at most 1000) and each once;
    a page is requested when it is needed."""
    known: set[str] = set()
    before: float | None = None
    while True:
        page = client.submit(ListMessages(box, each, before))
        new = tuple(message for message in page if message.id not in known)
        if new:
            yield new
        if not new or len(page) < each:
            return
        known |= {message.id for message in new}
        # those that were sent at the same moment may be on two pages
        before = math.nextafter(page[-1].at, math.inf)
