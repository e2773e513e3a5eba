"""Resumes all sessions that ended unexpectedly."""

from orchestrator.client.resuming import Resumed, resume_all, to_resume
from orchestrator.core.board.views import CardView
from widgets.dialogs.choose import Choose
from widgets.hub_app import HubApp

_WAYS = [
    ("Resume", "each waits for you where it stopped"),
    ("Resume and continue", "also continue cut-off turns"),
]


def ask(app: HubApp, cards: tuple[CardView, ...]) -> None:
    """Asks how to resume the cards that need it, and resumes them."""
    found = to_resume(cards, go_on=True)
    if not found:
        app.tell("No session ended unexpectedly, and no turn was cut off.", severity="warning")
        return

    def chosen(number: int | None) -> None:
        if number is not None:
            go_on = bool(number)
            app.command(
                lambda client: list(resume_all(client, go_on=go_on)), lambda all_: _resumed(app, all_)
            )

    names = ", ".join(card.id for card in found)
    app.push_screen(Choose(f"Resume {names}?", f"Resume {names}?", _WAYS), chosen)


def _resumed(app: HubApp, all_of_them: list[Resumed]) -> None:
    for each in all_of_them:
        if each.error:
            app.tell_error(each.error)
    well = [each.id for each in all_of_them if not each.error]
    if well:
        app.tell(f"Resuming: {', '.join(well)}.")
