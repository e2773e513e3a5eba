"""The tokens by which a session proves which card it speaks for.

A token names its card and run and carries a signature made with the state directory's key, so that
nothing about tokens has to be stored and every one of them outlives the hub.
"""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

_BYTES = 32


class Tokens:
    """Makes and reads tokens such as `c12.3.5f0c…`."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, file: Path) -> "Tokens":
        """With the key in `file`, which is made, for its owner alone, when there is no whole one."""
        with suppress(FileNotFoundError):
            if len(key := file.read_bytes()) == _BYTES:
                return cls(key)
        key = secrets.token_bytes(_BYTES)
        new = file.with_name(f"{file.name}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(key)
        new.replace(file)
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
