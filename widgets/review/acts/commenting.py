"""Comments: written, changed, deleted, sent; and files that are marked as reviewed."""

from orchestrator.client import Client
from orchestrator.core.requests.review import (
    AddComment,
    DeleteComment,
    EditComment,
    MarkReviewed,
    SendComments,
)
from orchestrator.core.review.comments import Review
from widgets.kit.format import count, fit
from widgets.review.acts.view import Acts
from widgets.review.layout.index import Spot
from widgets.review.layout.remark import Remark


class Comments(Acts):
    """What is kept by the hub, and shown once it has it."""

    def review_select(self) -> None:
        view = self._view
        view.began = None if view.began is not None else view.cursor
        view.repaint()
        self._screen.draw()

    def review_add(self) -> None:
        from widgets.review.dialogs.comment import CommentDialog

        screen, card = self._screen, self._screen.reviewed_card
        if (remark := screen.remark) is not None:
            self._change(remark)
            return
        target = screen.target()
        assert target is not None

        def call(client: Client, words: str) -> Review:
            diff = self._document.diff
            tree = diff.old_tree if target.side == "old" else diff.new_tree
            made = AddComment(
                card, target.path, target.line, words, end_line=target.end_line, side=target.side, tree=tree
            )
            return screen.changed(client, lambda client: client.submit(made))

        screen.app.push_screen(
            CommentDialog(f"{target.path}, {target.words}", target.text, call), self._written
        )

    def _change(self, remark: Remark) -> None:
        from widgets.review.dialogs.comment import CommentDialog

        screen, card = self._screen, self._screen.reviewed_card
        dialog = CommentDialog(
            f"{remark.path}, {remark.lines}",
            remark.line_text,
            lambda client, words: screen.changed(
                client, lambda client: client.submit(EditComment(card, remark.id, words))
            ),
            text=remark.text,
        )
        screen.app.push_screen(dialog, self._written)

    def _written(self, review: Review | None) -> None:
        if review is not None:
            self._view.began = None
            self._reading.take_review(review)

    def review_delete(self) -> None:
        from widgets.dialogs.dialog import Confirm

        screen, card, remark = self._screen, self._screen.reviewed_card, self._screen.remark
        assert remark is not None

        def answer(sure: bool | None) -> None:
            if sure:
                screen.do(lambda client: client.submit(DeleteComment(card, remark.id)))

        screen.app.push_screen(Confirm("Delete the comment?", fit(remark.text, 200), "Delete"), answer)

    def review_send(self) -> None:
        from widgets.dialogs.dialog import Confirm

        screen, card = self._screen, self._screen.reviewed_card
        drafts = count(self._document.drafts, "comment")

        def answer(sure: bool | None) -> None:
            if sure:
                screen.do(
                    lambda client: client.submit(SendComments(card)),
                    f"{drafts} queued. The session receives them as one prompt as soon as it is idle.",
                )
            else:
                screen.app.tell(f"Not sent: {count(self._document.drafts, 'draft')}.")

        said = "They go to its session as one prompt, each with file, line and the line's text."
        screen.app.push_screen(Confirm(f"Send {drafts} to {card}?", said, "Send"), answer)

    def review_mark(self) -> None:
        screen, card, file, view = self._screen, self._screen.reviewed_card, self._file, self._view
        on = not self._document.is_reviewed(file)
        self._document.folds.pop(file.path, None)
        screen.do(lambda client: client.submit(MarkReviewed(card, file.path, file.new_id, on=on)))
        if on and not screen.in_files and view.cursor.file + 1 < len(self._document.files):
            view.go(Spot(view.cursor.file + 1, 0))
