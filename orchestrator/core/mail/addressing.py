"""Whom an address means.

`worker-1` is a mailbox by name or by the card's id; `work` is the only one whose name begins so. `human` is
the person. A whole name is no beginning of its numbered neighbours: `lead`, once it is gone, is not `lead-2`.
`@label:x`, `@run`, `@lead` and `@all` stand for groups; a group never holds the sender itself,
nor anybody whose work is over. What means nobody is handed back as unknown; what may mean several is refused.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.message import HUMAN

_SHOWN = 6
_NUMBERS = re.compile(r"(-\d+)+")


@dataclass(frozen=True, slots=True)
class Peer:
    """Who can be written to. `lead` is the mailbox of who coordinates it; `over` once its card is done.

    `hub` says which hub serves it, where several share one store.
    """

    name: str
    card: str = ""
    labels: tuple[str, ...] = ()
    run: str = ""
    lead: str = ""
    state: str = ""
    branch: str = ""
    over: bool = False
    hub: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The mailboxes that are meant, each once and in the order named; and the addresses that mean nobody."""

    boxes: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def resolve(
    to: str | Sequence[str], peers: Iterable[Peer], sender: str, *, guess: bool = True
) -> Resolved | Rejected:
    """The mailboxes that `to` means: one address, several with commas between, or a list of them.

    Where `peers` may lack somebody, `guess` is to be false: then only whole names count, for what looks like
    the beginning of one may be another.
    """
    everybody = {peer.name: peer for peer in peers}
    addresses = _words(to)
    boxes: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for address in addresses:
        found = _group(address, everybody, sender)
        if found is None:
            found = _named(address.removeprefix("@"), everybody, guess=guess)
            if len(found) > 1:
                return _ambiguous(address, found, "Nothing was sent: write the whole name of one.")
            if found == (sender,):
                return Rejected(
                    f"{address} is your own mailbox", hint="mail_peers lists whom you can write to."
                )
        boxes |= dict.fromkeys(found)
        if not found:
            unknown[address] = None
    if not boxes and not unknown:
        return Rejected("the message is addressed to nobody", hint="mail_peers lists whom you can write to.")
    return Resolved(tuple(boxes), tuple(unknown))


def senders(
    said: Sequence[str], peers: Iterable[Peer], reader: str, *, guess: bool = True
) -> tuple[str, ...] | Rejected:
    """The mailboxes whose mail is asked for, named as in `resolve`. Who means nobody is refused: to wait for
    mail from there would be in vain."""
    everybody = {peer.name: peer for peer in peers}
    boxes: dict[str, None] = {}
    for address in _words(said):
        found = _group(address, everybody, reader)
        if found is None:
            found = _named(address.removeprefix("@"), everybody, guess=guess)
            if len(found) > 1:
                return _ambiguous(address, found, "Write the whole name of each.")
        if not found:
            return Rejected(
                f"there is nobody called {address}", hint="mail_peers lists whom there is; or leave from out."
            )
        boxes |= dict.fromkeys(found)
    return tuple(boxes)


def _words(said: str | Sequence[str]) -> list[str]:
    """The addresses in it, each by itself."""
    words = [each.strip() for one in ([said] if isinstance(said, str) else said) for each in one.split(",")]
    return list(filter(None, words))


def _group(address: str, everybody: dict[str, Peer], sender: str) -> tuple[str, ...] | None:
    """The members of a group; `None` for an address that is no group."""
    others = [peer for peer in everybody.values() if peer.name != sender and not peer.over]
    me = everybody.get(sender, Peer(sender))
    if address == "@all":
        return tuple(peer.name for peer in others)
    if address == "@run":
        return tuple(peer.name for peer in others if me.run and peer.run == me.run)
    if address == "@lead":
        return (me.lead,) if me.lead and me.lead != sender else ()
    if address.startswith("@label:"):
        return tuple(peer.name for peer in others if address.removeprefix("@label:") in peer.labels)
    return None


def _named(word: str, everybody: dict[str, Peer], *, guess: bool) -> tuple[str, ...]:
    if word == HUMAN or word in everybody:
        return (word,)
    by_card = tuple(peer.name for peer in everybody.values() if word and peer.card == word)
    if by_card or not guess or not word:
        return by_card
    begun = tuple(name for name in everybody if name.startswith(word))
    if len(begun) == 1 and _NUMBERS.fullmatch(begun[0].removeprefix(word)):
        return ()
    return begun


def _ambiguous(address: str, found: Sequence[str], hint: str) -> Rejected:
    shown = ", ".join(sorted(found)[:_SHOWN]) + (
        f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    )
    return Rejected(f"{address} may mean {len(found)} mailboxes", shown, hint)
