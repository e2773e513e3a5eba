"""What the hub returns about a need when it is viewed."""

from dataclasses import dataclass

from orchestrator.client import Client
from orchestrator.core.board.views import NeedDetail
from orchestrator.core.mail.views import MessageView
from orchestrator.core.requests.mail import ShowMessage
from orchestrator.core.requests.needs import ShowNeed


@dataclass(frozen=True, slots=True)
class FetchedNeed:
    """The need with its request, and the message if it is one to the human."""

    detail: NeedDetail
    message: MessageView | None = None


def fetch(client: Client, need_id: str) -> FetchedNeed:
    """Asks the hub and blocks. Raises `OrchError`, as when the need has been settled."""
    detail = client.submit(ShowNeed(need_id))
    return FetchedNeed(detail, client.submit(ShowMessage(need_id)) if detail.need.kind == "mail" else None)
