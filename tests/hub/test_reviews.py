"""Diffs and comments through the real hub, git and a scripted session."""

import json
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.client import Refused
from orchestrator.core.diff.patch import parse
from orchestrator.core.requests.review import (
    AddComment,
    ExportPatch,
    MarkReviewed,
    ReadDiff,
    ReadPatch,
    ReadReview,
    SawDiff,
    SendComments,
)
from tests.conftest import git
from tests.hub.stage import Stage
from tests.poll import PATIENCE, poll
from tests.world.plots import on_disk

pytestmark = pytest.mark.slow

WORK = (
    'demo: edit a.py "two"; commit Add a; edit new.txt "fresh"; '
    'mcp review_note {"path": "a.py", "line": 1, "text": "Two is enough."}; say Done.'
)


def worktree(stage: Stage, ref: str = "c1") -> Path:
    found = stage.card(ref).worktree
    assert found
    return Path(found)


def test_a_review_from_the_diff_to_the_sent_comment_survives_a_killed_hub(stage: Stage) -> None:
    stage.start()
    stage.new("Work", WORK)
    stage.until("c1", "idle")
    submit = stage.client.submit

    diff = submit(ReadDiff("c1"))
    assert {each.path: (each.status, each.added, each.untracked) for each in diff.files} == {
        "a.py": ("added", 1, False),
        "new.txt": ("added", 1, True),
    }
    assert (diff.card, diff.base, [each.subject for each in diff.commits]) == ("c1", "main", ["Add a"])
    patch = submit(ReadPatch("c1", diff.old_tree, diff.new_tree, ("a.py",)))
    (file,) = parse(patch.text)
    assert file.hunks[0].lines[0].text == "two"
    whole = b"".join(submit(ExportPatch("c1", diff.old_tree, diff.new_tree)))
    assert [each.path for each in parse(whole.decode())] == ["a.py", "new.txt"]
    assert submit(ReadPatch("c1", diff.old_tree, diff.new_tree, max_bytes=60)).cut

    first = submit(AddComment("c1", "a.py", 1, "Use a word.", tree=diff.new_tree))
    assert (first.id, first.line_text, first.state) == ("2", "two", "draft")
    submit(AddComment("c1", "README.md", 1, "Say more.", side="old"))
    for wrong in (AddComment("c1", "a.py", 9, "x"), AddComment("c1", "none.py", 1, "x")):
        with pytest.raises(Refused):
            submit(wrong)
    content = next(each.new_id for each in diff.files if each.path == "a.py")
    assert submit(MarkReviewed("c1", "a.py", content)).drafts == 2
    submit(SawDiff("c1", diff.new_tree))

    os.kill(stage.pid(), signal.SIGKILL)
    poll(lambda: not stage.away(), "the hub to be back")
    (worktree(stage) / "a.py").write_text("zero\none\ntwo\n")
    found = submit(ReadReview("c1"))
    assert [(each.path, each.side, each.line, each.state) for each in found.comments] == [
        ("README.md", "old", 1, "draft"),
        ("a.py", "new", 3, "draft"),
    ]
    assert [(each.line, each.text) for each in found.notes] == [(3, "Two is enough.")]
    assert found.marks == (), "the file has changed"
    assert [each.path for each in submit(ReadDiff("c1", "unseen")).files] == ["a.py"]

    submit(SendComments("c1"))
    poll(lambda: all(each.state == "sent" for each in submit(ReadReview("c1")).comments), "the receipt")
    assert stage.card("c1").drafts == 0
    (worktree(stage) / "a.py").write_text("zero\none\n2\n")
    changed = {each.path: each.changed_since for each in submit(ReadReview("c1")).comments}
    assert changed == {"README.md": False, "a.py": True}
    with pytest.raises(Refused, match="no comment to send"):
        submit(SendComments("c1"))
    texts = [f"Comment {number} of several boards." for number in range(8)]
    with ThreadPoolExecutor(len(texts)) as boards:
        written = list(boards.map(lambda text: submit(AddComment("c1", "a.py", 1, text)), texts))
    assert [each.text for each in written] == texts, "each board is told of its own comment"


def test_the_piped_diff_is_a_patch_that_git_applies_byte_for_byte(stage: Stage, tmp_path: Path) -> None:
    stage.start()
    stage.new("Work", 'demo: edit a.py "two"; commit Add a; say Done.')
    stage.until("c1", "idle")
    odd = {
        "latin1 name.txt": b"caf\xe9\r\nno newline",
        "bin": b"\0\xff" * 500,
        "empty": b"",
        "\udcff.txt": b"name\n",
        "long.js": b"x" * 2_000_000,
    }
    for name, data in odd.items():
        (worktree(stage) / name).write_bytes(data)
    (worktree(stage) / "README.md").unlink()
    patch = orch(stage, "diff", "c1").stdout

    copy = tmp_path / "copy"
    git(stage.repo, "worktree", "add", "--quiet", "--detach", str(copy), "main")
    subprocess.run(["git", "apply", "-"], cwd=copy, input=patch, check=True)
    assert on_disk(copy) == on_disk(worktree(stage))

    assert orch(stage, "diff", "c1", "--name-only", "--uncommitted").stdout.decode().splitlines() == [
        "README.md", "\\xff.txt", "bin", "empty", "latin1 name.txt", "long.js"
    ]  # fmt: skip
    assert b" 7 files changed" in orch(stage, "diff", "c1", "--stat").stdout
    told = json.loads(orch(stage, "diff", "c1", "--json").stdout)
    assert (told["base"], told["branch"], told["commits"][0]["subject"]) == ("main", "orch/work", "Add a")

    made = json.loads(orch(stage, "review", "add", "c1", "a.py:1", "Why?", "--json").stdout)
    assert (made["id"], made["state"]) == ("1", "draft")
    assert b"1 work: comment 1 changed" in orch(stage, "review", "update", "c1", "1", "Why two?").stdout
    assert b"a.py:1  draft\n    > two\n    Why two?" in orch(stage, "review", "list", "c1").stdout
    orch(stage, "review", "mark", "c1", "a.py")
    assert [
        each["path"] for each in json.loads(orch(stage, "review", "list", "c1", "--json").stdout)["marks"]
    ] == ["a.py"]
    assert b"comment 1 deleted" in orch(stage, "review", "delete", "c1", "1").stdout


def orch(stage: Stage, *words: str) -> "subprocess.CompletedProcess[bytes]":
    done = subprocess.run([*stage.program, *words], capture_output=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done


def test_what_is_no_tree_and_no_diff_is_refused_in_words(stage: Stage) -> None:
    stage.start()
    stage.new("Work", "demo: say Done.", backlog=True)
    submit = stage.client.submit
    for wrong in (
        ReadPatch("c1", "--output=/tmp/x", "HEAD"),
        ExportPatch("c1", "HEAD", "--all"),
        ReadReview("c1", "--all", "x"),
        ReadDiff("c1"),
    ):
        if isinstance(wrong, ReadReview):
            assert submit(wrong).trouble == ""
            continue
        with pytest.raises(Refused):
            submit(wrong)
