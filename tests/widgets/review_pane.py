"""The review before a robot user: a real repository, and a hub that answers from it with real git."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.client import Board
from orchestrator.core.diff.files import ChangedFile, Commit, Diff, FileStatus
from orchestrator.core.requests.request import Request
from orchestrator.core.requests.review import (
    AddComment,
    DeleteComment,
    EditComment,
    MarkReviewed,
    Patch,
    ReadDiff,
    ReadPatch,
    ReadReview,
    SawDiff,
    SendComments,
)
from orchestrator.core.review.comments import Comment, Mark, Note, Review
from tests.clock import NOW
from widgets.gallery.boards import GalleryClient, card, hub
from widgets.review.screen import ReviewScreen

if TYPE_CHECKING:
    from tests.widgets.conftest import Player

_STATUS: dict[str, FileStatus] = {
    "A": "added", "M": "modified", "D": "deleted", "R": "renamed", "C": "copied", "T": "type changed",
}  # fmt: skip
_EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


class Repo:
    """A repository with one commit on `main`, and a branch on which the card works."""

    def __init__(self, path: Path, files: Mapping[str, str | bytes]) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")
        self.write(files)
        self.commit("Begin")
        self.base = self.git("rev-parse", "HEAD").strip()
        self.git("checkout", "-q", "-b", "orch/work")

    def git(self, *words: str, **environment: str) -> str:
        """What git prints; bytes that are no UTF-8 are replaced."""
        fixed = {
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "HOME": "/nowhere",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@b", "GIT_AUTHOR_DATE": "1700000000 +0000",
            "GIT_COMMITTER_DATE": "1700000000 +0000",
        }  # fmt: skip
        done = subprocess.run(
            ["git", *words],
            cwd=self.path,
            env={"PATH": os.environ["PATH"], **fixed, **environment},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode(errors="replace")

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Files with their contents; `None` deletes one."""
        for name, content in files.items():
            file = self.path / name
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, subject: str) -> None:
        """Everything that stands there."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)

    def tree(self) -> str:
        """The id of everything as it is now, the index left alone."""
        index = {"GIT_INDEX_FILE": str(self.path / ".git" / "review-index")}
        self.git("read-tree", "HEAD", **index)
        self.git("add", "-A", **index)
        return self.git("write-tree", **index).strip()


class ReviewClient(GalleryClient):
    """A hub whose only card works in `repo`. Comments and marks are kept in `review`."""

    def __init__(self, repo: Repo, *, state: str = "idle") -> None:
        view = card(
            1, "Parse dates", "review", state, branch="orch/work", base="main", worktree=str(repo.path)
        )
        super().__init__(Board(hub(), (view,)))
        self.repo, self.review = repo, Review("c1")
        self.saw = ""

    def _answer(self, request: Request[Any]) -> Any:
        match request:
            case ReadDiff():
                return self._diff(request)
            case ReadPatch():
                return self._patch(request)
            case ReadReview():
                return self.review
            case AddComment():
                return self._write(request)
            case EditComment():
                id_, text = request.comment, request.text
                self._each(lambda each: replace(each, text=text) if each.id == id_ else each)
            case DeleteComment():
                left = tuple(each for each in self.review.comments if each.id != request.comment)
                self._put(comments=left)
            case SendComments():
                self._each(lambda each: replace(each, state="queued") if each.state == "draft" else each)
            case MarkReviewed():
                mark = Mark(request.path, request.content)
                others = tuple(each for each in self.review.marks if each != mark)
                self._put(marks=(*others, mark) if request.on else others)
            case SawDiff():
                self.saw = request.tree
            case _:
                pass
        return super()._answer(request)

    def _patch(self, request: ReadPatch) -> Patch:
        space = ["-w"] if request.ignore_space else []
        paths = [f":(literal){each}" for each in request.paths]
        words = [
            "diff",
            "-M",
            *space,
            f"-U{request.context}",
            request.old_tree,
            request.new_tree,
            "--",
            *paths,
        ]
        data = self.repo.git(*words).encode()
        return Patch(data[: request.max_bytes], cut=len(data) > request.max_bytes)

    def _write(self, request: AddComment) -> Comment:
        lines = self.repo.git("show", f"{request.tree}:{request.path}").split("\n")
        last = request.end_line or request.line
        made = Comment(
            self._next(), request.path, request.side, request.line, last, request.text,
            "\n".join(lines[request.line - 1 : last]), "draft", NOW,
        )  # fmt: skip
        self._put(comments=(*self.review.comments, made))
        return made

    def _next(self) -> str:
        return str(len(self.review.comments) + len(self.review.notes) + 1)

    def _each(self, change: Callable[[Comment], Comment]) -> None:
        self._put(comments=tuple(map(change, self.review.comments)))

    def _put(self, **changes: Any) -> None:
        self.review = replace(self.review, **changes)

    def note(self, path: str, line: int, text: str) -> None:
        """The agent leaves a note."""
        made = Note(self._next(), path, "new", line, line, text, "", NOW - 60)
        self._put(notes=(*self.review.notes, made))

    def comment(self, path: str, line: int, text: str) -> None:
        """The user has written a comment."""
        made = Comment(self._next(), path, "new", line, line, text, "", "draft", NOW - 60)
        self._put(comments=(*self.review.comments, made))

    def _diff(self, request: ReadDiff) -> Diff:
        repo = self.repo
        head = repo.git("rev-parse", "HEAD").strip()
        new = repo.tree()
        old = repo.git("rev-parse", f"{repo.base}^{{tree}}").strip()
        if request.scope == "uncommitted":
            old = repo.git("rev-parse", "HEAD^{tree}").strip()
        elif request.scope == "unseen":
            old = self.saw or old
        elif request.scope == "commit":
            old = repo.git("rev-parse", f"{request.commit}^^{{tree}}").strip()
            new = repo.git("rev-parse", f"{request.commit}^{{tree}}").strip()
        elif request.base:
            old = repo.git("rev-parse", f"{request.base}^{{tree}}").strip()
        log = repo.git("log", "--format=%H%x09%s%x09%an%x09%ct", f"{repo.base}..HEAD")
        commits = tuple(
            Commit(id_, subject, author, float(at))
            for id_, subject, author, at in (line.split("\t") for line in log.splitlines())
        )
        files = tuple(changed_files(repo, old, new, ignore_space=request.ignore_space))
        return Diff(
            "c1", request.base or "main", old, new, head, commits, files, NOW,
            path=str(repo.path), branch="orch/work",
        )  # fmt: skip


def changed_files(repo: Repo, old: str, new: str, *, ignore_space: bool = False) -> list[ChangedFile]:
    """What `git diff` says of two trees."""
    raw = repo.git("diff", "-M", "--raw", "-z", "--no-abbrev", old, new).split("\0")
    space = ["-w"] if ignore_space else []
    numbers = repo.git("diff", "-M", *space, "--numstat", "-z", old, new).split("\0")
    untracked = set(repo.git("ls-files", "-o", "-z", "--exclude-standard").split("\0"))
    counted: dict[str, tuple[int | None, int | None]] = {}
    while numbers and numbers[0]:
        added, removed, path = numbers.pop(0).split("\t", 2)
        if not path:
            numbers.pop(0)
            path = numbers.pop(0)
        counted[path] = (None if added == "-" else int(added), None if removed == "-" else int(removed))
    found = []
    while raw and raw[0]:
        old_mode, new_mode, old_id, new_id, status = raw.pop(0)[1:].split(" ")
        path = raw.pop(0)
        old_path = None
        if status[0] in "RC":
            old_path, path = path, raw.pop(0)
        added_, removed_ = counted.get(path, (0, 0))
        none = "0" * 40
        sizes = [
            None if each == none or mode == "160000" else int(repo.git("cat-file", "-s", each))
            for each, mode in ((old_id, old_mode), (new_id, new_mode))
        ] if added_ is None else [None, None]  # fmt: skip
        found.append(
            ChangedFile(
                path,
                _STATUS[status[0]],
                old_path,
                old_mode,
                new_mode,
                "" if old_id == none else old_id,
                "" if new_id == none else new_id,
                added_,
                removed_,
                sizes[0],
                sizes[1],
                untracked=path in untracked,
            )
        )
    return found


async def opened(player: "Player", *keys: str) -> ReviewScreen:
    """The review of the card, once all that is in sight has come."""
    await player.press("d")
    await player.shown("ReviewScreen")
    screen = player.pane(ReviewScreen)
    await settled(player, screen)
    await player.press(*keys)
    return screen


async def settled(player: "Player", screen: ReviewScreen) -> None:
    """Nothing is being read, and all colours are there."""
    await player.until(lambda: screen.reading.document is not None or screen.reading.trouble)
    await player.until(lambda: not screen.reading.busy and screen.view.highlighter.idle)
