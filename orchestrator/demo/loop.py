"""A scheduler for coroutines on one thread that sleeps until something happens.

Replaces asyncio, whose import alone would double the start-up cost of a session.
"""

import heapq
import os
import select
import signal
import time
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Cancelled(BaseException):
    """Raised in a waiting task when it is cancelled."""


class Future(Generic[T]):
    """A value that arrives later. The first `set` counts; later ones are ignored."""

    __slots__ = ("_then", "done", "value")

    def __init__(self) -> None:
        self.done = False
        self.value: Any = None
        self._then: list[Callable[[], object]] = []

    def set(self, value: T) -> None:
        """Calls the callbacks of `then`, at once and in order."""
        if not self.done:
            self.done, self.value = True, value
            for call in self._then:
                call()

    def then(self, call: Callable[[], object]) -> None:
        """`call` is called when the value is there, at once if it is."""
        if self.done:
            call()
        else:
            self._then.append(call)

    def __await__(self) -> Generator["Future[T]", None, T]:
        if not self.done:
            yield self
        value: T = self.value
        return value


class Task(Generic[T]):
    """A running coroutine. `result` is set when it ends, to `None` if it was cancelled."""

    __slots__ = ("_coroutine", "_loop", "_waits_for", "result")

    def __init__(self, loop: "Loop", coroutine: Coroutine[Any, Any, T]) -> None:
        self._loop, self._coroutine = loop, coroutine
        self._waits_for: Future[Any] | None = None
        self.result: Future[T | None] = Future()

    def cancel(self) -> None:
        """Raises `Cancelled` where the task waits; does nothing to an ended one."""
        if not self.result.done:
            self._waits_for = None
            self._go(Cancelled())

    def _resume(self, future: Future[Any]) -> None:
        if self._waits_for is future:
            self._waits_for = None
            self._go()

    def _go(self, error: Cancelled | None = None) -> None:
        try:
            future = self._coroutine.throw(error) if error else self._coroutine.send(None)
        except StopIteration as stop:
            self.result.set(stop.value)
        except Cancelled:
            self.result.set(None)
        else:
            self._waits_for = future
            future.then(lambda: self._loop.soon(lambda: self._resume(future)))


class Loop:
    """Runs tasks until one of them raises; uses no time while idle."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._watched: dict[int, Callable[[], object]] = {}
        self._timers: list[tuple[float, int, Callable[[], object]]] = []
        self._ready: deque[Callable[[], object]] = deque()
        self._count = 0
        self._woken_by, wakes = os.pipe()
        for end in (self._woken_by, wakes):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        self.watch(self._woken_by, lambda: os.read(self._woken_by, 512))

    def spawn(self, coroutine: Coroutine[Any, Any, T]) -> Task[T]:
        """Starts a task; it runs up to its first wait before this returns."""
        task = Task(self, coroutine)
        task._go()  # noqa: SLF001 (loop and task are one mechanism)
        return task

    def soon(self, call: Callable[[], object]) -> None:
        """Calls it in the next round of the loop, on the loop's thread."""
        self._ready.append(call)

    def later(self, seconds: float, call: Callable[[], object]) -> Callable[[], None]:
        """`call` is called once, unless the returned function is called before."""
        self._count += 1
        entry = (time.monotonic() + seconds, self._count, call)
        heapq.heappush(self._timers, entry)

        def cancel() -> None:
            if entry in self._timers:
                self._timers.remove(entry)
                heapq.heapify(self._timers)

        return cancel

    def watch(self, fd: int, call: Callable[[], object], *, write: bool = False) -> None:
        """`call` is called whenever `fd` is readable (or writable), until `forget`."""
        self._watched[fd] = call
        self._poll.register(fd, select.POLLOUT if write else select.POLLIN)

    def forget(self, fd: int) -> None:
        """Ends `watch`; does nothing for one that is not watched. Call it before `fd` is closed."""
        if self._watched.pop(fd, None):
            self._poll.unregister(fd)

    def on_signal(self, number: int, call: Callable[[], object]) -> None:
        """Calls it on the loop's thread, outside of the signal handler."""
        signal.signal(number, lambda *_: self.soon(call))

    async def sleep(self, seconds: float) -> None:
        """At least that long; a task that is cancelled meanwhile leaves no timer."""
        woken: Future[None] = Future()
        cancel = self.later(seconds, lambda: woken.set(None))
        try:
            await woken
        finally:
            cancel()

    async def until_ready(self, fd: int, *, write: bool = False) -> None:
        """Waits until `fd` is readable, or writable."""
        ready: Future[None] = Future()
        self.watch(fd, lambda: ready.set(None), write=write)
        try:
            await ready
        finally:
            self.forget(fd)

    def run(self) -> None:
        """Never returns: `SystemExit`, or an error of any task or call, ends it."""
        while True:
            while self._ready:
                self._ready.popleft()()
            wait = None
            if self._timers:
                wait = max(0.0, (self._timers[0][0] - time.monotonic()) * 1000)
            for fd, _ in self._poll.poll(wait):
                if call := self._watched.get(fd):
                    call()
            now = time.monotonic()
            while self._timers and self._timers[0][0] <= now:
                heapq.heappop(self._timers)[2]()
