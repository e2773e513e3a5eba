"""What is shown in place of the columns while they are empty: connecting, no hub, no card, no match."""

from widgets.board.columns.lineup import NAMES, Lineup
from widgets.kit.format import Line, clean
from widgets.kit.keys import Keyboard
from widgets.mirror import Mirror


def welcome_lines(mirror: Mirror, lineup: Lineup, keyboard: Keyboard, alone: str = "") -> tuple[Line, ...]:
    """The text, or nothing if there are cards to show. `alone` is the column that has the whole screen, if
    one has."""
    if mirror.hub is None:
        if mirror.error is None:
            return ((("connecting…", "muted"),),)
        if mirror.stopped:
            key = keyboard.shown("hub.start")
            return ((("The hub is stopped.", "bad"),), ((key, "cursor"), (" starts it.", "muted")))
        return (
            (("The hub does not respond.", "bad"),),
            ((clean(str(mirror.error)), "muted"),),
            (("Retrying; the hub is started if necessary.", "muted"),),
        )
    if lineup.empty:
        new, issues, helps, leave = map(keyboard.shown, ("new", "issues", "help", "quit"))
        return (
            (("No cards yet.", "title"),),
            (("", ""),),
            (
                ("Press ", "muted"),
                (new, "cursor"),
                (" to create one: a task with its own worktree and session.", "muted"),
            ),
            ((issues, "cursor"), (" imports issues of the repository.", "muted")),
            ((helps, "cursor"), (" shows all keys, ", "muted"), (leave, "cursor"), (" leaves.", "muted")),
        )
    if lineup.words and not any(lineup.cards.values()):
        return (
            ((f"No card matches “{clean(lineup.words)}”.", "title"),),
            (("esc", "cursor"), (" clears the filter.", "muted")),
        )
    if alone and not lineup.cards.get(alone):
        return _elsewhere(alone, lineup, keyboard)
    return ()


def _elsewhere(column: str, lineup: Lineup, keyboard: Keyboard) -> tuple[Line, ...]:
    hidden = f" matches “{clean(lineup.words)}”" if lineup.totals.get(column) else ""
    left, right = (keyboard.shown(f"cursor.{side}") for side in ("left", "right"))
    said: list[Line] = [
        ((f"No card in {NAMES[column]}{hidden}.", "title"),),
        (("", ""),),
        ((left, "cursor"), (" and ", "muted"), (right, "cursor"), (" switch columns.", "muted")),
    ]
    if waiting := len(lineup.waiting()):
        many = "the card that needs you" if waiting == 1 else f"the {waiting} cards that need you"
        said.append(((keyboard.shown("next"), "cursor"), (f" goes to {many}.", "muted")))
    return tuple(said)
