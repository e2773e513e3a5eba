"""Signatures, which prove that a message in a shared store was written by a hub, and not changed since.

Anyone who can write to the server can write a message in any name. So a hub signs what it sends with the key
that the hubs share, over the whole message: its id, sender, recipients, authority, body, what it replies to,
and the name of the mail system.
"""

import hashlib
import hmac
from dataclasses import replace

from orchestrator.core.mail.message import Authority, Message
from orchestrator.store.mail.codec import MESSAGE


class Signature:
    """Signs and verifies with one key, for one mail system."""

    def __init__(self, key: bytes, mail: str) -> None:
        self._key, self._mail = key, mail

    def sealed(self, message: Message) -> Message:
        """The message with its signature: HMAC-SHA256 in hex over all other fields and the name of the mail
        system."""
        return replace(message, proof=self._proof(message))

    def opened(self, message: Message, *, box: str = "", name: str = "") -> Message:
        """The message without its signature. Its authority is `UNPROVEN` unless the signature is valid and it
        is the message with this `name`, sent to this `box`, if given."""
        good = hmac.compare_digest(message.proof.encode(), self._proof(message).encode())
        fits = (not box or box in message.to) and (not name or name == message.id)
        plain = replace(message, proof="")
        return plain if good and fits else replace(plain, authority=Authority.UNPROVEN)

    def _proof(self, message: Message) -> str:
        signed = f"{self._mail}\n{MESSAGE.dump(replace(message, proof=''))}"
        return hmac.new(self._key, signed.encode(), hashlib.sha256).hexdigest()
