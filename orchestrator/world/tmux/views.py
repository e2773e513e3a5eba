"""How a terminal gets to look at a card's window: a session of its own over the same windows.

Each viewer has a view, so that several can look at different windows at once. A view goes with its viewer.
"""

import re
import secrets
import time
from pathlib import Path

from orchestrator.core.model import Attachment
from orchestrator.world.tmux.errors import NoSuchTarget, TmuxGone
from orchestrator.world.tmux.server import Command, Server
from orchestrator.world.tmux.settings import SESSION, session_settings

_VIEW = re.compile(r"orch-view-[0-9a-f]{8}")


def open_view(server: Server, window: str, viewer_tmux: str, *, mouse: bool, status_line: str) -> Attachment:
    """A view of the window, and how to get there from a terminal whose `$TMUX` is `viewer_tmux`.

    Raises `NoSuchTarget` when the window is gone.
    """
    view = f"orch-view-{secrets.token_hex(4)}"
    try:
        told = server.run(
            ("new-session", "-d", "-t", f"={SESSION}", "-s", view, "-P", "-F", "#{pid}|#{socket_path}"),
            ("select-window", "-t", f"={view}:{window}"),
            *session_settings(view, mouse=mouse, status_line=status_line),
        )
    except NoSuchTarget as error:
        server.chain(("kill-session", "-t", f"={view}"))
        raise NoSuchTarget("the session's window is closed", error.why) from error
    pid, _, socket = told[0].partition("|")
    inside = _same_server(viewer_tmux, pid, socket)
    # The view may only be told to go with its viewer once it has one.
    tmux = (server.program, "-u", "-S", socket)
    goes = (";", "set-option", "-t", f"={view}:", "destroy-unattached", "on")
    if inside:
        server.run(("set-option", "-t", f"={view}:", "@orch_inside", "1"))
        return Attachment((*tmux, "switch-client", "-t", f"={view}", *goes), inside=True)
    return Attachment((*tmux, "attach-session", "-t", f"={view}", *goes), inside=False)


def kill_unused(server: Server, older_than: float) -> None:
    """Removes views that nobody ever came to, when they are older than that many seconds."""
    try:
        lines = server.run(("list-sessions", "-F", "#{session_created}|#{session_name}"))
    except TmuxGone:
        return
    made_before = time.time() - older_than
    for line in lines:
        created, _, name = line.partition("|")
        if _VIEW.fullmatch(name) and float(created) <= made_before:
            # The server decides: somebody may be attaching right now.
            kill = f"kill-session -t ={name}"
            server.chain(("if-shell", "-F", "-t", f"={name}:", "#{session_attached}", "", kill))


def send_viewers_home(server: Server, window: str) -> None:
    """Returns everybody who looks at the window to their board.

    Left alone, tmux would show them another card's session, under their typing fingers.
    """
    lines = server.run(("list-clients", "-F", "#{window_id}|#{@orch_inside}|#{client_name}"))
    for line in lines:
        seen, inside, client = line.split("|", 2)
        if seen == window:
            home: Command = (
                ("switch-client", "-l", "-c", client) if inside else ("detach-client", "-t", client)
            )
            server.chain(home)


def _same_server(viewer_tmux: str, pid: str, socket: str) -> bool:
    theirs, _, rest = viewer_tmux.partition(",")
    return bool(theirs) and rest.partition(",")[0] == pid and Path(theirs).resolve() == Path(socket).resolve()
