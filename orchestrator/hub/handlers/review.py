"""Diffs, and what is said about their lines."""

from collections.abc import AsyncIterator
from dataclasses import replace

from orchestrator.core.board.views import CardView
from orchestrator.core.diff.files import Diff
from orchestrator.core.requests.review import (
    AddComment,
    DeleteComment,
    EditComment,
    ExportPatch,
    MarkReviewed,
    Patch,
    ReadDiff,
    ReadPatch,
    ReadReview,
    SawDiff,
    SendComments,
)
from orchestrator.core.review.comments import Comment, Review
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.services.cards import CardService
from orchestrator.hub.services.mail import HumanMail
from orchestrator.hub.services.reviews import ReviewService


def review(reviews: ReviewService, cards: CardService, mail: HumanMail) -> Table:
    async def diff(request: ReadDiff) -> Diff:
        return await reviews.diff(request)

    async def patch(request: ReadPatch) -> Patch:
        return await reviews.patch(request)

    async def export(request: ExportPatch) -> AsyncIterator[bytes]:
        return await reviews.export(request)

    async def read(request: ReadReview) -> Review:
        return await reviews.review(request)

    async def add(request: AddComment, _: Speaker) -> Comment:
        return await reviews.add(request)

    async def command(request: EditComment | DeleteComment | MarkReviewed | SawDiff, _: Speaker) -> CardView:
        card = cards.find(request.card).id
        await cards.engine.submit(replace(request, card=card))
        return cards.view(card)

    async def send(request: SendComments, _: Speaker) -> CardView:
        mail.human_spoke_to(cards.find(request.card).slug)
        card, prompt = await reviews.send(request)
        await cards.typed(card, prompt)
        return cards.view(card)

    return (
        {ReadDiff: diff, ReadPatch: patch, ExportPatch: export, ReadReview: read},
        {
            AddComment: add,
            **dict.fromkeys((EditComment, DeleteComment, MarkReviewed, SawDiff), command),
            SendComments: send,
        },
    )
