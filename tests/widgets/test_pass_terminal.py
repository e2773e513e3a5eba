"""Passing the terminal to another program: the screen comes back, whatever becomes of the program."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from widgets.hub_app import HubApp
from widgets.review.acts.editor import edit
from widgets.screens.pass_terminal import pass_terminal


class Suspending:
    """Is suspended as Textual is: back only at the regular end of the block."""

    def __init__(self) -> None:
        self.back, self.told = 0, ""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        yield
        self.back += 1

    def tell(self, said: str, *, title: str = "", severity: str = "") -> None:
        self.told = f"{title}: {said} ({severity})"

    def forget_keys(self) -> int:
        return 0


@pytest.fixture
def app() -> Any:
    return Suspending()


def test_the_screen_is_back_when_the_program_cannot_be_started(app: Any) -> None:
    with pytest.raises(FileNotFoundError):
        pass_terminal(cast("HubApp", app), ["/nowhere/ed"])
    assert app.back == 1


@pytest.mark.parametrize("name", ["INT", "QUIT"])
def test_keys_that_interrupt_the_program_do_not_end_the_board(app: Any, name: str) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP)]
    done = pass_terminal(cast("HubApp", app), ["sh", "-c", f"kill -{name} $PPID; exit 3"])
    assert (done.returncode, app.back) == (3, 1)
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP)] == before


@pytest.mark.parametrize(
    ("editor", "told"),
    [
        ("true", ""),
        ("false", "false failed: Exit code 1. (warning)"),
        ("/nowhere/ed -x", "Cannot start the editor: /nowhere/ed -x: No such file or directory. Set $EDITOR"),
        ("$NOWHERE/ed", "Cannot start the editor: $NOWHERE/ed: not found. Set $EDITOR"),
        ("vim 'open", "Cannot read the editor's command: No closing quotation."),
    ],
)
def test_what_went_wrong_with_the_editor_is_said(
    app: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, editor: str, told: str
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor)
    (tmp_path / "a.py").write_text("1\n")
    edit(cast("HubApp", app), str(tmp_path), "a.py", 1)
    assert app.told.startswith(told)
    assert bool(app.told) == bool(told)
    assert app.back == ("open" not in editor)


def test_a_file_that_is_gone_is_not_edited(app: Any, tmp_path: Any) -> None:
    assert not edit(cast("HubApp", app), str(tmp_path), "gone.py", 1)
    assert app.told.startswith(": gone.py is no longer in the worktree.")
