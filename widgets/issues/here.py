"""What the issues' screen is on, all in one, and whether an action can be done to it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.core.forge.views import IssueView
from widgets.board.refusals import KeyOf, registry_key


@dataclass(frozen=True, slots=True)
class Here:
    """`issue` is that under the cursor."""

    issue: IssueView | None = None
    card: str = ""
    """Its card on this board."""
    marked: int = 0
    listed: int = 0
    login: str = ""
    """The account that asks; empty until the list is there."""
    repositories: int = 1
    busy: bool = False
    """The issue is being imported."""
    narrowed: bool = False
    milestones: int = 0
    """Milestones of the listed issues; labels likewise."""
    labels: int = 0


def refusal(action: str, here: Here, key: KeyOf = registry_key) -> str:
    """Why the action cannot be done here; empty if it can be tried."""
    return _REFUSALS[action](here, key) if action in _REFUSALS else ""


def _issue(here: Here, _key: KeyOf) -> str:
    return "" if here.issue else "No issue selected."


def _listed(here: Here, _key: KeyOf) -> str:
    return "" if here.listed else "There are no issues to choose from."


def _label(here: Here, key: KeyOf) -> str:
    return _listed(here, key) or ("" if here.labels else "None of the issues has a label.")


def _milestone(here: Here, key: KeyOf) -> str:
    return _listed(here, key) or ("" if here.milestones else "None of the issues has a milestone.")


def _mark(here: Here, key: KeyOf) -> str:
    if here.issue and here.card:
        return (
            f"#{here.issue.number} is on the board already: {here.card}. Go there with {key('issues.card')}."
        )
    if here.issue and here.busy:
        return f"#{here.issue.number} is being imported."
    return _issue(here, key)


def _import(here: Here, key: KeyOf) -> str:
    return "" if here.marked else _mark(here, key)


def _card(here: Here, key: KeyOf) -> str:
    if here.issue and not here.card:
        return f"#{here.issue.number} has no card on this board. Import it with {key('issues.import')}."
    return _issue(here, key)


def _mine(here: Here, _key: KeyOf) -> str:
    return "" if here.login else "It is not known yet which account is yours."


def _repository(here: Here, _key: KeyOf) -> str:
    return "" if here.repositories > 1 else "There is no other repository on this board."


_REFUSALS: dict[str, Callable[[Here, KeyOf], str]] = {
    "issues.mark": _mark,
    "issues.import": _import,
    "issues.start": _import,
    "issues.card": _card,
    "issues.open": _issue,
    "issues.copy": _issue,
    "issues.read": _issue,
    "issues.label": _label,
    "issues.milestone": _milestone,
    "issues.assignee": _listed,
    "issues.mine": _mine,
    "issues.repository": _repository,
}
