"""What the pane shows of one need: the need, its full request, the choices. Pure."""

from dataclasses import dataclass

from orchestrator.core.board.views import CardView, Need, NeedDetail
from orchestrator.core.mail.views import MessageView
from orchestrator.core.needs.ranking import RANKS
from widgets.queue.choices import UNCHOSEN, Choices

REQUESTS = frozenset({"permission", "question", "plan", "gate", "card", "dialog"})
"""The kinds that an answer settles; the others are nudged, viewed, or acknowledged."""

ENDED = ("run", "run_done")
"""The kinds about a run's end."""

_KINDS = {
    "run": "run failed",
}
_MARKS = {1: ("▲", "needs"), 2: ("×", "bad"), 3: ("◆", "trouble"), 4: ("?", "needs"), 5: ("◇", "calm")}


CHOSEN = frozenset({"question", "dialog"})
"""Those that are answered by choosing among options."""


@dataclass(frozen=True, slots=True)
class SelectedNeed:
    """`detail` is `None` until the hub has sent it, as is `message`, the mail if it is that. `doing` is the
    pending answer, `error` the hub's last refusal, or why the detail could not be fetched; both empty for
    none."""

    need: Need
    card: CardView | None = None
    detail: NeedDetail | None = None
    choices: Choices = UNCHOSEN
    message: MessageView | None = None
    doing: str = ""
    error: str = ""


def kind_words(kind: str) -> str:
    """The kind as words."""
    return _KINDS.get(kind, kind.replace("_", " "))


def mark(need: Need) -> tuple[str, str]:
    """The glyph of its urgency, and its role."""
    if need.kind == "mail":
        return ("✉", "unread" if need.urgency >= RANKS["mail"].urgency else "needs")
    return _MARKS.get(need.urgency, ("◆", "trouble"))


def whose(need: Need) -> str:
    """The card that it belongs to, or the run or the mailbox if it has no card."""
    return need.card or need.run or (need.slug if need.kind == "mail" else "")


def gist(need: Need) -> str:
    """The need in a few words, for a sentence."""
    if need.kind in ENDED:
        return f"the end of {need.run}"
    if need.kind in ("gate", "stage"):
        return f"{need.stage} of {need.run}"
    if need.kind == "mail":
        return f"{need.slug}'s message"
    if need.kind == "pause":
        return need.title
    return f"{need.card}'s {kind_words(need.kind)}"
