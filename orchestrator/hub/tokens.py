"""The tokens with which a session proves which card it works for.

A token names its card and run and is signed with the state directory's key, together with the journal's id.
So no tokens have to be stored, each of them outlives the hub, and one of another journal, whose `c12` is a
different card, is refused.
"""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

_BYTES = 32


class Tokens:
    """Creates and verifies tokens such as `c12.3.5f0c…`."""

    def __init__(self, key: bytes, journal: str, *, predates_id: bool = False) -> None:
        """For the journal with the id `journal`. One that `predates_id` has sessions whose tokens were made
        without it, which are still accepted."""
        self._key, self._journal, self._predates_id = key, journal, predates_id

    @classmethod
    def of(cls, file: Path, journal: str, *, predates_id: bool = False) -> "Tokens":
        """With the key in `file`, which is created, for its owner alone, if there is no complete one."""
        return cls(cls._key_in(file), journal, predates_id=predates_id)

    @staticmethod
    def _key_in(file: Path) -> bytes:
        with suppress(FileNotFoundError):
            if len(key := file.read_bytes()) == _BYTES:
                return key
        key = secrets.token_bytes(_BYTES)
        new = file.with_name(f"{file.name}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(key)
        new.replace(file)
        return key

    def make(self, card: str, run: int) -> str:
        """`<card>.<run>.<HMAC-SHA256 in hex>`; valid for this journal only, as long as the key is kept."""
        return f"{card}.{run}.{self._sign(f'{self._journal}.{card}.{run}')}"

    def read(self, token: str) -> tuple[str, int] | None:
        """(card, run) of a valid token, else `None`; in constant time."""
        card, _, rest = token.partition(".")
        run, _, signature = rest.partition(".")
        good = self._fits(signature, f"{self._journal}.{card}.{run}")
        before = self._fits(signature, f"{card}.{run}")
        return (card, int(run)) if good or (before and self._predates_id) else None

    def _fits(self, signature: str, signed: str) -> bool:
        return hmac.compare_digest(signature.encode(errors="replace"), self._sign(signed).encode())

    def _sign(self, signed: str) -> str:
        return hmac.new(self._key, signed.encode(errors="replace"), hashlib.sha256).hexdigest()
