"""The status line of attached terminals, and the two keys that lead back to the board and to the next
card."""

import re
from collections.abc import Mapping, Sequence

from orchestrator.core.text.clean import one_line
from orchestrator.world.tmux.errors import TmuxFailed
from orchestrator.world.tmux.server import Command

_KEY = re.compile(r"[^\s'\"#;{}\\]+")

# What was viewed last is stored for the board.
_LEAVE = (
    "set-option -s @orch_left '#{session_name} #{window_id}' ; "
    "#{?@orch_inside,switch-client -l ;,} kill-session -t '=#{session_name}'"
)
# A client that was inside this server already goes back to where it was; with its session killed, any other
# client ends.
_BACK = ("if-shell", "-F", "#{m:orch-view-*,#{session_name}}", f'run-shell -C "{_LEAVE}"', "detach-client")
# `:` means the client's own session; every window is linked into all views.
_NEXT = (
    "if-shell",
    "-F",
    "#{@orch_next}",
    "run-shell -C \"select-window -t ':#{@orch_next}'\"",
    "display-message 'No other card needs you'",
)
_FORGET = (
    "if-shell",
    "-F",
    "#{@orch_back_key}",
    "run-shell -C \"unbind-key -q -n '#{@orch_back_key}' ; unbind-key -q -n '#{@orch_next_key}'\"",
)


def status_line(back_key: str, next_key: str) -> str:
    """A tmux format. The keys come first, so that they never move nor fall off a narrow terminal."""
    return (
        f"#[range=left,reverse] {back_key} board #[norange,noreverse] "
        f"#[range=right]#{{?@orch_next,#[reverse],#[dim]}} {next_key} next #[norange,noreverse,nodim]"
        "#{?@orch_waiting, #{@orch_waiting} │, │} #{@orch_status}"
    )


def bindings(back_key: str, next_key: str) -> list[Command]:
    """Binds both keys, and the mouse on them, for every session of the server; unbinds earlier ones.

    Raises `TmuxFailed` for an invalid key name.
    """
    for key in (back_key, next_key):
        if not _KEY.fullmatch(key):
            raise TmuxFailed(f"tmux has no key named {key!r}", hint="Use a name such as F12 or M-b.")
    return [
        _FORGET,
        ("set-option", "-s", "@orch_back_key", back_key),
        ("set-option", "-s", "@orch_next_key", next_key),
        ("bind-key", "-n", back_key, *_BACK),
        ("bind-key", "-n", next_key, *_NEXT),
        # A click soon after another one has a separate name.
        *(("bind-key", "-n", f"{click}1StatusLeft", *_BACK) for click in ("MouseDown", "SecondClick")),
        *(("bind-key", "-n", f"{click}1StatusRight", *_NEXT) for click in ("MouseDown", "SecondClick")),
    ]


def labelling(labels: Mapping[str, str], waiting: int, queue: Sequence[str]) -> list[Command]:
    """Sets what the status lines show and where the next key leads from each window.

    From a window of `queue` to the one after it, from any other to the first. Windows that have closed
    meanwhile are skipped (`-q`).
    """
    told = "" if not waiting else "1 needs you" if waiting == 1 else f"{waiting} need you"
    commands: list[Command] = [
        ("set-option", "-gw", "@orch_waiting", told),
        ("set-option", "-gw", "@orch_next", queue[0] if queue else ""),
    ]
    commands += [
        ("set-option", "-wq", "-t", window, "@orch_status", as_label(label))
        for window, label in labels.items()
    ]
    commands += [
        ("set-option", "-wqu", "-t", window, "@orch_next") for window in labels if window not in queue
    ]
    for place, window in enumerate(queue):
        after = queue[(place + 1) % len(queue)]
        commands.append(("set-option", "-wq", "-t", window, "@orch_next", after if after != window else ""))
    return commands


def as_label(text: str) -> str:
    """The text in a form that tmux draws unchanged: `#` would begin a style."""
    return one_line(text).replace("#", "##")
