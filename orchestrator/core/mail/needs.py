"""Mail in the queue."""

from collections.abc import Mapping

from orchestrator.core.board.views import Need
from orchestrator.core.mail.message import Kind, Message
from orchestrator.core.mail.rate_limits import Pause
from orchestrator.core.needs.ranking import LETTER_THAT_ASKS, RANKS
from orchestrator.core.sessions.model import Source
from orchestrator.core.text.clean import one_line


def mail_need(message: Message, cards: Mapping[str, tuple[str, str]]) -> Need:
    """A message in the human's mailbox. `cards` maps a mailbox to the id and the title of its card."""
    card, title = cards.get(message.sender, ("", ""))
    subject = one_line(message.subject, 120)
    words = one_line(message.body.lstrip()[:400], 160)
    rank = RANKS["mail"]
    asks = message.kind is Kind.QUESTION or message.urgent
    return Need(
        id=message.id, card=card, slug=message.sender, title=title or message.sender, kind="mail",
        summary=f"{message.kind.value}{_under(message)}: {subject or words}", since=message.at,
        urgency=LETTER_THAT_ASKS if asks else rank.urgency, evidence=Source.ORCH.value, answerable=True,
        options=rank.options, hint="",
    )  # fmt: skip


def _under(message: Message) -> str:
    """The unknown name under which it was delivered to the person."""
    names = [each for each in message.to if each in message.to_come]
    return f" to {', '.join(names)}" if names else ""


def pause_need(pause: Pause, cards: Mapping[str, tuple[str, str]]) -> Need:
    """Two paused mailboxes. The id is `pause.<a>.<b>`."""
    a, b = pause.pair.a, pause.pair.b
    card, _ = cards.get(a, ("", ""))
    rank = RANKS["pause"]
    return Need(
        id=_pause_id(pause), card=card, slug=a, title=f"{a} and {b}", kind="pause",
        summary=f"mail between {a} and {b} is paused: {pause.why}", since=pause.at, urgency=rank.urgency,
        evidence=Source.ORCH.value, answerable=True, options=rank.options,
        hint="Read their messages before you resume the mail.",
    )  # fmt: skip


def _pause_id(pause: Pause) -> str:
    """The id of its entry in the queue."""
    return f"pause.{pause.pair.a}.{pause.pair.b}"
