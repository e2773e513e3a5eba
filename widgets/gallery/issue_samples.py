"""Sample issues, and the forge that a fake hub asks for them."""

from dataclasses import dataclass, field
from typing import Any

from orchestrator.core.forge.views import CommentView, IssueDetail, IssuesView, IssueView
from orchestrator.core.requests.issues import ListIssues, ShowIssue

AS_OF = 1_700_000_000.0
_PAGE = 100

_BODY = """\
## What happens

The app **crashes** when `config.toml` is empty, see [the log](https://example.org/log).

- [x] seen on Linux
- [ ] seen on macOS
  1. start it
  2. wait

> It worked in 1.2.

```python
raise ValueError("no [section]")
```
<!-- from the template -->"""


def issue(number: int, title: str, **more: Any) -> IssueView:
    """An issue of `ada/shop`."""
    made: dict[str, Any] = {
        "labels": (),
        "assignees": (),
        "card": "",
        "url": f"https://forge.example/ada/shop/issues/{number}",
        "state": "open",
        "author": "bob",
        "milestone": "",
        "comments": 0,
        "updated_at": "2026-01-31T12:00:00Z",
    }
    return IssueView(number=number, title=title, **(made | more))


def issues() -> tuple[IssueView, ...]:
    """A few, the latest change first."""
    return (
        issue(48, "Crash on an empty config.toml", labels=("bug", "config"), assignees=("ada",), comments=2),
        issue(47, "Dark theme for the settings", labels=("enhancement",), milestone="2.0"),
        issue(45, "[bold]No markup[/bold] \x1b[31min here\x1b[0m \u202egnihton", labels=("[red]",)),
        issue(12, "Slow search with 10,000 entries", labels=("bug", "speed"), assignees=("bob",),
              milestone="2.0"),
        issue(7, "Übersetzung ins Deutsche 日本語", author="", assignees=("bob", "ada")),
    )  # fmt: skip


@dataclass
class GalleryForge:
    """Answers what the hub is asked about issues."""

    every: tuple[IssueView, ...] = field(default_factory=issues)
    body: str = _BODY
    path: str = "ada/shop"

    def listed(self, request: ListIssues) -> IssuesView:
        """That page of the list and those behind it, as many as are wanted."""
        start = (request.page - 1) * _PAGE
        end = start + max(request.most // _PAGE, 1) * _PAGE
        rest = end < len(self.every)
        following = end // _PAGE + 1 if rest else 0
        found = self.every[start:end]
        return IssuesView(self.path, found, AS_OF, whole=not rest, next=following, login="ada")

    def shown(self, request: ShowIssue) -> IssueDetail:
        """The issue with what was said about it."""
        found = self.numbered(request.number)
        said = (
            CommentView("ada", "Seen on **macOS** too.", "2026-01-30T09:00:00Z", member=True),
            CommentView("mallory", "[click](javascript:run) me", "2026-01-31T12:00:00Z", member=False),
        )
        return IssueDetail(found, self.body, said[: found.comments], 0, AS_OF)

    def numbered(self, number: int) -> IssueView:
        """The issue of that number."""
        return next(each for each in self.every if each.number == number)
