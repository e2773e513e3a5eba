"""What the review asks of the hub. Each function is called in a thread, and raises `OrchError`."""

from collections.abc import Sequence

from orchestrator.client import Client
from orchestrator.core.diff.files import ChangedFile, Diff
from orchestrator.core.diff.patch import FilePatch, parse
from orchestrator.core.requests.review import ReadDiff, ReadPatch, ReadReview
from orchestrator.core.review.comments import Review
from widgets.review.layout.remark import Remark
from widgets.review.model.document import FileText
from widgets.review.source.scope import Scope

Texts = list[tuple[ChangedFile, FileText]]


def read_diff(client: Client, card: str, scope: Scope) -> Diff:
    """Which files have changed."""
    return client.submit(
        ReadDiff(card, scope.kind, scope.commit, scope.base, ignore_space=scope.ignore_space)
    )


def read_review(client: Client, card: str, diff: Diff) -> Review:
    """Comments, notes and marks, where their lines are in that diff."""
    return client.submit(ReadReview(card, diff.old_tree, diff.new_tree))


def read_texts(client: Client, card: str, diff: Diff, files: Sequence[ChangedFile], scope: Scope) -> Texts:
    """The text of each of these files. One of which there is none, because its text is cut, comes in the next
    answer to a question that begins with it."""
    paths = tuple(
        dict.fromkeys(path for file in files for path in (file.path, file.old_path) if path is not None)
    )
    answer = client.submit(
        ReadPatch(card, diff.old_tree, diff.new_tree, paths, ignore_space=scope.ignore_space)
    )
    found = {patch.path: patch for patch in parse(answer.text)}
    last = next(reversed(found), "")
    texts: Texts = []
    for number, file in enumerate(files):
        patch = found.get(file.path)
        if patch is not None:
            texts.append((file, FileText(patch, cut=answer.cut and file.path == last)))
        elif not answer.cut or number == 0:
            texts.append((file, FileText(nothing(file), cut=answer.cut)))
    return texts


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
