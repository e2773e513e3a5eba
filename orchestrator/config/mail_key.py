"""The key with which the hubs of a shared mail store sign their messages."""

import os
import re
import secrets

from orchestrator.paths import Home

_KEY = re.compile(r"[0-9a-f]{64}")


class NoKeyError(Exception):
    """An invalid key, or a file that cannot be used; says which."""


def mail_key(home: Home) -> str:
    """This hub's key: 64 hexadecimal digits. Creates one if there is none. Raises `NoKeyError`."""
    try:
        if not home.mail_key.exists():
            set_mail_key(home, secrets.token_hex(32))
        said = home.mail_key.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise NoKeyError(f"cannot use {home.mail_key}: {error}") from error
    if not _KEY.fullmatch(said):
        raise NoKeyError(f"{home.mail_key} contains no key. Set it: orch mail key --set")
    return said


def set_mail_key(home: Home, key: str) -> None:
    """Stores the key, readable only by its owner. Raises `NoKeyError`, and `OSError`."""
    if not _KEY.fullmatch(key):
        raise NoKeyError("a key is 64 hexadecimal digits, as printed by: orch mail key")
    home.make()
    new = home.mail_key.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(f"{key}\n")
    new.replace(home.mail_key)
