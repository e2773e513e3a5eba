"""The acts on all marked cards: what each asks first, and the requests that it makes."""

from collections.abc import Callable, Sequence

from orchestrator.core.board.views import CardView
from orchestrator.core.requests.cards import (
    Hold,
    Label,
    OfCard,
    Remove,
    Restart,
    Resume,
    Send,
    Shelve,
    Start,
    Stop,
)
from orchestrator.core.requests.every import card_request
from widgets.board import moves
from widgets.board.refusals import at_work, live
from widgets.board.several.batch import Batch, count
from widgets.board.several.progress import carry_out
from widgets.screens.board_view import BoardView

SEVERAL = frozenset({
    "send", "start", "stop", "resume", "restart", "hold", "release", "shelve", "finish", "label", "move.left",
    "move.right", "reopen", "pin", "unpin", "acknowledge", "rm",
})  # fmt: skip
"""The actions on a card that act on all marked ones, where there are marks."""

_WORDS = {
    "start": ("Starting", "started"),
    "stop": ("Stopping", "stopped"),
    "resume": ("Resuming", "resumed"),
    "restart": ("Restarting", "restarted"),
    "release": ("Releasing", "released"),
    "shelve": ("Shelving", "shelved"),
    "reopen": ("Reopening", "reopened"),
    "pin": ("Pinning", "pinned"),
    "unpin": ("Unpinning", "unpinned"),
    "acknowledge": ("Acknowledging", "acknowledged"),
    "hold": ("Holding", "on hold"),
    "label": ("Labelling", "labelled"),
    "rm": ("Removing", "removed"),
    "send": ("Sending", "sent the prompt"),
}
_REQUESTS: dict[str, Callable[[CardView], OfCard]] = {
    "start": lambda card: Start(card.id),
    "stop": lambda card: Stop(card.id),
    "resume": lambda card: Resume(card.id),
    "restart": lambda card: Restart(card.id),
    "shelve": lambda card: Shelve(card.id),
    "rm": lambda card: Remove(card.id, force=at_work(card)),
}


class SeveralActs:
    """Acts on the marked cards of a board. A card with which an act is done loses its mark."""

    def __init__(self, board: BoardView) -> None:
        self._board = board

    def perform(self, action: str) -> None:
        """Does one of `SEVERAL` to all marked cards; asks first where the act on one card does."""
        cards = self._board.marked
        if action.startswith("move."):
            self._move(cards, action.removeprefix("move."))
        elif action in ("pin", "unpin"):
            self._run("unpin" if all(card.pinned for card in cards) else "pin", cards)
        elif action in ("send", "hold", "finish", "label"):
            self._asking(action, cards)
        elif said := _warning(action, cards):
            self._confirm(action, cards, said)
        else:
            self._run(action, cards)

    def _run(
        self,
        action: str,
        cards: Sequence[CardView],
        request: Callable[[CardView], OfCard] | None = None,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        made = request or _REQUESTS.get(action) or (lambda card: card_request(action, card.id))
        doing, done = _WORDS[action]

        def ended(batch: Batch) -> None:
            self._board.unmark(batch.well)
            then()

        carry_out(self._board.app, Batch(doing, done, tuple(cards), made), ended)

    def _confirm(self, action: str, cards: Sequence[CardView], said: str) -> None:
        from widgets.dialogs.dialog import Confirm

        verb = {"rm": "Remove"}.get(action, action.capitalize())
        self._board.app.push_screen(
            Confirm(f"{verb} {count(len(cards))}?", said, verb),
            lambda sure: self._run(action, cards) if sure else None,
        )

    def _asking(
        self, action: str, cards: Sequence[CardView], then: Callable[[], None] = lambda: None
    ) -> None:
        """Those that need more than the cards: a prompt, a note, labels, a way to finish."""
        app = self._board.app
        if action == "finish":
            from widgets.board.dialogs.finish_several import FinishSeveral

            app.push_screen(
                FinishSeveral(cards), lambda queued: self._board.unmark(queued) if queued else None
            )
            return
        if action == "label":
            from widgets.board.dialogs.label import LabelDialog

            def labelled(labels: tuple[tuple[str, ...], tuple[str, ...]] | None) -> None:
                if labels:
                    self._run("label", cards, lambda card: _label(card, *labels))

            app.push_screen(LabelDialog(cards, _known(self._board)), labelled)
            return
        from widgets.dialogs.words import Words

        names = _names(cards)
        if action == "send":
            said = f"{names}: each session receives it once it is idle."
            dialog = Words(f"Send to {count(len(cards))}", said, "Send")
        else:
            said = f"{names}: they stay in Blocked with this note until released; sessions keep running."
            dialog = Words(f"Hold {count(len(cards))}", said, "Hold", may_be_empty=True)

        def given(words: str | None) -> None:
            if words is None:
                return
            if action == "send":
                self._run("send", cards, lambda card: Send(card.id, words, queue=True), then)
            else:
                self._run("hold", cards, lambda card: Hold(card.id, words), then)

        app.push_screen(dialog, given)

    def _move(self, cards: Sequence[CardView], way: str) -> None:
        """What the move means for each: the kinds one after another, those that ask last."""
        key = self._board.app.keyboard.shown
        kinds: dict[str, list[CardView]] = {}
        refused: list[str] = []
        for card in cards:
            move = moves.move(card, moves.target(card, way), key)
            if move.kind == "refuse":
                refused.append(move.why)
            else:
                kinds.setdefault(move.kind, []).append(card)
        if refused:
            title = f"{count(len(refused))} cannot move"
            self._board.app.tell("\n".join(refused), title=title, severity="warning")
        self._next_kind(sorted(kinds.items(), key=lambda kind: kind[0] in ("send", "hold", "finish")))

    def _next_kind(self, kinds: Sequence[tuple[str, list[CardView]]]) -> None:
        if not kinds:
            return
        (kind, cards), rest = kinds[0], kinds[1:]
        then = lambda: self._next_kind(rest)  # noqa: E731
        if kind in ("send", "hold", "finish"):
            self._asking(kind, cards, then)
        else:
            self._run(kind, cards, then=then)


def _label(card: CardView, add: tuple[str, ...], remove: tuple[str, ...]) -> Label:
    """A label to remove that the card does not have is none of its concern, unless there is nothing else."""
    own = tuple(label for label in remove if label in card.labels)
    return Label(card.id, add, own if own or add else remove)


def _known(board: BoardView) -> list[str]:
    return sorted({label for card in board.mirror.cards.values() for label in card.labels})


def _names(cards: Sequence[CardView]) -> str:
    return ", ".join(card.id for card in cards)


def _warning(action: str, cards: Sequence[CardView]) -> str:
    """What to know before it is done; empty if it needs no confirmation."""
    names, busy = _names(cards), sum(1 for card in cards if at_work(card))
    works = f"{busy} of {len(cards)} {'is' if busy == 1 else 'are'} at work and will be cut off."
    match action:
        case "stop" if busy:
            return f"{names}\n{works} Cards, worktrees and conversations are kept."
        case "restart":
            return f"{names}\nThe sessions end, and their conversations resume in new ones."
        case "shelve" if any(map(live, cards)):
            return f"{names}\nThe sessions end, and the cards move to the backlog. Worktrees are kept."
        case "rm":
            ends = f"{works} " if busy else ""
            return f"{names}\n{ends}A card whose work would be lost is refused and stays."
    return ""
