"""The tokens by which a session proves which card it speaks for.

A token names its card and run and carries a signature made with the state directory's key, so that
nothing about tokens has to be stored and every one of them outlives the hub.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path


class Tokens:
    """Makes and reads tokens such as `c12.3.5f0c…`."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, file: Path) -> "Tokens":
        """With the key in `file`, which is made, for its owner alone, when it is not there."""
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(file.read_bytes())
        with os.fdopen(handle, "wb") as out:
            key = secrets.token_bytes(32)
            out.write(key)
        return cls(key)

    def make(self, card: str, run: int) -> str:
        return f"{card}.{run}.{self._sign(card, str(run))}"

    def read(self, token: str) -> tuple[str, int] | None:
        """(card, run) of a token that this key made; else `None`, after the same time for any signature."""
        card, _, rest = token.partition(".")
        run, _, signature = rest.partition(".")
        good = hmac.compare_digest(signature.encode(), self._sign(card, run).encode())
        return (card, int(run)) if good else None

    def _sign(self, card: str, run: str) -> str:
        return hmac.new(self._key, f"{card}.{run}".encode(), hashlib.sha256).hexdigest()
