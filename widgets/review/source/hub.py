"""What the review asks of the hub. Each function is called in a thread, and raises `OrchError`."""

from collections.abc import Sequence

from orchestrator.client import Client
from orchestrator.core.diff.files import ChangedFile, Diff
from orchestrator.core.diff.patch import FilePatch, parse
from orchestrator.core.requests.review import ReadDiff, ReadPatch, ReadReview
from orchestrator.core.review.comments import Review
from widgets.review.layout.remark import Remark
from widgets.review.model.file_text import FileText
from widgets.review.source.scope import Scope

Texts = list[tuple[ChangedFile, FileText]]

_MOST, _MOST_OF_ONE = 4_000_000, 16_000_000
"""Bytes of an answer, and of one that is about a single file."""


def read_diff(client: Client, card: str, scope: Scope) -> Diff:
    """Which files have changed."""
    return client.submit(
        ReadDiff(card, scope.kind, scope.commit, scope.base, ignore_space=scope.ignore_space)
    )


def read_review(client: Client, card: str, diff: Diff) -> Review:
    """Comments, notes and marks, where their lines are in that diff."""
    return client.submit(ReadReview(card, diff.old_tree, diff.new_tree))


def read_texts(client: Client, card: str, diff: Diff, files: Sequence[ChangedFile], scope: Scope) -> Texts:
    """The text of each of these files, as far as one answer holds them; of the first one in any case."""
    found, cut = _read(client, card, diff, files, scope, _MOST if len(files) > 1 else _MOST_OF_ONE)
    if cut and len(found) < 2 and len(files) > 1:
        files = files[:1]
        found, cut = _read(client, card, diff, files, scope, _MOST_OF_ONE)
    last = next(reversed(found), "") if cut else None
    texts: Texts = []
    for number, file in enumerate(files):
        whole = file.path != last
        if number == 0 or (whole and (file.path in found or not cut)):
            text = FileText(found.get(file.path) or nothing(file), cut=cut and not whole)
            text.crlf  # noqa: B018 (has the lines read here, in the thread)
            texts.append((file, text))
    return texts


def _read(
    client: Client, card: str, diff: Diff, files: Sequence[ChangedFile], scope: Scope, most: int
) -> tuple[dict[str, FilePatch], bool]:
    """The patches of the files by path, and whether there is more, which `most` bytes do not hold."""
    paths = dict.fromkeys(path for file in files for path in (file.path, file.old_path) if path is not None)
    answer = client.submit(
        ReadPatch(
            card,
            diff.old_tree,
            diff.new_tree,
            tuple(paths),
            ignore_space=scope.ignore_space,
            max_bytes=most,
        )
    )
    return {patch.path: patch for patch in parse(answer.text)}, answer.cut


def nothing(file: ChangedFile) -> FilePatch:
    """The text of a file without any."""
    return FilePatch(file.path, file.old_path, file.status)


def remarks(review: Review) -> list[Remark]:
    """Comments and notes in the order in which they were written."""
    of_user = [
        Remark(each.id, each.path, each.side, each.line, each.end_line, each.text, each.line_text,
               each.state, each.at, each.changed_since)
        for each in review.comments
    ]  # fmt: skip
    of_agent = [
        Remark(each.id, each.path, each.side, each.line, each.end_line, each.text, each.line_text,
               "note", each.at, each.changed_since)
        for each in review.notes
    ]  # fmt: skip
    return sorted((*of_agent, *of_user), key=lambda each: each.at)
