"""Where workflow files are looked for, and what is said where there are none."""

from pathlib import Path

import pytest

from orchestrator.workflows import WorkflowError, WorkflowMissing, check, example, find, listing, load, read

GOOD = "workflow: [{name: a, prompt: x}]\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder inside a repository that has two workflows."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / ".orch" / "workflows"
    folder.mkdir(parents=True)
    (folder / "nightly.yml").write_text(GOOD)
    (folder / "release.yaml").write_text(GOOD)
    (folder / "notes.txt").write_text("no workflow")
    inside = tmp_path / "src" / "deep"
    inside.mkdir(parents=True)
    return inside


def test_a_name_is_found_from_anywhere_in_the_repository(place: Path) -> None:
    folder = place.parent.parent / ".orch" / "workflows"
    assert find("nightly", place) == folder / "nightly.yml"
    assert find("release", place) == folder / "release.yaml"
    assert find("release.yaml", place) == folder / "release.yaml"


def test_a_path_is_relative_to_the_folder(place: Path) -> None:
    (place / "mine.yml").write_text(GOOD)
    (place / "plain").write_text(GOOD)
    assert find("mine.yml", place) == place / "mine.yml"
    assert find("./mine.yml", place) == place / "./mine.yml"
    assert find(str(place / "mine.yml"), Path("/")) == place / "mine.yml"
    assert find("plain", place) == place / "plain"


def test_a_file_that_is_named_as_one_goes_before_a_workflow_of_that_name(place: Path) -> None:
    (place / "nightly.yml").write_text(GOOD)
    assert find("nightly.yml", place) == place / "nightly.yml"
    assert find("nightly", place).parent.name == "workflows"


@pytest.mark.parametrize(
    ("ref", "hint"),
    [
        ("nightyl", "Did you mean nightly?"),
        ("./minee.yml", "Did you mean ./mine.yml?"),
        ("xyzzy", "Available: nightly, release"),
        ("", "Available: nightly, release"),
        ("no\0name", "Available: nightly, release"),
        ("/no/such/x.yml", "Available: nightly, release"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest_that_is(place: Path, ref: str, hint: str) -> None:
    (place / "mine.yml").write_text(GOOD)
    with pytest.raises(WorkflowMissing) as caught:
        find(ref, place)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("ref", "what"),
    [
        ("27.yml", '"27.yml" is a folder'),
        ("../deep", '"../deep" is a folder'),
        ("/dev/null", '"/dev/null" is not a regular file'),
    ],
)
def test_what_is_there_and_is_no_file_is_called_what_it_is_and_never_suggested(
    place: Path, ref: str, what: str
) -> None:
    (place / "27.yml").mkdir()
    with pytest.raises(WorkflowMissing) as caught:
        find(ref, place)
    assert (caught.value.what, caught.value.hint) == (what, "Name the file itself")
    with pytest.raises(WorkflowMissing) as caught:
        find("28.yml", place)
    assert "27.yml" not in caught.value.hint


def test_a_name_that_fits_two_files_is_no_name(place: Path) -> None:
    (place.parent.parent / ".orch" / "workflows" / "nightly.yaml").write_text(GOOD)
    with pytest.raises(
        WorkflowMissing,
        match=r"is ambiguous. \.orch.workflows.nightly\.yaml and \.orch.workflows.nightly\.yml",
    ):
        find("nightly", place)


def test_a_repository_without_workflows_is_told_how_to_get_one(tmp_path: Path) -> None:
    assert listing(tmp_path) == ()
    with pytest.raises(WorkflowMissing, match="orch workflow init"):
        find("nightly", tmp_path)


def test_listing_shows_names_stages_inputs_and_the_first_trouble(place: Path) -> None:
    folder = place.parent.parent / ".orch" / "workflows"
    (folder / "feature.yml").write_text(example())
    (folder / "broken.yml").write_text("workflow:\n  - {name: a, promt: x}\n  - {name: b}\n")
    (folder / "binary.yml").write_bytes(b"workflow:\n  - \xff\n")
    found = {each.name: each for each in listing(place)}
    assert list(found) == ["binary", "broken", "feature", "nightly", "release"]
    assert found["feature"].stages == ("implement", "write-tests", "run-tests", "review", "merge")
    assert found["feature"].inputs == (("feature", "string", ""), ("slug", "string", "feature"))
    assert found["feature"].trouble == found["nightly"].trouble == ""
    assert found["broken"].stages == ("a", "b")
    assert found["broken"].trouble == 'line 2: unknown key "promt" (did you mean "prompt"?)'
    assert found["binary"].trouble == "line 2: the file is not UTF-8"


def test_reading_refuses_what_is_no_text_file(tmp_path: Path) -> None:
    for name, data, said in (
        ("latin.yml", b"# caf\xe9\n", "1:6"),
        ("large.yml", b"#" * 1_000_001, "1:1"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(WorkflowError, match=f"{name}:{said}: error: "):
            read(path)
    for path in (tmp_path, tmp_path / "none.yml", Path("/dev/zero")):
        with pytest.raises(WorkflowMissing):
            read(path)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "windows.yml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert check(read(path)) == ()


def test_the_example_has_no_problems_under_any_name() -> None:
    for name in ("feature", "1e5", "true", "a.b-c_D"):
        assert check(example(name)) == ()
        assert load(example(name), given={"feature": "x"}).workflow.name == name
