"""What stands in place of the list where it is empty. Pure."""

from orchestrator.client import OrchError
from widgets.issues.text.heading import Heading, filters
from widgets.kit.format import Line, count, fold

_NO_REPOSITORY = "Select a card, or start orch in a repository."


def instead_lines(
    said: Heading, repo: str, error: OrchError | None, width: int, *, read: bool, reload: str
) -> tuple[Line, ...]:
    """Nothing if there are issues to show. `repo` is the path of the repository, `error` why it could not be
    listed the last time, and `reload` the key that retries."""
    if said.shown:
        return ()
    if not repo:
        parts = [("No repository.", "title"), (_NO_REPOSITORY, "muted")]
    elif error and not said.listed:
        parts = [(error.what, "bad"), (error.why, "text"), (error.hint, "muted")]
        parts.append((f"{reload} retries.", "muted"))
    elif not read:
        parts = [("loading…", "muted")]
    elif not said.listed:
        parts = [(f"No open issues in {said.repository}.", "muted")]
    else:
        parts = [
            (f"No issue fits: {', '.join(filters(said))}.", "muted"),
            (f"esc clears the filter, and shows {count(said.listed, 'issue')}.", "muted"),
        ]
    return tuple(((piece, role),) for text, role in parts if text for piece in fold(text, max(width - 6, 8)))
