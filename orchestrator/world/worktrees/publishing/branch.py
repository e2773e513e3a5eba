"""What a branch brings to its change request: its commits, and the repository's template."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from orchestrator.world.worktrees.command import ask
from orchestrator.world.worktrees.repository import Repository, open_repository

_PLACES = (".github/", "", "docs/")
_NAMES = ("pull_request_template.md", "pull_request_template.txt")
_FOLDER = "pull_request_template"
_LONGEST = 60_000
_MOST_COMMITS = 100
_RECORD, _FIELD = "\x1e", "\x1f"


@dataclass(frozen=True, slots=True)
class Said:
    """A commit's message."""

    subject: str
    body: str


def committed_at(root: Path, commit: str) -> float:
    """When it was committed, in seconds since the epoch; 0 if that is not known. Raises errors of git."""
    answer = ask(open_repository(root).root, "log", "-1", "--format=%ct", commit, "--")
    said = answer.out.decode(errors="replace").strip()
    return float(said) if not answer.code and said.isdecimal() else 0.0


def tip(root: Path, branch: str) -> str:
    """The branch's commit; empty if there is none. Raises errors of git."""
    return open_repository(root).branch_tip(branch)


def messages(root: Path, commit: str, onto: str) -> tuple[Said, ...]:
    """The messages of the commits that `onto` does not have, the oldest first, merges left out; at most the
    latest hundred. Raises errors of git."""
    repository = open_repository(root)
    flags = ("--no-color", "--no-decorate", "--no-merges", "--encoding=UTF-8", f"--max-count={_MOST_COMMITS}")
    answer = ask(
        repository.root, "log", *flags, f"--format=%s{_FIELD}%b{_RECORD}", commit, "--not", onto, "--"
    )
    text = "" if answer.code else answer.out.decode(errors="replace")
    found = [part.strip().partition(_FIELD) for part in text.split(_RECORD) if part.strip()]
    return tuple(Said(subject.strip(), body.strip()) for subject, _, body in reversed(found))


def template(root: Path, commit: str) -> str:
    """The repository's template for change requests, as the commit has it; empty for none, and for several of
    which none is the default. Raises errors of git."""
    repository = open_repository(root)
    found: list[str] = []
    for place in _PLACES:
        for name in _listed(repository, commit, place):
            path = PurePosixPath(name)
            if path.name.lower() in _NAMES:
                return _content(repository, commit, name)
            if path.name.lower() == _FOLDER:
                found += [each for each in _listed(repository, commit, f"{name}/") if _is_text(each)]
    return _content(repository, commit, found[0]) if len(found) == 1 else ""


def _is_text(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in (".md", ".txt")


def _listed(repository: Repository, commit: str, folder: str) -> list[str]:
    words = ("ls-tree", "-z", "--name-only", commit, *(("--", folder) if folder else ()))
    answer = ask(repository.root, *words)
    return [] if answer.code else [each for each in answer.out.decode(errors="replace").split("\0") if each]


def _content(repository: Repository, commit: str, path: str) -> str:
    answer = ask(repository.root, "cat-file", "blob", f"{commit}:{path}")
    return "" if answer.code else answer.out[:_LONGEST].decode(errors="replace").strip()
