"""Opens a page in the browser, or copies its address where there is none."""

import os
import shutil
import subprocess
import sys
from urllib.parse import urlsplit

from widgets.hub_app import HubApp

_OPENERS = ("xdg-open", "wslview")


def open_page(app: HubApp, url: str) -> None:
    """Opens a web page; without a desktop, such as over SSH, its address goes to the clipboard. An address of
    another kind is refused: it comes from outside."""
    if not _is_page(url):
        app.tell("Its address is not that of a web page.", severity="warning")
    elif (opener := _opener()) and _started([opener, url]):
        app.tell(f"Opened {url}")
    else:
        app.copy_to_clipboard(url)
        app.tell(url, title="No browser here: address copied")


def copy_address(app: HubApp, url: str) -> None:
    """Copies an address to the terminal's clipboard."""
    if _is_page(url):
        app.copy_to_clipboard(url)
        app.tell(url, title="Copied")
    else:
        app.tell("Its address is not that of a web page.", severity="warning")


def _is_page(url: str) -> bool:
    try:
        split = urlsplit(url)
    except ValueError:
        return False
    return split.scheme in ("http", "https") and bool(split.hostname) and url.isascii() and url.isprintable()


def _opener() -> str:
    """The program that opens pages on this desktop; empty for none."""
    if sys.platform == "darwin":
        return "/usr/bin/open"
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return ""
    return next((found for each in _OPENERS if (found := shutil.which(each))), "")


def _started(command: list[str]) -> bool:
    """It must write nothing to this terminal."""
    try:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return True
