"""How a terminal views a card's window: a session of its own over the same windows.

Each client has a view, so that several can view different windows at once. The back key ends it; one that was
left otherwise (a broken connection) is removed when the next is created. tmux's own `destroy-unattached` is
unusable: tmux 3.3a crashes if any command ends while a client is just leaving such a session.
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
    """A view of the window in the session with that id, and how to attach to it from a terminal whose `$TMUX`
    is `viewer_tmux`.

    Raises `NoSuchTarget` if the window is gone.
    """
    view = f"orch-view-{secrets.token_hex(4)}"
    try:
        told = server.run(
            # Hooks would run in a session that cannot have its own yet.
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
    """The window that the view shows, or showed when the back key ended it; empty if unknown."""
    if not _VIEW.fullmatch(view):
        return ""
    shown, *left = server.run(
        ("display-message", "-p", "-t", f"={view}:", "#{window_id}"),  # an empty line if the view is gone
        ("show-options", "-sqv", "@orch_left"),
    )
    name, _, window = "".join(left).partition(" ")
    return shown or (window if name == view else "")


def kill_unused(server: Server, older_than: float) -> None:
    """Removes views without a client, except those created less than that many seconds ago."""
    try:
        lines = server.run(("list-sessions", "-F", "#{session_created}|#{session_name}"))
    except TmuxGone:
        return
    made_before = time.time() - older_than
    for line in lines:
        created, _, name = line.partition("|")
        if _VIEW.fullmatch(name) and float(created) <= made_before:
            # The server decides: a client may be attaching right now.
            kill = f"kill-session -t ={name}"
            server.chain(("if-shell", "-F", "-t", f"={name}:", "#{session_attached}", "", kill))


def send_viewers_home(server: Server, window: str) -> None:
    """Returns all clients of the window to their boards.

    Otherwise tmux would show them another card's session while they type.
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
