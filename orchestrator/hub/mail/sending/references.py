"""References of messages: files in worktrees, blobs, issues and gathers."""

import asyncio
import hashlib
import os
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.mail.message import Message, Ref
from orchestrator.core.mail.message_limits import BLOB_BYTES, BODY_BYTES
from orchestrator.core.mail.order import Leased
from orchestrator.core.mail.views import RefView
from orchestrator.core.model import Card
from orchestrator.core.text.clean import clean
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.mail.connection import MailConnection, in_words
from orchestrator.hub.mail.sending.directory import Directory
from orchestrator.hub.services.lookup import whole_path
from orchestrator.store.mail.protocol import MailAway, MailError
from orchestrator.world import worktrees

_ISSUE = re.compile(r"[1-9][0-9]{0,17}")
_KEPT_S = 7 * 86_400.0
_SHOWN = 400_000
"""Maximum characters of a file that a person is shown."""


@dataclass(frozen=True, slots=True)
class References:
    """`folder` is where sessions read what does not fit into an answer."""

    connection: MailConnection
    directory: Directory
    folder: Path

    # --- making

    async def of_session(self, card: Card, said: Sequence[str]) -> tuple[Ref, ...]:
        """References as a session writes them: a path in its worktree, `blob:<sha256>`, `issue:12`,
        `gather:<id>`. Raises `RefusedError`, also for a file with uncommitted changes."""
        return tuple([await self._of_session(card, each.strip()) for each in said])

    async def of_human(self, files: Sequence[str]) -> tuple[Ref, ...]:
        """Files of the human, stored as blobs."""
        found = []
        for file in files:
            path = whole_path(file)
            try:
                data = await asyncio.to_thread(_read, path)
            except OSError as error:
                raise refusal(f"cannot read {file}", error.strerror or str(error)) from error
            with in_words("nothing was sent"):
                name = await self.connection.store.put_blob(data)
            found.append(Ref("file", path.name, sha256=name, size=len(data)))
        return tuple(found)

    async def _of_session(self, card: Card, said: str) -> Ref:
        kind, colon, rest = said.partition(":")
        if colon and kind == "blob":
            with in_words("nothing was sent"):
                blob = await self.connection.store.blob(rest)
            if blob is None:
                raise refusal(f"no blob {rest}")
            return Ref("blob", rest, sha256=rest, size=len(blob))
        if colon and kind == "issue":
            if not _ISSUE.fullmatch(rest):
                raise refusal(f"{said} is not an issue", hint="Use issue: and its number, as in issue:12.")
            return Ref("issue", rest)
        if colon and kind == "gather":
            await self._check_gather(rest)
            return Ref("gather", rest)
        if card.worktree is None:
            raise refusal(f"{card.slug} has no worktree", "file references need one")
        path = said.removeprefix("file:")
        try:
            name, commit, data = await asyncio.to_thread(worktrees.committed, Path(card.worktree.path), path)
        except worktrees.WorktreeError as error:
            raise refusal(f"nothing was sent: {error.what}", error.why, error.hint) from error
        return Ref("file", name, card.slug, commit, hashlib.sha256(data).hexdigest(), len(data))

    async def _check_gather(self, gather: str) -> None:
        """Raises `RefusedError` for a missing one."""
        with in_words("nothing was sent"):
            try:
                known = bool(gather) and await self.connection.store.gather(gather) is not None
            except MailAway:
                if not self.connection.queues:
                    raise
                known = True
        if not known:
            raise refusal(
                f"no gather named {gather}".rstrip(), hint="mail_send with expect=true returned its id."
            )

    # --- for sessions to read

    async def places(self, messages: Iterable[Message]) -> dict[str, str]:
        """Readable paths of the files of these messages' references, by target: blobs are in `folder`."""
        found: dict[str, str] = {}
        for ref in (ref for message in messages for ref in message.refs):
            if ref.kind == "blob" or (ref.kind == "file" and not ref.card):
                data = await self.connection.store.blob(ref.sha256 or ref.target)
                if data is not None:
                    found[ref.target] = await asyncio.to_thread(self._put, ref.sha256 or ref.target, data)
            elif ref.kind == "file" and (card := self.directory.card(ref.card)) and card.worktree:
                found[ref.target] = str(Path(card.worktree.path, ref.target))
        return found

    async def whole(self, leased: Leased) -> str:
        """The file with the full body of a message that is too long to be shown."""
        data = leased.message.body.encode(errors="replace")
        return await asyncio.to_thread(self._put, leased.message.id, data)

    def tidy_up(self) -> None:
        """Removes old files there; they are written again on demand."""
        for file in self.folder.glob("*") if self.folder.is_dir() else ():
            with suppress(OSError):
                if time.time() - file.stat().st_mtime > _KEPT_S:
                    file.unlink()

    def _put(self, name: str, data: bytes) -> str:
        """Raises `MailError` for a name that no hub has assigned."""
        if not name.isalnum():
            raise MailError(f"{name!r} is not a file name")
        file = self.folder / f"{name}.txt"
        if file.exists():
            file.touch()
        else:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = file.with_name(f"{name}.{os.urandom(4).hex()}.new")
            new.touch(0o600)
            new.write_bytes(data)
            new.replace(file)
        return str(file)

    # --- for the human to read

    async def view(self, message: Message, number: int, *, diff: bool) -> RefView:
        """The content of the reference; `trouble` says why it cannot be shown."""
        if not 0 <= number < len(message.refs):
            raise refusal(f"the message {message.id} has no reference {number}")
        ref = message.refs[number]
        title = (
            f"{ref.target} of {ref.card} at {ref.commit[:12]}" if ref.commit else f"{ref.kind} {ref.target}"
        )
        if ref.kind in ("issue", "gather"):
            return RefView(title, ref.target, diff=False, trouble="")
        try:
            data = await self._data(ref, diff=diff)
        except worktrees.WorktreeError as error:
            return RefView(title, "", diff=False, trouble=": ".join(filter(None, (error.what, error.why))))
        if data is None:
            return RefView(title, "", diff=False, trouble="it no longer exists")
        if b"\0" in data[:BODY_BYTES]:
            return RefView(title, "", diff=False, trouble=f"a binary file of {len(data):,} bytes")
        text = clean(data.decode(errors="replace"))
        cut = "" if len(text) <= _SHOWN else f"\n[truncated: {len(data):,} bytes in all]"
        return RefView(title, text[:_SHOWN] + cut, diff=diff and bool(ref.commit), trouble="")

    async def _data(self, ref: Ref, *, diff: bool) -> bytes | None:
        if not ref.commit:
            return await self.connection.store.blob(ref.sha256 or ref.target)
        card = self.directory.card(ref.card)
        if card is None:
            return None
        repo = Path(card.repo)
        if diff and card.worktree:
            text = await asyncio.to_thread(
                worktrees.diff_at, repo, card.worktree.base_commit, ref.commit, ref.target
            )
            return text.encode()
        return await asyncio.to_thread(worktrees.file_at, repo, ref.commit, ref.target)


def _read(path: Path) -> bytes:
    """Raises `OSError`, and `RefusedError` for what is too large."""
    size = path.stat().st_size
    if size > BLOB_BYTES:
        raise refusal(f"{path} has {size:,} bytes", f"the limit is {BLOB_BYTES:,}")
    return path.read_bytes()
