"""The ways in which a session ends on other people's machines."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from orchestrator.core.board.views import CardView
from tests.hub.stage import Stage
from tests.poll import PATIENCE, poll


def _exits(stage: Stage, card: CardView) -> None:
    stage.press(card, "/exit", "Enter")


def _is_killed(stage: Stage, card: CardView) -> None:
    assert card.pid
    os.kill(card.pid, signal.SIGKILL)


def _loses_its_window(stage: Stage, card: CardView) -> None:
    _tmux(stage, "kill-window", "-t", str(card.window))


def _loses_its_server(stage: Stage, card: CardView) -> None:
    """And with it its hub's window."""
    _tmux(stage, "kill-server")
    poll(stage.away, "the hub's end")


def _reboots(stage: Stage, card: CardView) -> None:
    """Server, hub and agents are gone at once; then the machine is back."""
    hub = stage.pid()
    os.kill(hub, signal.SIGSTOP)  # it must not see the others go
    _tmux(stage, "kill-server")
    os.kill(hub, signal.SIGKILL)
    poll(lambda: not psutil.pid_exists(hub) or psutil.Process(hub).status() == "zombie", "the hub's end")


def _is_stopped(stage: Stage, card: CardView) -> None:
    stage.client.stop(card.id)


ENDS: dict[str, Callable[[Stage, CardView], None]] = {
    "exit": _exits,
    "kill -9": _is_killed,
    "window closed": _loses_its_window,
    "tmux server killed": _loses_its_server,
    "reboot": _reboots,
    "stop": _is_stopped,
}


def end(stage: Stage, ref: str, how: str) -> CardView:
    """Ends the card's session in that way; the card once it is known, by a new hub where there has to be
    one."""
    ENDS[how](stage, stage.card(ref))
    if stage.away():
        stage.start()
    return stage.until(ref, "exited", "lost")


def back(stage: Stage, ref: str, *states: str, go_on: bool = False) -> CardView:
    """Resumes the card and until it rests."""
    stage.client.resume(ref, go_on=go_on)
    return stage.until(ref, *(states or ("idle", "interrupted")))


def prompts(stage: Stage, session_id: str) -> list[str]:
    """What the conversation on disk was told, in this order."""
    return [text for _, text in _written(stage, session_id)][::-1]


def conversations(stage: Stage) -> set[str]:
    """The ids of all conversations that there are."""
    return {file.stem for file in (stage.home.root / "agent/projects").glob("*/*.jsonl")}


def _written(stage: Stage, session_id: str) -> Iterator[tuple[float, str]]:
    from orchestrator.agents.claude_code import transcript

    for file in Path(stage.home.root / "agent/projects").glob(f"*/{session_id}.jsonl"):
        yield from transcript.prompts(file, since=0.0)


def _tmux(stage: Stage, *words: str) -> None:
    subprocess.run(
        ["tmux", "-L", stage.home.tmux_socket, *words], check=True, timeout=PATIENCE, capture_output=True
    )
