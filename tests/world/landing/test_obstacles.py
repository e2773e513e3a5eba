"""What is on disk where a file comes back is never overwritten."""

from pathlib import Path

import pytest

from orchestrator.world.worktrees.landing.obstacles import obstructed


@pytest.mark.parametrize(
    ("there", "going", "expected"),
    [
        ((), (), False),
        (("a",), (), False),
        (("a/b/c",), (), True),
        (("a/b/c/mine",), (), True),
        (("a/b/c/brought",), ("a/b/c/brought",), False),
        (("a/b/c/brought", "a/b/c/d/mine"), ("a/b/c/brought",), True),
        (("a/b",), (), True),
        (("a/b",), ("a/b",), False),
        (("a",), ("a/b",), True),
    ],
)
def test_files_links_and_folders_in_the_place_of_a_file_obstruct_it(
    tmp_path: Path, there: tuple[str, ...], going: tuple[str, ...], expected: bool
) -> None:
    for name in there:
        if name == "a" and not expected:
            (tmp_path / name).mkdir()
            continue
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("mine\n")
    gone = {each.encode() for each in going}
    assert obstructed(str(tmp_path), b"a/b/c", gone) is expected


def test_a_link_in_place_of_a_folder_obstructs_and_bytes_are_kept(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "a").symlink_to("elsewhere")
    (tmp_path / "caf\udce9").write_text("mine\n")
    assert obstructed(str(tmp_path), b"a/b", set())
    assert obstructed(str(tmp_path), b"caf\xe9", set())
