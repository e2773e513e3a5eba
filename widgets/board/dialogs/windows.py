"""Windows of another journal: listing them, and acting on one."""

from functools import partial

from orchestrator.core.board.views import CardView
from orchestrator.core.board.windows import WindowView
from orchestrator.core.requests.windows import AdoptWindow, EndWindow
from widgets.dialogs.choose import Choose
from widgets.hub_app import HubApp

_ACTS = (
    (
        "Adopt and restart",
        "a card takes it over; the process ends and the conversation resumes here",
    ),
    (
        "Adopt",
        "a card in the backlog takes it over; the session keeps running",
    ),
    (
        "End",
        "the process ends and the window closes; the worktree stays",
    ),
)


def choose(app: HubApp, found: tuple[WindowView, ...]) -> None:
    """Lists them, then asks what to do with the chosen one."""
    if not found:
        app.tell("No windows of another journal.")
        return

    def chosen(number: int | None) -> None:
        if number is not None:
            app.push_screen(_what_to_do(found[number]), partial(_act, app, found[number]))

    options = [(f"{each.window} {each.card} {each.slug}", _means(each)) for each in found]
    app.push_screen(Choose("Windows of another journal", "Adopt or end one:", options), chosen)


def _means(window: WindowView) -> str:
    ran = " ".join(filter(None, (window.state, window.program, window.doing)))
    taken = f"adopted: {window.adopted}" if window.adopted else ""
    return " · ".join(filter(None, (ran, f"process {window.pid}", taken, window.folder)))


def _what_to_do(window: WindowView) -> Choose:
    return Choose(f"{window.window}: {window.card} {window.slug}", _means(window), _ACTS)


def _act(app: HubApp, window: WindowView, number: int | None) -> None:
    if number is None:
        return

    def adopted(card: CardView) -> None:
        app.tell(f"{card.id} took over {window.window}.")

    def ended(_: WindowView) -> None:
        app.tell(f"Ended {window.window}; its worktree stays: {window.folder}")

    if number < 2:
        app.command(lambda client: client.submit(AdoptWindow(window.pane, restart=number == 0)), adopted)
    else:
        app.command(lambda client: client.submit(EndWindow(window.pane)), ended)
