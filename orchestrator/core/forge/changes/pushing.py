"""How a pushed branch stands to the remote's, and git's errors of a push in words."""

import re
from dataclasses import dataclass
from enum import Enum, auto


class Position(Enum):
    """How the commit to push stands to what the remote's branch has."""

    NEW = auto()
    """The remote has no such branch."""
    SAME = auto()
    AHEAD = auto()
    """It contains what the remote has."""
    REWRITTEN = auto()
    """The remote has what orch pushed last, and the commit does not contain that."""
    FOREIGN = auto()
    """Somebody else has pushed."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a push failed, and what to do. With `later` a retry may succeed by itself; `foreign` is a branch to
    which somebody else has pushed."""

    why: str
    hint: str = ""
    later: bool = False
    foreign: bool = False


def position(there: str, commit: str, pushed: str, *, contained: bool) -> Position:
    """`there` is the remote's commit, `pushed` the one that orch pushed last; `contained` is whether the
    commit is known to contain the remote's."""
    if not there:
        return Position.NEW
    if there == commit:
        return Position.SAME
    if contained:
        return Position.AHEAD
    return Position.REWRITTEN if there == pushed else Position.FOREIGN


_CREDENTIALS = "Sign in: gh auth login, then gh auth setup-git. Or set up a credential helper."
_KNOWN: tuple[tuple[str, Trouble], ...] = (
    (
        r"could not read (Username|Password)|terminal prompts disabled|no credential|Authentication failed"
        r"|Invalid username or (password|token)|Password authentication is not supported|returned error: 401",
        Trouble("git has no valid credentials for the remote", _CREDENTIALS),
    ),
    (
        r"Permission denied \(|No supported authentication methods",
        Trouble("ssh has no key that the remote accepts", "Add it to your agent: ssh-add. Then retry."),
    ),
    (
        r"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED",
        Trouble("ssh does not know the remote's host key", "Connect to it once with ssh, then retry."),
    ),
    (
        r"\(stale info\)|\(fetch first\)|\(non-fast-forward\)",
        Trouble("somebody else has pushed to the branch", foreign=True),
    ),
    (
        r"GH013|GH006|protected branch|Repository rule violations|push declined",
        Trouble("a rule of the remote protects the branch", "See the repository's rules."),
    ),
    (
        r"GH007|would publish a private email",
        Trouble("a commit has a private e-mail address", "Set user.email, and amend the commits."),
    ),
    (
        r"returned error: 403|denied to |Write access to repository not granted|not allowed to push",
        Trouble(
            "you have no right to push there",
            "Fork it, with a remote for the fork: gh repo fork --remote --remote-name fork",
        ),
    ),
    (
        r"Repository not found|repository '.*' not found|does not appear to be a git repository"
        r"|returned error: 404",
        Trouble("the remote's repository is not there, or you may not see it", "See: git remote --verbose"),
    ),
    (
        r"receiving end does not support --signed push",
        Trouble("the remote takes no signed pushes", "Run: git config push.gpgSign if-asked"),
    ),
    (
        r"receiving end does not support push options",
        Trouble(
            "the remote takes no push options", "See: git config --show-origin --get-all push.pushOption"
        ),
    ),
    (
        r"(?m)^(fatal|ssh|error|kex_exchange_identification): .*(Could not resolve host|onnect to|Connection"
        r"|Network is unreachable|No route to host|imed out|early EOF|unexpected disconnect"
        r"|returned error: 5\d\d|hung up|Empty reply)|^Connection (closed|reset) by",
        Trouble("the remote cannot be reached", "It is retried.", later=True),
    ),
    (
        r"SSL certificate problem|certificate verification failed|server certificate",
        Trouble("the certificate of the remote is not trusted", "See git's http.sslCAInfo."),
    ),
    (r"shallow update not allowed", Trouble("the repository is shallow", "Run: git fetch --unshallow")),
)
_SAID = 400
_NOISE = ("To ", "Done", "error: failed to push some refs")


def trouble(said: str) -> Trouble:
    """What git's error output means. The person's hook, and what is not known, is quoted."""
    for pattern, found in _KNOWN:
        if re.search(pattern, said):
            return found
    lines = [line.strip() for line in said.splitlines()]
    kept = [line for line in lines if line and not line.startswith(_NOISE) and line != "!"]
    return Trouble(" / ".join(kept)[-_SAID:] or "git does not say why")
