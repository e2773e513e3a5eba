"""Texts that GitHub keeps on other servers, at addresses which are valid for a minute."""

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orchestrator.world.forge.errors import ForgeRefused, Trouble

if TYPE_CHECKING:
    from requests import PreparedRequest

_KEPT = 200_000
"""Bytes of the end that are kept."""
_MOST = 100_000_000
"""Bytes that are read at most: of a longer text the end is not reached."""
_SECONDS = 60.0
_CHUNK = 65_536


def end_of(url: str, what: str, timeout: float) -> str:
    """The end of the text, which is asked for without the token: the address alone admits to it. Raises
    `ForgeRefused`, also for what may pass: the address has expired by then."""
    import requests
    import urllib3

    host = urlsplit(url).hostname or "another server"
    deadline = time.monotonic() + _SECONDS
    kept, read = b"", 0
    try:
        with requests.Session() as session:
            session.trust_env = True
            session.auth = _no_auth
            with session.get(url, stream=True, timeout=timeout) as answer:
                if answer.status_code != 200:
                    raise ForgeRefused(Trouble.REFUSED, what, f"{host} answers {answer.status_code}")
                while chunk := answer.raw.read1(_CHUNK, decode_content=True):  # does not wait for a whole one
                    kept, read = (kept + chunk)[-_KEPT:], read + len(chunk)
                    if read > _MOST or time.monotonic() > deadline:
                        break
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
        raise ForgeRefused(Trouble.REFUSED, what, f"cannot read it from {host}") from error
    return kept.decode(errors="replace")


def _no_auth(request: "PreparedRequest") -> "PreparedRequest":
    """Neither a token nor what a `.netrc` holds for that host."""
    return request
