"""The tools with which a session opens cards for others, and checks their state."""

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from orchestrator.core.board.views import CardView
from orchestrator.core.model import Card
from orchestrator.core.requests.cards import New
from orchestrator.core.text.clean import one_line
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.mail.teams.requested_cards import RequestedCards
from orchestrator.hub.mcp.tool import Arguments, Call, Tool, Toolbox


class NewCard(Arguments):
    title: str = Field(min_length=1)
    prompt: str = Field(min_length=1)
    name: str = Field(default="", description="Its mailbox; default: from the title")
    base: str = Field(default="", description="Branch or commit to start from")
    labels: list[str] = Field(default_factory=list)
    model: str = ""


class CardStatus(Arguments):
    card: str = Field(default="", description="Default: all that you lead")


def card_tools(wanted: RequestedCards) -> Toolbox:
    """`card_new` and `card_status`."""

    async def new(call: Call, said: NewCard) -> str:
        request = New(
            title=said.title, repo=_card(call).repo, prompt=said.prompt, base=said.base, name=said.name,
            model=said.model, labels=tuple(said.labels),
        )  # fmt: skip
        view = await wanted.open(call.caller, request)
        if view.state == "new":
            how = "waits for the human's approval; mail to it is kept until it starts"
        else:
            how = "starts now"
        return f"{view.id} was created; its mailbox is {view.slug}. It {how}."

    async def status(call: Call, said: CardStatus) -> str:
        me = _card(call)
        return "\n".join(map(_line, wanted.status(me, said.card))) or "You lead no card."

    def _card(call: Call) -> Card:
        card = wanted.engine.state.cards.get(call.caller.card)
        if card is None:
            raise refusal("your card was removed", hint="Tell the user, and stop.")
        return card

    tools: tuple[Tool[Any], ...] = (
        Tool(
            "card_new",
            "Open a card with its own worktree and session, led by you. May need the human's approval.",
            NewCard,
            new,
        ),
        Tool("card_status", "Show the state of a card.", CardStatus, status, True),
    )

    def of(caller: Caller) -> Iterable[Tool[Any]]:
        return tools if caller.card in wanted.engine.state.cards else ()

    return of


def _line(view: CardView) -> str:
    parts = [
        f"{view.id} {view.slug} [{view.column}] {view.state.replace('_', ' ')}",
        view.reason,
        f"branch {view.branch}",
        f"{view.unread_mail} unread" if view.unread_mail else "",
        f"last message: {one_line(view.last_words, 300)}" if view.last_words else "",
    ]
    return one_line("; ".join(filter(None, parts)), 600)
