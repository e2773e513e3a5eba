"""Every request, by its verb."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

from orchestrator.core.requests import (
    cards,
    changes,
    fixes,
    forge,
    gates,
    hub,
    issues,
    mail,
    needs,
    notifications,
    overlaps,
    phone,
    rescues,
    review,
    runs,
    trust,
    windows,
)
from orchestrator.core.requests.cards import OfCard
from orchestrator.core.requests.request import Request

_SUBJECTS = (
    cards, needs, notifications, runs, gates, mail, review, overlaps, rescues, issues, changes, fixes, forge,
    trust, windows, phone, hub,
)  # fmt: skip


def _in(module: ModuleType) -> Iterator[type[Request[Any]]]:
    for each in vars(module).values():
        if isinstance(each, type) and issubclass(each, Request) and "verb" in vars(each):
            yield each


EVERY: Mapping[str, type[Request[Any]]] = MappingProxyType(
    {kind.verb: kind for module in _SUBJECTS for kind in _in(module)}
)


def card_request(verb: str, card: str) -> OfCard:
    """The request of that verb with a card as its only field. Raises `KeyError` for an unknown verb."""
    made = EVERY[verb](card=card)  # type: ignore[call-arg]  # every `OfCard` has it
    assert isinstance(made, OfCard)
    return made
