"""Needs and cards for the tests of notifications."""

from orchestrator.core.board.views import Need
from orchestrator.core.model import Card
from orchestrator.core.needs.ranking import RANKS


def need(kind: str, *, card: str = "c1", id_: str = "", at: float = 0.0, **more: object) -> Need:
    """A need of that kind, since that time."""
    fields: dict[str, object] = {
        "id": id_ or f"{card}.{kind}", "card": card, "slug": f"card-{card}", "title": f"Card {card}",
        "kind": kind, "summary": "Bash: npm test", "since": at,
        "urgency": RANKS[kind].urgency, "evidence": "hook",  # type: ignore[index]
        "answerable": True, "options": (), "hint": "",
    }  # fmt: skip
    return Need(**{**fields, **more})  # type: ignore[arg-type]


def card_of_a_team(card: str) -> Card:
    """A card that a coordinator leads."""
    return Card(
        card,
        f"card-{card}",
        "Worker",
        "",
        "/repo",
        "main",
        f"orch/{card}",
        f"/trees/{card}",
        0.0,
        lead="boss",
    )
