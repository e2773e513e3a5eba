"""The scripted agent's real git commands, with the demo's identity if the repository has none."""

import os

from orchestrator.demo import children
from orchestrator.demo.loop import Loop

_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "orch demo"), ("EMAIL", "demo@example.org"))
}


async def is_clean(loop: Loop) -> bool:
    """Whether there is nothing to commit; also if git fails."""
    code, said = await children.run(loop, ["git", "status", "--porcelain"])
    return bool(code) or not said.strip()


async def commit(loop: Loop, message: str) -> tuple[str, str]:
    """Commits everything; output and error."""
    code, said = await children.run(loop, ["git", "add", "--all"])
    if not code:
        code, said = await _in_some_name(loop, ["git", "commit", "--quiet", "--message", message])
    return (message, "") if not code else ("", _trouble(code, said))


async def merge(loop: Loop, branch: str) -> tuple[str, str]:
    """Merges it into what is checked out, or aborts cleanly; output and error."""
    code, said = await _in_some_name(loop, ["git", "merge", "--no-edit", "--", branch])
    if not code:
        return said.strip(), ""
    await children.run(loop, ["git", "merge", "--abort"])
    return "", _trouble(code, said)


def file_named_after(message: str) -> str:
    """A file name derived from a message."""
    words = "".join(c if c.isalnum() else " " for c in message.lower()).split()
    return f"{'-'.join(words)[:40].rstrip('-') or 'change'}.txt"


async def _in_some_name(loop: Loop, command: list[str]) -> tuple[int, str]:
    code, _ = await children.run(loop, ["git", "var", "GIT_COMMITTER_IDENT"])
    return await children.run(loop, command, env={**_IDENTITY, **os.environ} if code else None)


def _trouble(code: int, said: str) -> str:
    return said.strip() or f"git ended with exit code {code}"
