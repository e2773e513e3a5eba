"""The connection to the Redis server: scripts, bounded waits, and error texts."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any, TypeVar

import redis.asyncio as redis
from redis import exceptions
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from orchestrator.core.trust.secrets import masked, passwords_in
from orchestrator.store.mail.protocol import MailAway, MailError
from orchestrator.store.mail.redis.durability import waits_for_disk

T = TypeVar("T")
WAITS_S = 5.0
"""How long a call is retried while the server is unreachable."""
ANSWERS_S = 5.0
"""How long one attempt waits for a server that accepts the connection and does not respond."""
CONNECTIONS = 32
_TRY_AGAIN_S = 0.1
_SCRIPTS = (
    "send", "receive", "held", "ack", "renew", "give_back", "expire", "redrive", "counts", "forget",
    "drop_blobs",
)  # fmt: skip
_LETS_NOT = (exceptions.AuthenticationError, exceptions.AuthorizationError, exceptions.NoPermissionError)
_AWAY = (exceptions.ConnectionError, exceptions.TimeoutError, OSError)


class Connection:
    """One server and its scripts. Every call raises `MailAway` if the server could not be reached in time,
    and `MailError` if it refuses.

    `trouble` is the error of the latest call, as text; empty if it succeeded.
    """

    def __init__(self, url: str, prefix: str, *, waits_s: float, answers_s: float, strict: bool) -> None:
        """`url` is `redis://` or, with TLS, `rediss://`, with the user and password of an ACL; error texts
        never contain those."""
        self.prefix = prefix
        self.trouble = ""
        self._url = url
        self._secrets = passwords_in(url)
        self._waits_s = waits_s
        self._answers_s = answers_s
        self._strict = strict
        self._ready = False
        self._wait_for_disk = False
        # The pool's own limit is not fair: a waiting caller may be overtaken for seconds.
        self._places = asyncio.Semaphore(CONNECTIONS)
        try:
            pool = redis.ConnectionPool.from_url(url, **_options(answers_s))
        except ValueError:
            # its own message may contain a part of the password
            raise MailError(
                "mail.store is not the address of a Redis server. Use redis://user:password@host:port/0, "
                "with special characters in the password as %2F, %23, %3F, %40"
            ) from None
        # its type stubs differ between versions, so its answers are checked here
        self.client: Any = redis.Redis.from_pool(pool)
        known = pool.connection_kwargs
        self._server = f"Redis at {known.get('path') or known.get('host', 'localhost')}"
        if "path" not in known:
            self._server += f":{known.get('port', 6379)}"
        self._scripts = {name: self.client.register_script(_source(name)) for name in _SCRIPTS}

    async def close(self) -> None:
        """Closes the pool; clients from `listening` are closed by their holders."""
        await self.client.aclose()

    def listening(self) -> Any:
        """A separate client, for calls that block."""
        return redis.Redis.from_url(self._url, **_options(self._answers_s))

    async def script(self, name: str, *words: str | bytes | float, again: bool = True) -> Any:
        """What the script returns. `again` means that running it twice is harmless."""
        script = self._scripts[name]
        keys = [f"{self.prefix}log"]  # tells a cluster which of its servers has the keys
        return await self.call(lambda: script(keys=keys, args=[self.prefix, *words]), again=again)

    async def stored(self, name: str, *words: str | bytes | float) -> Any:
        """The same, with its writes on the server's disk if durability is strict."""
        if not self._ready:
            await self.call(self._nothing)
        if not self._wait_for_disk:
            return await self.script(name, *words)

        async def run() -> Any:
            async with self.client.pipeline(transaction=False) as pipe:
                await self._scripts[name](keys=[f"{self.prefix}log"], args=[self.prefix, *words], client=pipe)
                # WAITAOF waits for what this connection wrote: a repeated send writes nothing else
                pipe.set(f"{self.prefix}touched", 1)
                pipe.execute_command("WAITAOF", 1, 0, round(self._answers_s * 900))
                answer, _, (disks, _) = await pipe.execute()
            if disks < 1:
                raise exceptions.TimeoutError("what it accepted is not on its disk yet")
            return answer

        return await self.call(run)

    async def call(self, do: Callable[[], Awaitable[T]], *, again: bool = True) -> T:
        """What `do` returns, retried until the timeout. If `again` is false it is tried once, because the
        server may have executed it although the answer was lost."""
        deadline = time.monotonic() + self._waits_s
        began = False
        while True:
            try:
                async with self._places, asyncio.timeout(self._answers_s):
                    if not self._ready:
                        self._wait_for_disk = self._strict and await waits_for_disk(self.client, self._server)
                        self._ready = True
                    began = True
                    answer = await do()
            except MailError as error:
                self.trouble = str(error)
                raise
            except _LETS_NOT as error:
                self.trouble = (
                    f"{self._server} refused: {self._said(error)}. Check the user and password in mail.store."
                )
                raise MailError(self.trouble) from error
            except _AWAY as error:
                self._ready = False
                if (again or not began) and time.monotonic() + _TRY_AGAIN_S < deadline:
                    await asyncio.sleep(_TRY_AGAIN_S)
                    continue
                why = self._said(error).rstrip(".") or f"no answer within {self._answers_s:g} s"
                self.trouble = f"cannot reach {self._server}: {why}"
                raise MailAway(f"{self.trouble}. Nothing is lost; retry when it is back") from error
            except exceptions.RedisError as error:
                self.trouble = f"{self._server} failed: {self._said(error)}"
                raise MailError(self.trouble) from error
            self.trouble = ""
            return answer

    def _said(self, error: Exception) -> str:
        return masked(str(error), self._secrets)

    async def _nothing(self) -> None:
        """Called to have the server checked."""


def _options(answers_s: float) -> dict[str, Any]:
    return {
        # the client's own timeout may swallow the end of a task (`wait_for` before Python 3.12)
        "socket_timeout": None,
        "socket_connect_timeout": answers_s,
        "socket_keepalive": True,
        "retry": Retry(NoBackoff(), 0),  # attempts are limited here, by the clock
        "protocol": 2,  # the same answers for every version of client and server
        "client_name": "orch",
    }


def _source(name: str) -> str:
    scripts = files(__package__) / "scripts"
    return (scripts / "common.lua").read_text() + (scripts / f"{name}.lua").read_text()
