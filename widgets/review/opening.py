"""Opening the review from a gate or a stage."""

from collections.abc import Sequence

from orchestrator.core.workflow.views import GateView, RunView, StageView
from widgets.runs.dialogs.decide import Drafts
from widgets.screens.board_view import BoardView


def reviewable(run: RunView, stage: StageView, gate: GateView | None) -> list[tuple[str, str]]:
    """The stages whose changes are meant, each with the id of its card: those that the gate shows,
    or else the stage itself. Pure."""
    names = [diff.stage for diff in gate.evidence.diffs] if gate else [stage.name]
    cards = {each.name: each.card for each in run.stages}
    return [(name, cards[name]) for name in dict.fromkeys(names) if cards.get(name)]


def drafts(board: BoardView, stages: Sequence[tuple[str, str]]) -> Drafts:
    """The comments on the diffs of these stages' cards that are not sent."""
    cards = board.mirror.cards
    found = {card: (name, cards[card].branch, cards[card].drafts) for name, card in stages if card in cards}
    return tuple(each for each in found.values() if each[2])


def review(board: BoardView, stages: Sequence[tuple[str, str]]) -> None:
    """Opens the changes of that stage, or of the one of several that the user chooses."""
    from widgets.dialogs.choose import Choose
    from widgets.review.screen import ReviewScreen

    found = [(name, board.mirror.cards[card]) for name, card in stages if card in board.mirror.cards]
    if not found:
        board.app.tell("There is no card whose changes could be reviewed.", severity="warning")
        return

    def chosen(number: int | None) -> None:
        if number is not None:
            board.app.push_screen(ReviewScreen(board, found[number][1]))

    if len(found) == 1:
        chosen(0)
    else:
        options = [(name, f"{card.id} · {card.branch}") for name, card in found]
        board.app.push_screen(Choose("Review changes", "Choose a stage.", options), chosen)
