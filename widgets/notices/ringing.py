"""Rings the terminal: its bell, and a desktop notification if it has them; also from within tmux."""

import os
import subprocess
from collections.abc import Mapping

from widgets.hub_app import HubApp
from widgets.notices.sequences import Form, form_by_name, form_of, sequence, through_tmux

_TMUX_WITHIN = 3.0
_ASKS = "#{client_termtype} #{client_termname}"


def ring(app: HubApp, title: str, body: str) -> None:
    """Rings as the hub's settings say; tmux is asked in a thread what it passes on."""
    how = app.settings.terminal if app.settings else "bell"
    if how == "off":
        return
    app.bell()
    if how == "bell":
        return
    if "TMUX" not in os.environ:
        write(app, sequence(chosen(how, form_of(os.environ)), title, body))
        return

    def by_tmux() -> None:
        if sent := for_tmux(how, title, body, os.environ):
            app.call_later(write, app, sent)

    app.run_worker(by_tmux, thread=True, exit_on_error=False, group="ringing")


def chosen(how: str, found: Form) -> Form:
    """The form that the settings name, or for `auto` the one that was found."""
    match how:
        case "osc9" | "osc777" | "osc99":
            return how
        case _:
            return found


def for_tmux(how: str, title: str, body: str, environment: Mapping[str, str]) -> str:
    """What is sent to the tmux around this board; empty if it would not pass it on. Its settings are read,
    never changed."""
    pane = environment.get("TMUX_PANE", "")
    allows = _tmux("show-options", "-Apqv", *(("-t", pane) if pane else ()), "allow-passthrough")
    if allows in (None, "off"):  # before tmux 3.3 there was no such option, and all was passed on
        return ""
    found = form_by_name(_tmux("display-message", "-p", _ASKS) or "") if how == "auto" else "bell"
    return through_tmux(sequence(chosen(how, found), title, body))


def write(app: HubApp, sent: str) -> None:
    """Writes to the terminal, in between two frames."""
    driver = app._driver  # noqa: SLF001  # as `App.bell` does; there is no public way
    if sent and driver is not None and not app.is_headless:
        driver.write(sent)
        driver.flush()


def _tmux(*arguments: str) -> str | None:
    """What the tmux around this board answers; `None` if it does not."""
    try:
        done = subprocess.run(
            ["tmux", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TMUX_WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
