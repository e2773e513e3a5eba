"""Whether data acknowledged by a Redis server survives a power failure."""

from typing import Any

from redis import exceptions

from orchestrator.store.mail.protocol import MailError

_WAITAOF_SINCE = (7, 2)


async def waits_for_disk(client: Any, server: str) -> bool:
    """Whether strict durability needs a `WAITAOF` after each send; false if the server writes to its disk
    before it answers (`appendfsync always`).

    Raises `MailError` if neither is available. The facts: `INFO persistence`, `CONFIG GET appendfsync` (which
    an ACL may forbid), and `WAITAOF` from Redis 7.2 on.
    """
    persistence = await client.info("persistence")
    if int(persistence.get("loading", 0)):  # it reports none until it has loaded the existing one
        raise exceptions.BusyLoadingError(f"{server} is loading its data")
    if not int(persistence.get("aof_enabled", 0)):
        raise MailError(
            f"{server} keeps no append-only file, so mail would be lost in a power failure. Set "
            "`appendonly yes` there, or mail.durability = 'normal' here."
        )
    try:
        found = await client.config_get("appendfsync")
    except exceptions.NoPermissionError:
        found = {}
    if found.get("appendfsync", found.get(b"appendfsync")) in ("always", b"always"):
        return False
    version = str((await client.info("server")).get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2]) >= _WAITAOF_SINCE:
        return True
    raise MailError(
        f"{server} (version {version}) does not write to disk before it answers. Set `appendfsync always` "
        "there, use Redis 7.2 or later, or set mail.durability = 'normal' here."
    )
