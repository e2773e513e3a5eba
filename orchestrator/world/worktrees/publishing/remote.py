"""A branch of a remote: looked at, and pushed to. Nothing is ever asked on a terminal or in a window, nothing
is forced, and everything has a time limit."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path, PurePath

from orchestrator.core.forge.changes.pushing import Position, Trouble, position, trouble
from orchestrator.world.worktrees.command import GitOutput, ask
from orchestrator.world.worktrees.errors import GitFailed
from orchestrator.world.worktrees.repository import open_repository

_ANSWERS_WITHIN = 60.0
_SSH = "-oBatchMode=yes -oConnectTimeout=20"


class NotPushed(GitFailed):
    """Nothing was pushed; with `later` a retry may succeed without anybody doing anything. With `maybe_done`
    it may have been pushed nevertheless."""

    def __init__(
        self, what: str, why: str, hint: str = "", *, later: bool = False, maybe_done: bool = False
    ) -> None:
        super().__init__(what, why, hint)
        self.later, self.maybe_done = later, maybe_done


def tip_there(root: Path, remote: str, branch: str, env: Mapping[str, str]) -> str:
    """The commit of the remote's branch; empty if it has none. Raises `NotPushed`, and errors of git."""
    doing = f"cannot look at {branch} on {remote}"
    url = ask(str(root), "remote", "get-url", "--push", "--", remote)
    if url.code:
        raise NotPushed(doing, url.said, "See: git remote --verbose")
    address = url.out.decode(errors="replace").strip()
    words = ("ls-remote", "--heads", "--", address, f"refs/heads/{branch}")
    answer = _asked(root, words, _as_it_is(address, env), _ANSWERS_WITHIN, doing)
    if answer.code:
        raise _problem(doing, trouble(answer.said))
    lines = answer.out.decode(errors="replace").splitlines()
    return next((line.split()[0] for line in lines if line.endswith(f"\trefs/heads/{branch}")), "")


def push(
    root: Path,
    place: Path,
    *,
    remote: str,
    branch: str,
    commit: str,
    replaces: str,
    env: Mapping[str, str],
    limit: float,
) -> bool:
    """Pushes the commit from the worktree `place`, whose hooks run; whether there was anything to push. What
    the remote has is replaced only if it is `replaces`. Raises `NotPushed`, and errors of git."""
    what = f"{branch} was not pushed to {remote}"
    there = tip_there(root, remote, branch, env)
    known = open_repository(root)
    contained = bool(there) and bool(known.commit(there)) and known.contains(commit, there)
    at = position(there, commit, replaces, contained=contained)
    if at is Position.SAME:
        return False
    if at is Position.FOREIGN:
        raise _problem(what, _foreign(branch, remote, there))
    lease = (f"--force-with-lease=refs/heads/{branch}:{there}",) if at is Position.REWRITTEN else ()
    words = ("push", "--porcelain", "--no-follow-tags", *lease, "--", remote, f"{commit}:refs/heads/{branch}")
    answer = _asked(place if place.is_dir() else root, words, env, limit, what, maybe_done=True)
    if answer.code:
        told = trouble(f"{answer.err}\n{answer.out.decode(errors='replace')}")
        raise _problem(what, _foreign(branch, remote) if told.foreign else told)
    return True


def _foreign(branch: str, remote: str, tip: str = "") -> Trouble:
    at = f", which is at {tip[:10]} there," if tip else ""
    return Trouble(
        f"{branch}{at} has commits that orch did not push",
        f"Bring them in, then retry: git pull --rebase {remote} {branch}",
    )


def _asked(
    root: Path,
    words: tuple[str, ...],
    env: Mapping[str, str],
    limit: float,
    what: str,
    *,
    maybe_done: bool = False,
) -> GitOutput:
    try:
        return ask(str(root), *words, limit=limit, env=unattended(root, env), hooks=True)
    except GitFailed as error:
        if "timed out" not in error.what:
            raise
        why = f"git took longer than {limit:.0f} s"
        raise NotPushed(what, why, "It is retried.", later=True, maybe_done=maybe_done) from error


def unattended(root: Path, env: Mapping[str, str]) -> dict[str, str]:
    """The person's environment, in which git and ssh fail instead of asking."""
    return {
        **env,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": env.get("GIT_ASKPASS", ""),  # one that is set may answer without asking
        "SSH_ASKPASS": "",
        "SSH_ASKPASS_REQUIRE": "never",
        "GCM_INTERACTIVE": "never",
        "GIT_SSH_COMMAND": _ssh(root, env),
        "LC_ALL": "C.UTF-8",
    }


def _as_it_is(address: str, env: Mapping[str, str]) -> dict[str, str]:
    """The environment in which git takes that address, which `insteadOf` has led to, as it is."""
    given = {**os.environ, **env}.get("GIT_CONFIG_COUNT", "")
    count = int(given) if given.isdecimal() else 0
    rule = {f"GIT_CONFIG_KEY_{count}": f"url.{address}.insteadOf", f"GIT_CONFIG_VALUE_{count}": address}
    return {**env, **rule, "GIT_CONFIG_COUNT": str(count + 1)}


def _ssh(root: Path, env: Mapping[str, str]) -> str:
    """The person's ssh command; OpenSSH's with options that keep it from asking."""
    said = env.get("GIT_SSH_COMMAND", "")
    if not said:
        answer = ask(str(root), "config", "--get", "core.sshCommand")
        said = answer.out.decode(errors="replace").strip() if not answer.code else ""
    if not said:
        said = shlex.quote(env["GIT_SSH"]) if env.get("GIT_SSH") else "ssh"
    try:
        program = PurePath(shlex.split(said)[0]).name
    except (ValueError, IndexError):
        return said
    return f"{said} {_SSH}" if program in ("ssh", "ssh.exe") else said


def _problem(what: str, told: Trouble) -> NotPushed:
    return NotPushed(what, told.why, told.hint, later=told.later)
