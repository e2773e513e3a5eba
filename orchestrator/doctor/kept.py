"""How much old data is stored, and what retention would remove."""

from collections.abc import Iterator
from pathlib import Path

from orchestrator.agents.finding import Finding
from orchestrator.client import Client, OrchError
from orchestrator.core.kept import KeptView
from orchestrator.core.requests.hub import ListKept
from orchestrator.paths import Home

_OLD = {"journal": "events of removed cards and runs", "mail": "settled messages"}


def kept(home: Home) -> Iterator[Finding]:
    """From the hub, which alone knows what is over; without one, the sizes of the files."""
    try:
        found = Client(home).submit(ListKept())
    except OrchError:
        found = tuple(_sizes(home))
    for each in found:
        old = (
            f"; the next cleanup removes {each.old:,} {_OLD.get(each.name, 'directories')} "
            if each.old
            else ""
        )
        more = f"({_size(each.old_bytes)})" if old else ""
        yield Finding(each.name, "ok", f"{_size(each.bytes)}{old}{more}")


def _sizes(home: Home) -> Iterator[KeptView]:
    for name, files in {
        "journal": home.root.glob(f"{home.journal.name}*"),
        "mail": home.root.glob("mail.db*"),
        "logs": home.root.glob(f"{home.log.name}*"),
        "launches": (home.root / "launches").rglob("*"),
    }.items():
        yield KeptView(name, sum(map(_bytes, files)), 0, 0)


def _bytes(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0


def _size(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"
