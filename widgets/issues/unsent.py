"""What of a card waits to be sent to its forge, and what a person decides about it."""

from orchestrator.core.board.views import CardView
from orchestrator.core.forge.outbox.waiting import ForgeOutbox, sentences
from orchestrator.core.requests.forge import DropChanges, OutboxCommand, RetryChanges, SettleConflict
from widgets.dialogs.choose import Choose
from widgets.hub_app import HubApp


def show(app: HubApp, card: CardView) -> None:
    """Lists it; with a choice of what can be decided."""
    outbox = card.forge_outbox
    if outbox is None:
        return
    choices = decisions(outbox)
    said = "\n".join(sentences(outbox, app.clock()))

    def chosen(number: int | None) -> None:
        if number is not None:
            _send(app, card, choices[number][2])

    app.push_screen(Choose(f"Unsent changes of {card.id}", said, [each[:2] for each in choices]), chosen)


def decisions(outbox: ForgeOutbox) -> list[tuple[str, str, OutboxCommand]]:
    """What can be decided: name, meaning, request."""
    card = outbox.card
    found: list[tuple[str, str, OutboxCommand]] = []
    for each in outbox.failed:
        found += [
            (f"Retry: {each.what}", "send it again", RetryChanges(card, each.id, by="tui")),
            (f"Drop: {each.what}", "give it up", DropChanges(card, each.id, by="tui")),
        ]
    for one in outbox.conflicts:
        found += [
            (one.ours, "", SettleConflict(card, "ours", one.field, by="tui")),
            (one.theirs, "", SettleConflict(card, "theirs", one.field, by="tui")),
        ]
    if outbox.waiting:
        found.append(("Retry now", "send what waits", RetryChanges(card, by="tui")))
        found.append(("Drop all", "nothing of this is sent", DropChanges(card, waiting=True, by="tui")))
    return found


def _send(app: HubApp, card: CardView, request: OutboxCommand) -> None:
    def done(left: ForgeOutbox | None) -> None:
        said = "Nothing waits to be sent." if left is None else "\n".join(sentences(left, app.clock()))
        app.tell(said, title=f"Unsent changes of {card.id}")

    app.command(lambda client: client.submit(request), done)
