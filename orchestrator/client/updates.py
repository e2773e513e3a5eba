"""What the event stream brings, and how the hub's JSON becomes views."""

from dataclasses import dataclass
from typing import Any

from orchestrator.client import mail_updates, run_updates
from orchestrator.core.mail.views import MailView
from orchestrator.core.model import Evidence, Failure, Prompt, Source
from orchestrator.core.views import CardDetail, CardView, HubView, Need, NeedDetail, Notice, Question
from orchestrator.core.workflow.views import RunView


@dataclass(frozen=True, slots=True)
class Board:
    """Everything, as it is now: the first update of each stream."""

    hub: HubView
    cards: tuple[CardView, ...]
    needs: tuple[Need, ...] = ()
    """What waits for a human, the most urgent first."""
    runs: tuple[RunView, ...] = ()
    """Every run, the newest first."""
    mail: MailView | None = None
    """The mail at a glance."""


@dataclass(frozen=True, slots=True)
class CardChanged:
    card: CardView


@dataclass(frozen=True, slots=True)
class CardGone:
    id: str


@dataclass(frozen=True, slots=True)
class HubChanged:
    hub: HubView


@dataclass(frozen=True, slots=True)
class NeedsChanged:
    """All that waits for a human now."""

    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A run that is new, or has changed."""

    run: RunView


@dataclass(frozen=True, slots=True)
class RunGone:
    """A run that ended long ago and isn't kept any more."""

    id: str


@dataclass(frozen=True, slots=True)
class MailChanged:
    """The mail at a glance, as it is now."""

    mail: MailView


Update = (
    Board | CardChanged | CardGone | HubChanged | NeedsChanged | RunChanged | RunGone | MailChanged | Notice
)


def card(said: dict[str, Any]) -> CardView:
    lists = {name: tuple(said.get(name, ())) for name in ("rescues", "labels", "prompts")}
    return CardView(**{**said, **lists})


def board(said: dict[str, Any]) -> Board:
    cards = tuple(card(each) for each in said["cards"])
    runs = tuple(run_updates.run(each) for each in said["runs"])
    mail = mail_updates.mail(said["mail"]) if said.get("mail") else None
    return Board(HubView(**said["hub"]), cards, needs(said["needs"]), runs, mail)


def needs(said: list[dict[str, Any]]) -> tuple[Need, ...]:
    return tuple(Need(**{**each, "options": tuple(each["options"])}) for each in said)


def need_detail(said: dict[str, Any]) -> NeedDetail:
    (need,) = needs([said["need"]])
    return NeedDetail(
        need=need,
        detail=said["detail"],
        diff=said["diff"],
        questions=tuple(
            Question(each["text"], each["header"], each["multi"], tuple((a, b) for a, b in each["options"]))
            for each in said["questions"]
        ),
        always=tuple(said["always"]),
        gate=run_updates.gate(said["gate"]) if said["gate"] else None,
        version=said.get("version", ""),
        allowed_by=said.get("allowed_by", ""),
    )


def detail(said: dict[str, Any]) -> CardDetail:
    return CardDetail(
        card=card(said["card"]),
        prompt=said["prompt"],
        outbox=tuple(Prompt(**each) for each in said["outbox"]),
        failure=Failure(**said["failure"]) if said["failure"] else None,
        history=_evidence(said["history"]),
        heard=_evidence(said["heard"]),
    )


def update(said: dict[str, Any]) -> Update:
    match said["kind"]:
        case "board":
            return board(said)
        case "card":
            return CardChanged(card(said["card"]))
        case "gone":
            return CardGone(said["id"])
        case "needs":
            return NeedsChanged(needs(said["needs"]))
        case "run":
            return RunChanged(run_updates.run(said["run"]))
        case "mail":
            return MailChanged(mail_updates.mail(said["mail"]))
        case "notice":
            return Notice(**said["notice"])
        case "run_gone":
            return RunGone(said["id"])
        case _:
            return HubChanged(HubView(**said["hub"]))


def _evidence(said: list[dict[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(Source(each["source"]), each["said"], each["at"]) for each in said)
