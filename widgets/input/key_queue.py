"""Keys, pastes and clicks, one at a time: each starts only after everything caused by the previous one is
done."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Protocol

from textual import events
from textual.app import App, ScreenStackError
from textual.message_pump import MessagePump
from textual.widget import Widget

from widgets.input.arrivals import Arrivals

ANSWERS_WITHIN = 1.0
"""Seconds that keys wait for the hub's answer to the key before them, which may open or close something for
them. Keys that arrive meanwhile are dropped after that: they would act on something else."""

_ROUNDS, _MOST_ROUNDS = 3, 12
"""How many rounds a key is waited for: the key, what it posts, and what that posts."""
_PASSING = (events.MouseMove, events.MouseScrollDown, events.MouseScrollUp)
"""Frequent events that no key depends on."""
_PASSES_WITHIN = 1.0
"""Seconds after which a slow widget is not waited for."""


class Guide(Protocol):
    """What the queue needs to know about the present screen."""

    def free(self, key: events.Key) -> bool:
        """The key only moves a cursor or the focus, or is typed into a text."""

    def opens(self, key: events.Key) -> bool:
        """The key only opens or shows something."""

    def text(self, event: events.Event) -> Widget | None:
        """The field into which the key is typed, if any."""

    def waits(self, following: events.Event | None) -> bool:
        """What the previous key opens, and the next one is meant for, is not there yet."""

    def pasted(self) -> None:
        """A paste without brackets was dropped."""

    def late(self, keys: int) -> None:
        """That many keys were dropped: they were typed for what the hub's answer would open or close."""


class KeyQueue:
    """`dispatch` passes an event to the screen, in the app's own task, as Textual does."""

    def __init__(
        self, app: App[None], window: float, guide: Guide, dispatch: Callable[[events.Event], Awaitable[None]]
    ) -> None:
        self._app, self._guide, self._dispatch = app, guide, dispatch
        self._arrivals = Arrivals(window)
        self._busy: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """Everything received has been handled."""
        return not self._arrivals and self._busy is None

    async def take(self, event: events.Event) -> None:
        """Dispatches the event when its turn comes, at once if nothing precedes it."""
        self._arrivals.add(event, time.monotonic())
        if self._busy is None:
            await self._next()

    def clear(self) -> int:
        """Drops what waits; returns how many keys that were."""
        return self._arrivals.clear()

    def stop(self) -> None:
        """The app ends: nothing is waited for any more."""
        self._arrivals.clear()
        if self._busy is not None:
            self._busy.cancel()

    async def _next(self) -> None:
        """Runs in the app's task. Dispatches until something has to be waited for."""
        self._busy = None
        while self._arrivals:
            free = self._guide.free
            if seconds := self._arrivals.waits(time.monotonic(), free):
                self._later(asyncio.sleep(seconds))
                return
            if self._arrivals.pasted(free, self._guide.opens):
                self._arrivals.drop()
                self._guide.pasted()
            else:
                event = self._arrivals.pop()
                before, text = list(self._chain()), self._guide.text(event)
                await self._dispatch(event)
                types_on = text and self._arrivals and self._guide.text(self._arrivals.first) is text
                if not types_on and not isinstance(event, _PASSING):
                    self._later(self._settled(before))
                    return

    def _later(self, waiting: Awaitable[None]) -> None:
        async def then() -> None:
            try:
                with suppress(ScreenStackError):  # it ends
                    await waiting
            finally:  # after any error with one key, the next is handled
                self._app.call_later(self._next)

        self._busy = asyncio.create_task(then())

    async def _settled(self, before: list[MessagePump]) -> None:
        """Until everything caused by the event is done; `before` are the widgets involved."""
        screen = before[-2:-1]
        await self._rounds(before)
        begun = time.monotonic()
        while self._guide.waits(self._following) and time.monotonic() - begun < ANSWERS_WITHIN:
            await asyncio.sleep(0.002)
            await self._rounds([])
        if self._guide.waits(self._following) and (keys := self._arrivals.clear()):
            self._guide.late(keys)
        if screen != [self._app.screen]:
            await self._passed(self._app.screen.call_after_refresh, self._app.screen)

    @property
    def _following(self) -> events.Event | None:
        return self._arrivals.first if self._arrivals else None

    async def _rounds(self, before: list[MessagePump]) -> None:
        for number in range(_MOST_ROUNDS):
            now = list(self._chain())
            for pump in [*(each for each in before if each not in now), *now]:
                await self._passed(pump.call_later, pump)
            if (
                number + 1 >= _ROUNDS
                and now == list(self._chain())
                and not any(each.message_queue_size for each in now[:-1])
            ):
                return

    def _chain(self) -> Iterator[MessagePump]:
        """Who gets a key now, in the order of bubbling."""
        pump: MessagePump | None = self._app.focused or self._app.screen
        while pump is not None:
            yield pump
            pump = pump._parent  # noqa: SLF001 (the parent of a screen is the app, and no public property is both)

    async def _passed(self, soon: Callable[[Callable[[], object]], bool], pump: MessagePump) -> None:
        """Until the pump has handled what it has received so far, unless it is closed by then."""
        done = asyncio.get_running_loop().create_future()

        def passed() -> None:
            if not done.done():
                done.set_result(None)

        if not soon(passed):
            return
        until = time.monotonic() + _PASSES_WITHIN
        while not done.done() and pump.is_attached and time.monotonic() < until:
            await asyncio.wait({done}, timeout=0.05)
