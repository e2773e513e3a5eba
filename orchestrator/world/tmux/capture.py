"""The contents of panes."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.world.tmux.errors import NoSuchTarget
from orchestrator.world.tmux.server import Command, Server


@dataclass(frozen=True, slots=True)
class Captured:
    """A pane's text, one line per row, and its size in columns and rows."""

    pane: str
    width: int
    height: int
    text: str


def capture(server: Server, wanted: Sequence[str], *, colour: bool) -> list[Captured]:
    """All of the panes that exist, in one call (one more for each that is gone)."""
    found: list[Captured] = []
    left = list(wanted)
    while left:
        # No pane can contain this mark, so it separates their texts.
        mark = secrets.token_hex(16)
        call = server.chain(*(command for pane in left for command in _asking(pane, mark, colour=colour)))
        parts = "".join(f"{line}\n" for line in call.stdout).split(f"{mark}|")[1:]
        if not (call.returncode or call.stderr):
            return found + [_read(part) for part in parts]
        try:
            server.fail(call, "capture-pane")
        except NoSuchTarget:
            # The call ended at a pane that is gone. The panes before it are here, those after it are still to
            # be read.
            found += [_read(part) for part in parts[:-1]]
            left = left[max(1, len(parts)) :]
    return found


def _asking(pane: str, mark: str, *, colour: bool) -> tuple[Command, Command]:
    # The id is queried as a format, because display-message takes a plain `%3` for a part of a date.
    head = f"{mark}|#{{pane_id}}|#{{pane_width}}|#{{pane_height}}"
    escapes = ["-e"] if colour else []
    return ("display-message", "-p", "-t", pane, head), ("capture-pane", "-p", *escapes, "-t", pane)


def _read(part: str) -> Captured:
    head, _, text = part.partition("\n")
    pane, width, height = head.split("|")
    return Captured(pane, int(width), int(height), text.removesuffix("\n"))
