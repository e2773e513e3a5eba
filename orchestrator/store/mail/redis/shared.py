"""What hubs share besides the messages: claims, pauses, presence, blobs."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from redis import exceptions

from orchestrator.core.mail.addressing import Peer
from orchestrator.core.mail.claims import Claim, Conflict, claimed, live
from orchestrator.core.mail.message_limits import BLOB_BYTES
from orchestrator.core.mail.rate_limits import Pair, Pause
from orchestrator.store.mail.claims import dropped
from orchestrator.store.mail.codec import CLAIM, PAUSE, PEER, Form
from orchestrator.store.mail.presence import PRESENT_S
from orchestrator.store.mail.protocol import MailError
from orchestrator.store.mail.redis.connection import Connection
from orchestrator.store.mail.redis.unreadable import Unreadable

T = TypeVar("T")


class Shared:
    """The parts of `MailStore` that need no script: each is one value, changed only if nobody else has
    changed it meanwhile."""

    def __init__(self, connection: Connection, unreadable: Unreadable) -> None:
        self._unreadable = unreadable
        self._connection = connection
        self._prefix = connection.prefix
        self._client = connection.client

    # --- blobs

    async def put_blob(self, data: bytes) -> str:
        if len(data) > BLOB_BYTES:
            raise MailError(f"{len(data):,} bytes are too much for one blob: at most {BLOB_BYTES:,}.")
        name = hashlib.sha256(data).hexdigest()

        async def put() -> None:
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.set(f"{self._prefix}blob:{name}", data, nx=True)
                pipe.zrem(f"{self._prefix}loose", name)
                await pipe.execute()

        await self._connection.call(put)
        return name

    async def blob(self, sha256: str) -> bytes | None:
        return await self._connection.call(lambda: self._client.get(f"{self._prefix}blob:{sha256}"))

    # --- claims

    async def claim(self, wanted: Sequence[Claim], now: float) -> Conflict | None:
        def change(kept: list[Any]) -> tuple[list[Any], Conflict | None]:
            after = claimed(self._claims(kept), wanted, now)
            return (kept, after) if isinstance(after, Conflict) else (list(map(CLAIM.plain, after)), None)

        return await self._change("claims", change)

    async def claims(self, now: float) -> tuple[Claim, ...]:
        return live(self._claims(await self._value("claims")), now)

    async def drop_claims(self, holder: str, session: str, what: Collection[str]) -> None:
        def change(kept: list[Any]) -> tuple[list[Any], None]:
            left = [each for each in self._claims(kept) if not dropped(each, holder, session, what)]
            return list(map(CLAIM.plain, left)), None

        await self._change("claims", change)

    # --- pauses

    async def pause(self, pause: Pause) -> None:
        await self._connection.call(
            lambda: self._client.hset(f"{self._prefix}pauses", _pair(pause.pair), PAUSE.dump(pause))
        )

    async def unpause(self, pair: Pair) -> None:
        await self._connection.call(lambda: self._client.hdel(f"{self._prefix}pauses", _pair(pair)))

    async def paused(self) -> tuple[Pause, ...]:
        found = await self._connection.call(lambda: self._client.hvals(f"{self._prefix}pauses"))
        return tuple(sorted(self._read(PAUSE, found, "pause"), key=lambda each: each.pair))

    # --- presence

    async def announce(self, hub: str, peers: Sequence[Peer], now: float) -> tuple[str, ...]:
        def change(kept: list[Any]) -> tuple[list[Any], tuple[str, ...]]:
            there = self._present(kept, now)
            others = [said for said, peer in there if peer.hub != hub]
            names = {peer.name for _, peer in there if peer.hub != hub}
            ours = [
                {"peer": PEER.plain(replace(peer, hub=hub)), "until": now + PRESENT_S}
                for peer in peers
                if peer.name not in names
            ]
            return [*others, *ours], tuple(peer.name for peer in peers if peer.name in names)

        return await self._change("presence", change)

    async def peers(self, now: float) -> tuple[Peer, ...]:
        kept = await self._value("presence")
        return tuple(peer for _, peer in self._present(kept, now))

    def _present(self, kept: Sequence[Any], now: float) -> list[tuple[Any, Peer]]:
        found: list[tuple[Any, Peer]] = []
        for each in kept:
            with self._unreadable.left_out(f"presence {each!r}"):
                if each["until"] > now:
                    found.append((each, PEER.load(json.dumps(each["peer"]))))
        return found

    def _claims(self, kept: Sequence[Any]) -> list[Claim]:
        return self._read(CLAIM, [json.dumps(each) for each in kept], "claim")

    def _read(self, form: Form[T], texts: Iterable[str | bytes], what: str) -> list[T]:
        found: list[T] = []
        for text in texts:
            with self._unreadable.left_out(f"{what} {text!r}"):
                found.append(form.load(text))
        return found

    async def _value(self, name: str) -> list[Any]:
        found = await self._connection.call(lambda: self._client.get(f"{self._prefix}{name}"))
        return self._list(name, found)

    def _list(self, name: str, found: bytes | None) -> list[Any]:
        kept: Any = []
        with self._unreadable.left_out(name):
            kept = json.loads(found) if found else []
            if not isinstance(kept, list):
                raise TypeError("it is not a list")
        return kept if isinstance(kept, list) else []

    async def _change(self, name: str, change: Callable[[list[Any]], tuple[list[Any], T]]) -> T:
        """Replaces a value by the result of `change`, and returns its other result."""
        key = f"{self._prefix}{name}"

        async def attempt() -> tuple[bool, T]:
            async with self._client.pipeline(transaction=True) as pipe:
                await pipe.watch(key)
                found = await pipe.get(key)
                after, said = change(self._list(name, found))
                pipe.multi()
                pipe.set(key, json.dumps(after, ensure_ascii=False))
                try:
                    await pipe.execute()
                except exceptions.WatchError:
                    return False, said
                return True, said

        while True:
            done, said = await self._connection.call(attempt)
            if done:
                return said


def _pair(pair: Pair) -> str:
    return json.dumps([pair.a, pair.b], ensure_ascii=False)
