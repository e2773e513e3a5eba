"""What undoing an act does, in sentences."""

from orchestrator.core.landing.queue import waits
from orchestrator.core.model import Act, Card, State
from orchestrator.core.text.clean import one_line
from orchestrator.core.undo.acts import lands, named
from orchestrator.core.undo.decide import skipped, version
from orchestrator.core.undo.evolve import begun
from orchestrator.core.undo.views import Undone


def told(state: State, act: Act, card: str = "") -> Undone:
    """What undoing the act does to the state; `card` if the last one on that card is meant."""
    later = tuple(dict.fromkeys(named(each) for each in skipped(state, act, card)))
    own = state.cards.get(act.card)
    return Undone(
        card=act.card,
        title=act.before.title,
        act=named(act),
        steps=_steps(own, act),
        seen=version(act),
        done=False,
        asks=bool(later or act.gone) or act.verb == "rm" or (lands(act) and not (own and waits(own))),
        skipped=later,
    )


def _steps(card: Card | None, act: Act) -> tuple[str, ...]:
    before, name = act.before, act.card
    match act.verb:
        case "hold" | "release":
            note = f": {one_line(before.held, 60)}" if before.held else ""
            return (f"{name} is released." if before.held is None else f"{name} is on hold{note}.",)
        case "pin" | "unpin":
            return (f"{name} is {'pinned' if before.pinned else 'not pinned'}.",)
        case "label":
            labels = ", ".join(before.labels)
            return (
                f"{name} has the labels {one_line(labels, 100)}." if labels else f"{name} has no labels.",
            )
        case "acknowledge":
            return (f"{name} is not acknowledged.",)
        case "reopen":
            return (f"{name} is in Done.",)
        case _:
            pass
    if card and waits(card):
        return (f"{name} does not land.",)
    return tuple(_endings(card, act))


def _endings(card: Card | None, act: Act) -> list[str]:
    ending = begun(card, act, act.at).ending
    assert ending is not None
    found = []
    if ending.gone:
        tree = ending.gone.worktree
        rest = ", with uncommitted files" if ending.gone.rescue else ""
        found.append(f"Worktree {one_line(tree.path, 200)} and branch {tree.branch} are restored{rest}.")
    if ending.made:
        found.append(f"{ending.made.into} is back at {ending.made.onto[:10]}.")
    place = {"rm": "is on the board again", "shelve": "leaves the backlog", "finish": "leaves Done"}
    found.append(f"{act.card} {place[act.verb]}.")
    if ending.resumes:
        found.append("Its session is resumed.")
    return found
