"""The mail store that the configuration names."""

from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.core.mail.leases import VISIBLE_S
from orchestrator.core.trust.secrets import HIDDEN
from orchestrator.store.mail.protocol import MailError, MailStore


def mail_store(
    where: str,
    folder: Path,
    *,
    name: str = "orch",
    strict: bool = True,
    waits_s: float = 5.0,
    outbox: bool = False,
    visible_s: float = VISIBLE_S,
    key: bytes = b"",
) -> MailStore:
    """`where` is empty or `sqlite` for `mail.db` in this folder, or the URL of a Redis server, whose outbox
    is `mail-outbox.db` there, and whose messages are signed with `key`. The store is not opened yet. Raises
    `MailError` for anything else, and if the extra `redis` is not installed.
    """
    if where in ("", "sqlite"):
        from orchestrator.store.mail.sqlite.store import SqliteMail

        return SqliteMail(folder / "mail.db", visible_s)
    if not where.startswith(("redis://", "rediss://", "unix://")):
        raise MailError("mail.store is neither `sqlite` nor the address of a Redis server (redis://…).")
    try:
        from orchestrator.store.mail.redis.store import RedisMail
    except ModuleNotFoundError as error:
        if error.name not in ("redis", "redis.asyncio"):
            raise
        raise MailError(
            "mail.store names a Redis server, and the client is not installed: pip install 'orch-tui[redis]'."
        ) from error
    return RedisMail(
        where,
        name=name,
        visible_s=visible_s,
        strict=strict,
        waits_s=waits_s,
        outbox=folder / "mail-outbox.db" if outbox else None,
        key=key,
    )


def without_secrets(where: str) -> str:
    """The store's address without its secrets."""
    if where in ("", "sqlite"):
        return "sqlite"
    try:
        parts = urlsplit(where)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # a password with / or #, at which the address then ends
        return f"{where.partition('://')[0]}://{HIDDEN}"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
