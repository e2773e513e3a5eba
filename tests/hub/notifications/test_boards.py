"""Who counts as an open board."""

import asyncio
from unittest.mock import MagicMock

from orchestrator.core.board.views import Notice
from orchestrator.hub.telling.stream import Stream, Subscriber

HELLO = Notice(1.0, "", "Hello.")


def test_the_page_of_a_phone_is_no_open_board() -> None:
    async def told(*subscribers: Subscriber) -> int:
        stream = Stream(MagicMock(), MagicMock(), tuple, MagicMock())
        stream.board = lambda: HELLO  # type: ignore[method-assign,assignment,return-value]  # any update
        streams = [stream.events(each) for each in subscribers]
        for each in streams:
            await anext(each)
        return stream.notice(HELLO)

    assert asyncio.run(told(Subscriber(phone=True))) == 0
    assert asyncio.run(told(Subscriber(phone=True), Subscriber())) == 1
