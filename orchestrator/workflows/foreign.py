"""Keywords of other tools for the keys of a workflow file: suggested in hints, never accepted."""

from collections.abc import Iterable, Mapping

from orchestrator.workflows.problems import did_you_mean, nearest

_KEYS = {
    "needs": "dependson depends dependencies requires after",
    "when": "if condition onlyif only",
    "run": "command cmd script exec shell bash",
    "prompt": "instructions instruction task",
    "workflow": "steps stages jobs tasks pipeline",
    "worktree": "branch",
    "foreach": "matrix strategy loop withitems",
    "type": "kind uses",
    "name": "id title",
    "timeout": "timeoutminutes",
    "retries": "retry attempts maxretries maxattempts",
    "on_failure": "continueonerror allowfailure onerror",
    "approvers": "reviewers assignees",
    "on_deny": "onreject onrejection",
    "inputs": "parameters params variables vars args",
}
_OUTCOMES = {
    "done": "success succeeded successful ok pass passed complete completed finished approved",
    "failed": "failure fail error errored",
    "skipped": "skip cancelled canceled",
    "denied": "rejected declined reject deny",
}


def _by_word(words: Mapping[str, str]) -> dict[str, str]:
    return {word: ours for ours, theirs in words.items() for word in theirs.split()}


_KEY_OF, _OUTCOME_OF = _by_word(_KEYS), _by_word(_OUTCOMES)


def key_meant(word: str, valid: Iterable[str]) -> str:
    """The hint with the valid key for an unknown one; empty if none is near."""
    known = list(valid)
    ours = _KEY_OF.get(_plain(word), "")
    return f'did you mean "{ours}"?' if ours in known else did_you_mean(word, known)


def outcome_meant(word: str, valid: Iterable[str]) -> str:
    """The intended outcome, or nothing."""
    return _OUTCOME_OF.get(_plain(word)) or nearest(word, valid)


def _plain(word: str) -> str:
    return "".join(char for char in word.lower() if char.isalnum())
