"""Which session a process belongs to, from its ancestors and from what processes inherit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_MAGIC = 0x6F726368 << 32
_GENERAL = 0xFFFFF
"""The card's part of a mark that belongs to no card."""
_SCRIPT = ("ORCH_RUN", "ORCH_STAGE")


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """A process as observed. `env` are our variables in its initial environment."""

    pid: int
    name: str
    env: Mapping[str, str] = field(default_factory=dict)
    mark: int | None = None
    """Its limit on file locks, unless unlimited (see `marked`)."""
    runner: str = ""
    """The folder of the headless process whose runner it is."""


@dataclass(frozen=True, slots=True)
class KnownProcesses:
    """What a hub knows of the processes that are not a person's."""

    hub: int
    """The hub's own process: its descendants were started by it."""
    home: str
    servers: frozenset[int] = frozenset()
    """The tmux servers that contain the sessions' windows."""
    panes: Mapping[int, str] = field(default_factory=dict)
    """The processes of the live sessions, each with its card."""
    identity: int = 0
    """The hub's part of its marks, see `marked`."""
    usual: int | None = None
    """The limit on file locks that unmarked processes have here; `None` for none."""
    card_of_token: Callable[[str], str] = lambda _: ""
    """The card with this token; empty for a token that is not from this hub."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a process that is not a person's, its card, and the sign that identified it."""

    words: str
    card: str
    sign: str


def marked(identity: int, card: str = "") -> int:
    """The mark for a session's processes: a limit on file locks, which Linux passes on and does not enforce.

    Every child process inherits it, also as a daemon with an empty environment, and cannot raise it again. A
    card's mark is lower than the hub's general one, so that it can be set after that.
    """
    number = int(card[1:]) if card[1:].isdecimal() else _GENERAL
    return _MAGIC | (identity & 0xFFF) << 20 | min(number, _GENERAL)


def is_mark(limit: int | None) -> bool:
    """Whether a limit on file locks is a mark, of any hub."""
    return limit is not None and limit >> 32 == _MAGIC >> 32


def origin_of(chain: Sequence[ProcessFacts], known: KnownProcesses, claimed: str = "") -> Origin | None:
    """The origin of the first process of `chain`, which is followed by its ancestors; `None` for a person's.
    `claimed` is the card that the request claims to come from.

    What cannot be forged names the card first: panes, marks and tokens before claims.
    """
    found = [
        *_by_panes(chain, known),
        *_by_marks(chain, known),
        *_by_tokens(chain, known),
        *_by_ancestors(chain, known),
        *_by_words(chain, claimed),
    ]
    return next((each for each in found if each.card), found[0] if found else None)


def _by_panes(chain: Sequence[ProcessFacts], known: KnownProcesses) -> list[Origin]:
    return [
        _session(known.panes[each.pid], f"{_of(each)} is the session's process")
        for each in chain
        if each.pid in known.panes
    ]


def _by_marks(chain: Sequence[ProcessFacts], known: KnownProcesses) -> list[Origin]:
    found = []
    for each in chain[:1]:
        if each.mark is None or each.mark == known.usual:
            continue
        sign = f"{_of(each)} carries the mark of processes started by orch"
        number = each.mark & _GENERAL
        if is_mark(each.mark) and each.mark >> 20 & 0xFFF == known.identity & 0xFFF:
            mine = "" if number == _GENERAL else f"c{number}"
            found.append(_session(mine, sign) if mine else Origin("a process started by orch", "", sign))
        elif is_mark(each.mark):
            found.append(Origin("a session of another hub", "", sign))
        else:
            found.append(Origin("a process with an altered mark", "", sign))
    return found


def _by_tokens(chain: Sequence[ProcessFacts], known: KnownProcesses) -> list[Origin]:
    found = []
    for each in chain:
        if token := each.env.get("ORCH_TOKEN"):
            card = known.card_of_token(token)
            sign = f"{_of(each)} has ORCH_TOKEN in its environment"
            found.append(_session(card, sign) if card else Origin("a session of another hub", "", sign))
    return found


def _by_ancestors(chain: Sequence[ProcessFacts], known: KnownProcesses) -> list[Origin]:
    found = []
    for each in chain:
        if each.pid == known.hub:
            found.append(Origin("a command run by orch", "", f"it was started by the hub, {_of(each)}"))
        elif each.pid in known.servers:
            found.append(Origin("a window of orch", "", f"it was started in {_of(each)}"))
        elif each.runner.startswith(f"{known.home}/"):
            found.append(Origin("a process started by orch", "", f"{_of(each)} is a runner of orch"))
    return found


def _by_words(chain: Sequence[ProcessFacts], claimed: str) -> list[Origin]:
    found = []
    if claimed:
        sign = "its environment names a session"
        found = [_session(claimed, sign) if claimed[1:].isdecimal() else Origin("a session", "", sign)]
    for each in chain:
        if card := each.env.get("ORCH_CARD"):
            found.append(_session(card, f"{_of(each)} has ORCH_CARD={card} in its environment"))
        elif all(name in each.env for name in _SCRIPT):
            where = "/".join(each.env[name] for name in _SCRIPT)
            found.append(Origin(f"script {where}", "", f"{_of(each)} has ORCH_STAGE in its environment"))
    return found


def _session(card: str, sign: str) -> Origin:
    return Origin(f"session {card}", card, sign)


def _of(kin: ProcessFacts) -> str:
    return f"process {kin.pid} ({kin.name})"
