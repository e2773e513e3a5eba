"""Pictures of the review that somebody has looked at and found right."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.snapshots import pictures
from tests.snapshots.pictures import SnapCompare, both_sizes
from tests.widgets.review_pane import Repo, ReviewClient
from widgets.review.screen import ReviewScreen

_CODE = '''"""When a session is due."""

import time
from collections.abc import Iterable

LIMIT = 30.0
"""Seconds."""


def due(since: float, now: float) -> bool:
    """Whether it has waited for long enough."""
    return now - since > LIMIT


def first(sessions: Iterable[float]) -> float:
    found = sorted(sessions)
    if not found:
        raise ValueError("no session")
    return found[0]  # the oldest


def wait(seconds: float) -> None:
    time.sleep(seconds)
'''


def repo(path: Path) -> Repo:
    made = Repo(path, {
        "src/due/when.py": _CODE, "README.md": "# Due\n\nTells when.\n",
        "docs/old name.md": "one\ntwo\nthree\n", "logo.png": b"\x89PNG\0" + b"x" * 4000,
        "run.sh": "exec python -m due\n", "win.ini": b"[a]\r\nb=1\r\n",
    })  # fmt: skip
    made.write({
        "src/due/when.py": _CODE.replace("30.0", "45.0")
        .replace("due(since: float, now: float)", "due(since: float, now: float, limit: float = LIMIT)")
        .replace("> LIMIT", "> limit")
        .replace('    if not found:\n        raise ValueError("no session")\n', "")
        .replace("found[0]  # the oldest", 'found[0] if found else float("inf")'),
        "docs/old name.md": None, "docs/name.md": "one\ntwo\nTHREE\n", "logo.png": b"\x89PNG\0" + b"y" * 6000,
        "win.ini": b"[a]\r\nb=2\r\n",
    })  # fmt: skip
    made.commit("Give each call its limit")
    (made.path / "run.sh").chmod(0o755)
    made.write(
        {
            "notes.txt": "日本語, tab\there, bell \x07\nno newline",
            "README.md": "# Due\n\nTells when, or never.\n",
        }
    )
    return made


def after(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Opens the review, and presses each key once all that is in sight has come and is coloured."""

    async def rest(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.1)
        for _ in range(600):
            screen = pilot.app.screen_stack[-1]
            if not isinstance(screen, ReviewScreen):
                return
            for y in range(screen.view.size.height):
                screen.view.render_line(y)  # which asks for the colours
            if screen.document is not None and not screen.reading.busy and screen.view.highlighter.idle:
                break
            await pilot.pause(0.05)
        await pilot.pause(0.1)

    async def press(pilot: Pilot[Any]) -> None:
        await rest(pilot)
        for key in ("d", *keys):
            await pilot.press(key)
            await rest(pilot)

    return press


_NEXT = "right_square_bracket"


@pytest.mark.sample(5)
@both_sizes
@pytest.mark.parametrize("theme", ["orch-dark", "orch-light"])
@pytest.mark.parametrize("keys", [(), (*[_NEXT] * 5, "n", *["j"] * 8, "v", "j", "j")], ids=["files", "code"])
def test_review(
    snap_compare: SnapCompare, tmp_path: Path, size: tuple[int, int], theme: str, keys: tuple[str, ...]
) -> None:
    client = ReviewClient(repo(tmp_path / "repo"))
    client.note("src/due/when.py", 10, "Callers in the tests pass a limit of their own.")
    client.comment("src/due/when.py", 17, "An empty list is a bug of the caller's:\nkeep the error.")
    app = pictures.app(client)
    app.theme = theme
    assert snap_compare(app, terminal_size=size, run_before=after(*keys))


def test_the_files_of_a_narrow_screen(snap_compare: SnapCompare, tmp_path: Path) -> None:
    client = ReviewClient(repo(tmp_path / "repo"))
    assert snap_compare(pictures.app(client), terminal_size=(50, 20), run_before=after("tab", "j", "j"))
