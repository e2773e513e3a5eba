"""Renders the README's picture of the board, with sample cards: `python -m docs.picture`."""

import asyncio
import re
import time
from dataclasses import replace
from pathlib import Path

from orchestrator.client import Board
from widgets.app import OrchApp
from widgets.gallery.boards import GalleryClient, board

_SIZE = (200, 34)
_SHOWN_WITHIN = 10.0
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Textual names a web font; the reader's own monospace font is used instead, without a download."""


async def take(path: Path) -> None:
    """Writes the board as an SVG."""
    whole = board(time.time())
    cards = tuple(
        card
        for card in whole.cards
        if card.title.isprintable() and card.title.isascii() and card.state != "queued"
    )
    sums = replace(
        whole.hub,
        sessions=sum(card.window is not None for card in cards),
        queued=0,
        waiting=sum(card.attention > 0 for card in cards),
    )
    app = OrchApp(GalleryClient(Board(sums, cards)))
    async with app.run_test(size=_SIZE) as pilot:
        deadline = time.monotonic() + _SHOWN_WITHIN
        while cards[-1].slug not in (picture := app.export_screenshot(title="orch")) and (
            time.monotonic() < deadline
        ):
            await pilot.pause(0.1)
    path.write_text(_FONTS.sub("", picture), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(take(Path(__file__).with_name("board.svg")))
