"""Leftover worktrees next to the known repositories."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestrator.agents.finding import Finding
from orchestrator.core.board.views import CardView
from orchestrator.world.worktrees import WorktreeError, stale


def worktrees(cards: Sequence[CardView] | None, here: Path | None) -> Iterator[Finding]:
    """Checks every card's repository and the one `here`; without a hub (`None`), only the latter.

    Which worktrees belong to no card is known only if the hub has listed the cards.
    """
    repos = {Path(card.repo) for card in cards or ()} | ({here} if here else set())
    found = [finding for repo in sorted(repos) for finding in _beside(repo, cards)]
    if found:
        yield from found
    elif repos:
        yield Finding(
            "worktrees", "ok", f"no leftovers next to {', '.join(each.name for each in sorted(repos))}"
        )


def _beside(repo: Path, cards: Sequence[CardView] | None) -> Iterator[Finding]:
    try:
        found = stale(repo, [Path(card.worktree) for card in cards or () if card.worktree])
    except WorktreeError as error:
        yield Finding("worktrees", "warn", f"{repo}: {error.what}", error.hint)
        return
    for path in found.gone:
        yield Finding(
            "worktrees", "warn", f"{path} is registered but missing", f"Run: git -C {repo} worktree prune"
        )
    for path in found.unknown:
        yield Finding(
            "worktrees",
            "warn",
            f"{path} is not a worktree of {repo}",
            "Check its contents, and move it away.",
        )
    for path in found.forgotten if cards is not None else ():
        fix = f"Check its contents; then: git -C {repo} worktree remove {path}"
        yield Finding("worktrees", "warn", f"{path} belongs to no card", fix)
