"""Resolves the addresses of messages.

`worker-1` is a mailbox by name or by the card's id; `work` is a mailbox if it is the prefix of only one name.
`human` is the person. A whole name is no prefix of its numbered neighbours: `lead`, once it is gone, is not
`lead-2`. `@label:x`, `@run`, `@lead` and `@all` are groups; a group never contains the sender itself, nor
cards that are done. Ambiguous addresses are refused; so are near misses, with the nearest name.

A name without a session is kept: mail to a session that has not started yet waits for it, and mail that no
session is expected to read is also delivered to the person.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.message import HUMAN, ORCH
from orchestrator.core.mail.naming import (
    EVERYBODY,
    PERSON,
    is_to_come,
    may_be_a_name,
    nearest,
    normal,
    numbered,
    words,
)

_SHOWN = 6
_NUMBERS = re.compile(r"(-\d+)+")
_PEERS = "List recipients with mail_peers."


@dataclass(frozen=True, slots=True)
class Peer:
    """A possible recipient. `lead` is the mailbox of its coordinator; `over` is set once its card is done.

    `hub` is the hub that serves it, if several share one store.
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
    """The resolved mailboxes, each once and in the order named; and the addresses that match nothing.

    `to_come` are those of the mailboxes that no session has.
    """

    boxes: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    to_come: tuple[str, ...] = ()


def resolve(
    to: str | Sequence[str],
    peers: Iterable[Peer],
    sender: str,
    *,
    guess: bool = True,
    awaited: bool = False,
    receivers: Mapping[str, str] | None = None,
) -> Resolved | Rejected:
    """The mailboxes that `to` names: one address, several separated by commas, or a list of them.

    If `peers` may be incomplete, set `guess` to false: then only whole names count, because a prefix may
    belong to another, and no name is kept. `awaited` means that the message is for sessions, such as a task:
    then a name without a session is that of a future one. `receivers` maps names to their readers.
    """
    everybody = {peer.name: peer for peer in peers}
    boxes: dict[str, None] = {}
    unknown: dict[str, None] = {}
    to_come: dict[str, None] = {}
    for said in words(to):
        address = said if said in everybody else (receivers or {}).get(normal(said), said)
        found = _group(address, everybody, sender)
        if found is None:
            found = _named(address, everybody, guess=guess)
            if len(found) > 1:
                return _ambiguous(address, found, "Nothing was sent. Write the full name of one.")
            if found == (sender,):
                return Rejected(f"{address} is your own mailbox", hint=_PEERS)
            if not found and guess and (name := _nobody(address)):
                if refused := _missed(address, name, everybody, "Nothing was sent."):
                    return refused
                if awaited or is_to_come(name):
                    found = (name,)
                elif sender not in (HUMAN, ORCH):
                    found = (name, HUMAN)
                to_come |= dict.fromkeys(found[:1])
        boxes |= dict.fromkeys(found)
        if not found:
            unknown[address] = None
    if not boxes and not unknown:
        return Rejected("the message has no recipient", hint=_PEERS)
    return Resolved(tuple(boxes), tuple(unknown), tuple(to_come))


def senders(
    said: str | Sequence[str], peers: Iterable[Peer], reader: str, *, guess: bool = True
) -> tuple[str, ...] | Rejected:
    """The mailboxes whose mail is requested, named as in `resolve`. The name of a future session counts; an
    unknown name is refused: mail from it would never arrive."""
    everybody = {peer.name: peer for peer in peers}
    boxes: dict[str, None] = {}
    for address in words(said):
        found = _group(address, everybody, reader)
        if found is None:
            found = _named(address, everybody, guess=guess)
            if len(found) > 1:
                return _ambiguous(address, found, "Write each full name.")
        if not found:
            name = _nobody(address)
            if name and (refused := _missed(address, name, everybody, "")):
                return refused
            if not name or not is_to_come(name):
                there = ", ".join([each for each in everybody if each != reader][:_SHOWN])
                return Rejected(
                    f"no mailbox named {address}",
                    hint=f"Omit it, or list recipients with mail_peers{(f' ({there})' if there else '')}.",
                )
            found = (name,)
        boxes |= dict.fromkeys(found)
    return tuple(boxes)


def _group(address: str, everybody: dict[str, Peer], sender: str) -> tuple[str, ...] | None:
    """The members of a group; `None` for an address that is not a group."""
    if address in everybody:
        return None
    others = [peer for peer in everybody.values() if peer.name != sender and not peer.over]
    me = everybody.get(sender, Peer(sender))
    word = address.casefold()
    if word.removeprefix("@").startswith("label:"):
        label = word.partition(":")[2].strip()
        return tuple(each.name for each in others if label in map(str.casefold, each.labels))
    if word in ("@lead", "lead") and me.lead:
        return (me.lead,) if me.lead != sender else ()
    if word == "@lead" and ("lead" not in everybody or sender == "lead"):
        return ()
    if word == "@run":
        return tuple(each.name for each in others if me.run and each.run == me.run)
    name = "*" if word.removeprefix("@") == "*" else normal(address)
    if name in EVERYBODY:
        return tuple(each.name for each in others)
    if "*" in name or ("?" in name and not name.endswith("?")):
        return tuple(each.name for each in others if fnmatchcase(each.name, name))
    return None


def _named(address: str, everybody: dict[str, Peer], *, guess: bool) -> tuple[str, ...]:
    word = address.removeprefix("@")
    if word == HUMAN or word in everybody:
        return (word,)
    if by_card := tuple(peer.name for peer in everybody.values() if word and peer.card == word.casefold()):
        return by_card
    name = normal(word)
    if name in everybody:
        return (name,)
    if name in PERSON:
        return (HUMAN,)
    if not guess or not name:
        return ()
    if word.endswith("-"):
        name = f"{name}-"
    begun = tuple(each for each in everybody if each.startswith(name))
    if len(begun) == 1 and _NUMBERS.fullmatch(begun[0].removeprefix(name)):
        return ()
    return begun


def _nobody(address: str) -> str:
    """The name under which mail to an unknown address can be kept; empty for an invalid name."""
    name = normal(address)
    return name if may_be_a_name(name) else ""


def _missed(address: str, name: str, everybody: Mapping[str, Peer], then: str) -> Rejected | None:
    """The refusal of a misspelt address, with the nearest name."""
    if several := numbered(name, everybody):
        listed = ", ".join(sorted(several)[:_SHOWN])
        hint = f"{then} Name them: {listed}; or write {name.removesuffix('s')}-* for all of them."
        return Rejected(f"no mailbox named {address}", hint=hint.strip()) if name.endswith("s") else None
    if near := nearest(name, [*everybody, *PERSON]):
        meant = HUMAN if near in PERSON and near not in everybody else near
        return Rejected(
            f"no mailbox named {address}", f"the nearest is {meant}", f"{then} Write {meant}.".strip()
        )
    return None


def _ambiguous(address: str, found: Sequence[str], hint: str) -> Rejected:
    shown = ", ".join(sorted(found)[:_SHOWN]) + (
        f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    )
    return Rejected(f"{address} is ambiguous: {len(found)} mailboxes match", shown, hint)
