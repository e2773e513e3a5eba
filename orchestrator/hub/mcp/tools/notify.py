"""The tool by which a session asks that its person is notified now."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.message import HUMAN, Authority, Kind
from orchestrator.core.mail.standing import session_name
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.loop.engine import RefusedError, refusal
from orchestrator.hub.mail.sending.sender import Sender
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.mcp.tool import Arguments, Call, Tool, Toolbox

MOST, WITHIN_S = 3, 600.0
"""Notifications of one card within that many seconds."""
_WORDS = "Notify the human now, also away from the screen; rarely. Approves nothing, returns no answer."


class NotifyHuman(Arguments):
    message: str = Field(min_length=1, max_length=2000)


@dataclass(slots=True)
class _Limit:
    """What each card has sent lately."""

    sent: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, card: str, now: float) -> float:
        """Seconds until that card may notify again; 0 if it may now."""
        lately = self.sent.setdefault(card, deque())
        while lately and not 0 <= now - lately[0] < WITHIN_S:
            lately.popleft()
        return lately[0] + WITHIN_S - now if len(lately) >= MOST else 0.0


def notify_tools(mail_service: MailService) -> Toolbox:
    """`notify_human`, for every session: an urgent note in the human's mailbox, which the notifications tell.
    The hub names the sender, never the session."""
    limit = _Limit()

    async def notify_human(call: Call, said: NotifyHuman) -> str:
        card = mail_service.engine.state.cards.get(call.caller.card)
        if card is None:
            raise refusal("your card was removed", hint="Tell the user, and stop.")
        now = time.time()
        if wait := limit.wait(card.id, now):
            raise refusal(
                "the human was not notified",
                f"you have notified them {MOST} times within {WITHIN_S / 60:.0f} minutes",
                f"Continue with your work; write to human with mail_send, or retry in {wait:.0f} s.",
            )
        subject = said.message.strip().partition("\n")[0][:150]
        draft = Draft(Kind.NOTE, said.message, subject=subject, urgent=True, idem=f"notify:{call.mark}")
        sender = Sender(card.slug, Authority.PEER, session_name(card.id, call.caller.run))
        lately = limit.sent[card.id]
        lately.append(now)
        try:
            await mail_service.sending.send(sender, [HUMAN], draft)
        except RefusedError:
            lately.remove(now)
            raise
        return "The human is being notified. Nothing is approved by that."

    tool = Tool("notify_human", _WORDS, NotifyHuman, notify_human, True)

    def tools(caller: Caller) -> Iterable[Tool[Any]]:
        return (tool,) if caller.card in mail_service.engine.state.cards else ()

    return tools
