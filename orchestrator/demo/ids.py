"""Identifiers in the real program's format. Importing `uuid` would take a twentieth of a start."""

import os
import re


def new_id() -> str:
    """A random UUID."""
    raw = bytearray(os.urandom(16))
    raw[6], raw[8] = raw[6] & 0x0F | 0x40, raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def new_token(length: int) -> str:
    """That many random hexadecimal digits, at most 32."""
    return os.urandom(16).hex()[:length]


def is_id(text: str) -> bool:
    """Whether the whole text is a UUID, of any version."""
    return re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) is not None
