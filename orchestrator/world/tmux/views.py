"""How a terminal gets to look at a card's window: a session of its own over the same windows.

Each viewer has a view, so that several can look at different windows at once. The back key ends it; one
that was left otherwise (a cut connection) goes when the next is made. tmux's own `destroy-unattached`
is no help: tmux 3.3a crashes when any command ends while a viewer is just leaving such a session.
"""

import re
import secrets
import time
from pathlib import Path

from orchestrator.core.board.views import Attachment
from orchestrator.world.tmux.errors import NoSuchTarget, TmuxGone
from orchestrator.world.tmux.server import Server
from orchestrator.world.tmux.settings import session_settings

_VIEW = re.compile(r"orch-view-[0-9a-f]{8}")


def open_view(
    server: Server, session: str, window: str, viewer_tmux: str, *, mouse: bool, status_line: str
) -> Attachment:
    """A view of the window in the session with that id, and how to get there from a terminal whose `$TMUX`
    is `viewer_tmux`.

    Raises `NoSuchTarget` when the window is gone.
    """
    view = f"orch-view-{secrets.token_hex(4)}"
    try:
        told = server.run(
            # Hooks would run in a session that can't have its own yet.
            *(("set-option", "-gqu", hook) for hook in ("after-set-option", "after-new-session")),
            ("new-session", "-d", "-t", session, "-s", view, "-P", "-F", "#{pid}|#{socket_path}"),
            ("select-window", "-t", f"={view}:{window}"),
            *session_settings(f"={view}:", mouse=mouse, status_line=status_line),
        )
    except NoSuchTarget as error:
        server.chain(("kill-session", "-t", f"={view}"))
        raise NoSuchTarget("the session's window is closed", error.why) from error
    pid, _, socket = told[0].partition("|")
    tmux = (server.program, "-u", "-S", socket)
    if not _same_server(viewer_tmux, pid, socket):
        return Attachment((*tmux, "attach-session", "-t", f"={view}"), inside=False, view=view)
    server.run(("set-option", "-t", f"={view}:", "@orch_inside", "1"))
    return Attachment((*tmux, "switch-client", "-t", f"={view}"), inside=True, view=view)


def seen_last(server: Server, view: str) -> str:
    """The window that the view shows, or showed when the back key ended it; empty where that isn't known."""
    if not _VIEW.fullmatch(view):
        return ""
    shown, *left = server.run(
        ("display-message", "-p", "-t", f"={view}:", "#{window_id}"),  # an empty line where the view is gone
        ("show-options", "-sqv", "@orch_left"),
    )
    name, _, window = "".join(left).partition(" ")
    return shown or (window if name == view else "")


def kill_unused(server: Server, older_than: float) -> None:
    """Removes views that nobody looks at, save those made less than that many seconds ago."""
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
    form = "#{window_id}|#{@orch_inside}|#{session_name}|#{client_name}"
    for line in server.run(("list-clients", "-F", form)):
        seen, inside, session, client = line.split("|", 3)
        if seen != window:
            continue
        if inside:
            server.chain(("switch-client", "-l", "-c", client))
        if _VIEW.fullmatch(session):
            server.chain(("kill-session", "-t", f"={session}"))
        else:
            server.chain(("detach-client", "-t", client))


def _same_server(viewer_tmux: str, pid: str, socket: str) -> bool:
    theirs, _, rest = viewer_tmux.partition(",")
    return bool(theirs) and rest.partition(",")[0] == pid and Path(theirs).resolve() == Path(socket).resolve()
