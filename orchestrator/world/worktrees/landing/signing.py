"""Signed commits: whether they are wanted, and whether a signature can be made without a terminal."""

from collections.abc import Mapping

from orchestrator.world.worktrees.command import ask
from orchestrator.world.worktrees.errors import GitFailed, GitRefused

SIGNING = 60.0
"""Seconds for one signature."""

_HINT = (
    "Unlock the key in a terminal, for example: echo | gpg --sign >/dev/null; or let ssh-agent hold it. "
    "Then retry."
)


def signs(place: str) -> bool:
    """Whether commits made there are signed."""
    return ask(place, "config", "--type=bool", "commit.gpgSign").out.strip() == b"true"


def check_signing(place: str, what: str, env: Mapping[str, str]) -> None:
    """Makes one signature that is not kept. Raises `GitRefused` where that fails or takes too long; `what` is
    what it says is not done."""
    if not signs(place):
        return
    words = ("commit-tree", "-S", "-m", "Signing works", "HEAD^{tree}")
    try:
        answer = ask(place, *words, limit=SIGNING, hooks=True, env=env)
    except GitFailed as late:
        why = f"signing it (commit.gpgSign) took more than {SIGNING:g} seconds: it may ask for a passphrase"
        raise GitRefused(what, why, _HINT) from late
    if answer.code:
        raise GitRefused(what, f"signing it (commit.gpgSign) failed: {answer.last_words}", _HINT)
