"""The issue under the cursor, in full."""

from orchestrator.core.forge.views import IssueDetail, IssueView
from widgets.issues.text.issue import issue_head, issue_lines
from widgets.kit.sheet import Sheet
from widgets.kit.sheet_text import notice


class IssueSheet(Sheet):
    """Draws one issue."""

    def show(
        self,
        issue: IssueView | None,
        card: str,
        read: tuple[IssueDetail | None, str],
        doing: str,
        refused: str,
    ) -> None:
        """`read` is the issue in full, or why there is none; `refused` why it was not imported."""
        if issue is None:
            self.clear()
            return
        whole, error = read
        self.write(
            issue_head(issue, card, self.room),
            (issue, card, whole, error, doing, refused),
            lambda width: (issue_lines(issue, whole, error, width), notice(doing, refused, width)),
            issue.number,
        )
