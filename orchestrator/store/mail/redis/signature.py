"""The proof that a message in a shared store was written by a hub, and not changed since.

Who can write to the server can write a message in anybody's name. So a hub signs what it sends with the key
that the hubs of one mail share, over all of the message: its id, sender, recipients, authority, body, what it
replies to, and the name of the mail.
"""

import hashlib
import hmac
from dataclasses import replace

from orchestrator.core.mail.message import Authority, Message
from orchestrator.store.mail.codec import MESSAGE


class Signature:
    """Signs and checks with one key, for one mail."""

    def __init__(self, key: bytes, mail: str) -> None:
        self._key, self._mail = key, mail

    def sealed(self, message: Message) -> Message:
        """The message with its proof: HMAC-SHA256 in hex over all other fields and the name of the mail."""
        return replace(message, proof=self._proof(message))

    def opened(self, message: Message, *, box: str = "", name: str = "") -> Message:
        """The message without its proof. Its authority is `UNPROVEN` unless the proof is good and it is the
        message of this `name`, sent to this `box`, where they are given."""
        good = hmac.compare_digest(message.proof.encode(), self._proof(message).encode())
        fits = (not box or box in message.to) and (not name or name == message.id)
        plain = replace(message, proof="")
        return plain if good and fits else replace(plain, authority=Authority.UNPROVEN)

    def _proof(self, message: Message) -> str:
        signed = f"{self._mail}\n{MESSAGE.dump(replace(message, proof=''))}"
        return hmac.new(self._key, signed.encode(), hashlib.sha256).hexdigest()
