"""The review under the fingers of a robot user, on a real repository."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.client import CardChanged, Refused
from tests.widgets.review_pane import Repo, ReviewClient, opened, settled
from widgets.gallery.boards import card
from widgets.review.screen import ReviewScreen

if TYPE_CHECKING:
    from tests.widgets.conftest import Play

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CODE = "".join(f"def f{n}():\n    return {n}\n\n" for n in range(40))
Made = Callable[..., ReviewClient]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A hub whose card has changed three files, and deleted one."""

    def make() -> ReviewClient:
        repo = Repo(
            tmp_path / "repo", {"src/a.py": CODE, "src/b.py": CODE, "old.txt": "gone\n", "z.md": "end\n"}
        )
        repo.write({
            "src/a.py": CODE.replace("return 3\n", "return 33\n").replace("return 30\n", "return 300\n"),
            "src/b.py": CODE.replace("f7()", "seven(x, y)"),
            "old.txt": None,
        })  # fmt: skip
        repo.commit("Change numbers")
        repo.write({"new file.txt": "first\nsecond\n", "z.md": "end\nmore\n"})
        return ReviewClient(repo)

    return make


def line(screen: ReviewScreen) -> str:
    """What a comment would be about now."""
    target = screen.target()
    return "" if target is None else f"{target.path}:{target.line}:{target.end_line}:{target.side}"


async def test_d_shows_all_that_has_changed_uncommitted_and_untracked_included(
    play: "Play", made: Made
) -> None:
    async with play(client=made()) as player:
        await opened(player)
        shown = player.screen_text()
        for said in ("new file.txt", "old.txt", "a.py", "return 33", "+2 −2", "untracked", "0/5 reviewed"):
            assert said in shown
        assert player.widths() == {200}


async def test_keys_go_to_the_next_file_and_hunk_and_back(play: "Play", made: Made) -> None:
    async with play(client=made(), size=(120, 30)) as player:
        screen = await opened(player, "]", "]")
        assert screen.file is not None
        assert screen.file.path == "src/a.py"
        await player.press("n", "n")
        await player.until(lambda: not screen.reading.busy)
        await player.press("j", "j", "j", "j")
        assert line(screen) == "src/a.py:92:92:old"
        await player.press("p", "j", "j", "j", "j", "j")
        assert line(screen) == "src/a.py:92:92:new"
        await player.press("[", "[")
        assert screen.file.path == "old.txt"
        await player.press("G")
        assert screen.file.path == "z.md"
        await player.press("g")
        assert screen.view.cursor == (0, 0)


async def test_a_file_and_a_hunk_are_folded_and_opened(play: "Play", made: Made) -> None:
    async with play(client=made(), size=(120, 40)) as player:
        screen = await opened(player, "]", "]", "n", "enter")
        assert "lines folded" in player.screen_text()
        await player.press("[", "enter")
        assert "return 33" not in player.screen_text()
        await player.press("enter", "n", "enter")
        assert "return 33" in player.screen_text()
        assert screen.file is not None


async def test_a_comment_on_several_lines_is_a_draft_below_them_until_it_is_sent(
    play: "Play", made: Made
) -> None:
    client = made()
    async with play(client=client) as player:
        screen = await opened(player, "g", "j", "j")
        assert line(screen) == "new file.txt:1:1:new"
        await player.press("v", "j", "c")
        await player.shown("CommentDialog")
        await player.press(*"why", "space", *"two", "ctrl+s")
        await player.shown("ReviewScreen")
        (comment,) = client.review.comments
        assert (comment.line, comment.end_line, comment.text, comment.line_text) == (
            1, 2, "why two", "first\nsecond",
        )  # fmt: skip
        assert "draft · lines 1-2" in player.screen_text()
        assert "1 draft" in player.screen_text()
        await player.press("N")
        assert screen.remark is not None
        await player.press("c")
        await player.shown("CommentDialog")
        await player.press("?", "ctrl+s")
        await player.shown("ReviewScreen")
        assert client.review.comments[0].text == "why two?"
        await player.press("S")
        await player.shown("Confirm")
        await player.press("y")
        await player.until(lambda: "queued" in player.screen_text())
        assert "1 draft" not in player.screen_text()
        await player.press("S")
        assert "No drafts to send" in player.told


async def test_side_by_side_the_cursor_chooses_the_side_that_is_commented_on(
    play: "Play", made: Made
) -> None:
    async with play(client=made()) as player:
        screen = await opened(player, "]", "]", "n", "j", "j", "j", "j")
        assert line(screen) == "src/a.py:11:11:new"
        await player.press("h")
        assert line(screen) == "src/a.py:11:11:old"
        await player.press("h")
        assert screen.in_files
        await player.press("l", "l", "t")
        assert not screen.view.split
        assert line(screen).startswith("src/a.py:11:11")


async def test_a_comment_stays_in_sight_when_its_file_differs_no_longer(play: "Play", made: Made) -> None:
    client = made()
    client.comment("src/a.py", 11, "Why 33?")
    async with play(client=client) as player:
        screen = await opened(player)
        client.repo.write({"src/a.py": CODE})
        await player.press("r")
        await settled(player, screen)
        await player.until(lambda: "no longer differs from the base" in player.screen_text())
        await player.press("N")
        assert screen.remark is not None
        assert screen.remark.text == "Why 33?"
        assert "0/4 reviewed" in player.screen_text()


async def test_long_lines_scroll_as_far_as_the_longest_in_sight(play: "Play", tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo", {"keep": "x\n"})
    repo.write({"long.txt": f"begin {'x' * 300} end\nshort\n"})
    async with play(client=ReviewClient(repo), size=(120, 24)) as player:
        screen = await opened(player, *[">"] * 12)
        assert " end" in player.screen_text()
        await player.press(*["<"] * 12)
        assert "begin" in player.screen_text()
        await player.press("z")
        assert " end" in player.screen_text()
        await player.press(">")
        assert "Lines are wrapped" in player.told
        assert screen.view.wrap


async def test_a_deleted_comment_is_gone_and_a_note_is_not_deleted(play: "Play", made: Made) -> None:
    client = made()
    client.note("new file.txt", 1, "Begun from a template.")
    async with play(client=client) as player:
        screen = await opened(player, "N")
        assert "Begun from a template." in player.screen_text()
        await player.press("x", "c")
        assert "This note is the agent's" in player.told
        await player.press("k", "c")
        await player.shown("CommentDialog")
        await player.press(*"no", "ctrl+s")
        await player.shown("ReviewScreen")
        await player.press("N", "N", "x")
        await player.shown("Confirm")
        await player.press("y")
        await player.until(lambda: not client.review.comments)
        await player.until(lambda: len(screen.reading.remarks) == 1)


async def test_a_reviewed_file_is_folded_until_its_content_changes(play: "Play", made: Made) -> None:
    client = made()
    async with play(client=client) as player:
        screen = await opened(player, "]", "]", "m")
        await player.until(lambda: "1/5 reviewed" in player.screen_text())
        assert "return 33" not in player.screen_text()
        assert screen.file is not None
        assert screen.file.path == "src/b.py"
        client.repo.write({"src/a.py": CODE.replace("return 3\n", "return 3333\n")})
        await player.press("r")
        await settled(player, screen)
        await player.until(lambda: "0/5 reviewed" in player.screen_text())
        assert screen.file.path == "src/b.py"


async def test_the_view_follows_new_commits_and_the_cursor_stays_on_its_line(
    play: "Play", made: Made
) -> None:
    client = made()
    async with play(client=client, size=(120, 24)) as player:
        screen = await opened(player, "]", "]", "n", "n", *["j"] * 5)
        assert line(screen) == "src/a.py:92:92:new"
        above = screen.view.document.index.y(screen.view.cursor) - screen.view.scroll_offset.y  # type: ignore[union-attr]
        text = (client.repo.path / "src/a.py").read_text()
        client.repo.write({"src/a.py": "import os\nimport sys\n\n" + text, "aaa.txt": "x\n" * 30})
        client.repo.commit("Import")
        player.clock.now += 20
        client.tell(CardChanged(card(1, "Parse dates", "review", "idle", reason="committed")))
        await player.until(lambda: len(screen.document.diff.commits) == 2)  # type: ignore[union-attr]
        await settled(player, screen)
        assert line(screen) == "src/a.py:95:95:new"
        assert screen.view.document.index.y(screen.view.cursor) - screen.view.scroll_offset.y == above  # type: ignore[union-attr]


async def test_a_search_goes_through_all_files_and_n_to_the_next_match(play: "Play", made: Made) -> None:
    async with play(client=made(), size=(120, 24)) as player:
        screen = await opened(player, "/", *"seven", "enter")
        await settled(player, screen)
        await player.press("n", "n")
        await player.until(lambda: screen.file is not None and screen.file.path == "src/b.py")
        await player.until(lambda: "“seven”: 1 line" in player.screen_text())
        await player.press("escape")
        assert "“seven”" not in player.screen_text()
        assert not screen.view.words
        await player.press("escape")
        await player.shown("BoardScreen")


async def test_in_the_files_a_search_shows_only_paths_with_these_words(play: "Play", made: Made) -> None:
    async with play(client=made()) as player:
        screen = await opened(player, "tab", "/", *"src", "enter")
        assert [file.path for file in screen.document.files] == ["src/a.py", "src/b.py"]  # type: ignore[union-attr]
        assert "old.txt" not in player.screen_text()
        await player.press("escape")
        assert len(screen.document.files) == 5  # type: ignore[union-attr]


async def test_other_changes_are_chosen_from_a_list(play: "Play", made: Made) -> None:
    client = made()
    async with play(client=client) as player:
        screen = await opened(player, "s")
        await player.shown("Choose")
        await player.press("2")
        await player.until(lambda: "uncommitted changes" in player.screen_text())
        await player.until(lambda: len(screen.document.files) == 2)  # type: ignore[union-attr]
        await player.press("s", "4")
        await player.until(lambda: "Change numbers" in player.screen_text())
        await player.until(lambda: len(screen.document.files) == 3)  # type: ignore[union-attr]
        await player.press("b")
        await player.shown("ChangeBase")
        await player.press(*"HEAD", "enter")
        await player.until(lambda: len(screen.document.files) == 2)  # type: ignore[union-attr]


async def test_what_was_shown_counts_as_seen_when_the_review_is_closed(play: "Play", made: Made) -> None:
    client = made()
    async with play(client=client) as player:
        screen = await opened(player)
        assert not client.saw
        await player.press("escape")
        await player.shown("BoardScreen")
        await player.until(lambda: client.saw == client.repo.tree())
        screen = await opened(player, "s", "3")
        await player.until(lambda: "Nothing has changed since you looked." in player.screen_text())
        assert screen.document is not None


async def test_y_copies_the_place_and_e_says_where_there_is_nothing_to_edit(play: "Play", made: Made) -> None:
    async with play(client=made()) as player:
        await opened(player, "j", "j", "j", "y")
        assert player.app.clipboard == "new file.txt:2"
        await player.press("]", "e")
        assert "old.txt is deleted." in player.told


async def test_a_diff_that_cannot_be_read_says_why_and_is_read_when_it_can(play: "Play", made: Made) -> None:
    client = made()
    client.refusals["diff"] = Refused("the worktree is gone", "somebody removed it", "Start the card again.")
    async with play(client=client) as player:
        screen = await opened(player)
        assert "the worktree is gone" in player.screen_text()
        await player.press("c")
        assert "the worktree is gone" in player.told
        client.refusals.clear()
        await player.press("r")
        await settled(player, screen)
        assert "new file.txt" in player.screen_text()


@pytest.mark.sample(2)
@pytest.mark.parametrize("size", [(200, 50), (140, 40), (100, 30), (80, 24), (50, 20), (30, 8), (12, 4)])
async def test_every_row_fits_at_any_size_in_every_way_of_showing_it(
    play: "Play", made: Made, size: tuple[int, int]
) -> None:
    async with play(client=made(), size=size) as player:
        await opened(player)
        for key in ("n", "t", "z", "tab", "j", "tab", "]", "z", ">", "t", "pagedown", "v", "j"):
            await player.press(key)
            assert player.widths() == {size[0]}, key


async def test_everything_odd_is_shown_in_cells_that_hold(play: "Play", tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo", {"keep": "x\n", "bin": b"\0" * 10, "mode": "x\n", "crlf": b"a\r\nb\r\n"})
    (repo.path / "mode").chmod(0o755)
    (repo.path / "link").symlink_to("keep")
    repo.write({
        "bin": b"\0" * 20_000,
        "crlf": b"a\r\nB\r\n",
        "latin": b"caf\xe9\n",
        "controls": "bell\x07 esc\x1b[31m turn\u202eed\n",
        "wide": "日本語 👨\u200d👩\u200d👧 e\u0301\n" * 3,
        "no newline": "last",
        "long": "x" * 2_000_000 + "\n",
        'quo"te \t tab': "1\n",
    })  # fmt: skip
    async with play(client=ReviewClient(repo), size=(120, 60)) as player:
        screen = await opened(player)
        seen = player.screen_text()
        for _ in range(12):
            await player.press("]")
            await settled(player, screen)
            seen += player.screen_text()
            assert player.widths() == {120}
        for said in (
            "binary, 10 bytes → 20 kB", "lines end in CR LF", "caf\ufffd", "bell^G esc^[[31m turn<U+202E>ed",
            "no newline at end", "a symbolic link", "a regular file → executable", "日本語",
        ):  # fmt: skip
            assert said in seen, said
        await player.press("z", ">", "z", ">", ">")
        assert player.widths() == {120}


async def test_two_thousand_untracked_files_are_listed_and_read_when_they_are_opened(
    play: "Play", tmp_path: Path
) -> None:
    repo = Repo(tmp_path / "repo", {"keep": "x\n"})
    repo.write({f"d{n % 40:02}/f{n:04}": f"text {n}\n" for n in range(2000)})
    client = ReviewClient(repo)
    async with play(client=client) as player:
        screen = await opened(player)
        assert "2000 files" in player.screen_text()
        assert not [verb for verb, _ in client.asked if verb == "diff.patch"]
        await player.press("enter")
        await settled(player, screen)
        assert "text 0" in player.screen_text()
        paths = [given["paths"] for verb, given in client.asked if verb == "diff.patch"]
        assert paths == [("d00/f0000",)]
