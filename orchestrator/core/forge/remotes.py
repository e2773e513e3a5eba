"""Which repository of a forge a git remote leads to, by its URL as `git remote get-url` prints it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from orchestrator.core.forge.repository import RepositoryRef

_DEFAULT_PORTS = {"http": 80, "https": 443}
_URL = re.compile(r"(?:git\+)?(https?|ssh|git)(?:\+ssh|\+https?)?://", re.IGNORECASE)
_SCP = re.compile(r"(?:[^@/\\\s]+@)?(\[[^\]]+\]|[^:/\\\s\[\]]+):(?!//)(.+)", re.DOTALL)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
FIRST = ("upstream", "origin")
"""The names that are tried first for issues; the order that `gh` follows too."""


@dataclass(frozen=True, slots=True)
class RemoteUrl:
    """A remote on a server. `web` is the host as in the address of its pages: with the port of an http URL,
    without that of ssh."""

    web: str
    parts: tuple[str, ...]

    @property
    def repository(self) -> RepositoryRef:
        """The last part is the repository's name, what is before it its owner."""
        return RepositoryRef(self.web, "/".join(self.parts[:-1]), self.parts[-1])


@dataclass(frozen=True, slots=True)
class GitRemote:
    """A remote by its name, with the URLs that git would really use: after `insteadOf` and
    `pushInsteadOf`."""

    name: str
    fetch: str
    push: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The repository whose issues are meant, and the one to which branches are pushed: a fork, perhaps."""

    repository: RepositoryRef
    remote: str
    push: RepositoryRef
    push_remote: str


@dataclass(frozen=True, slots=True)
class NotChosen:
    """Why there is no such repository, and what to do."""

    why: str
    hint: str


def parse(url: str) -> RemoteUrl | None:
    """A remote's URL: ssh, http and git URLs, and the scp-like `git@host:owner/name.git`. `None` for a path
    of this machine, and for whatever has no owner and name."""
    url = url.strip()
    if not url.isprintable():
        return None
    if found := _URL.match(url):
        return _with_scheme(found[1].lower(), url[found.end() :])
    if "://" in url or url.startswith(("/", ".", "~")) or _DRIVE.match(url):
        return None
    if scp := _SCP.fullmatch(url):
        return _made(scp[1].strip("[]"), None, scp[2])
    return None


def repository(url: str, aliases: Mapping[str, str] | None = None) -> RepositoryRef | None:
    """The repository that a remote's URL names. `aliases` has the hosts by other names for them, such as one
    of ssh's configuration."""
    found = parse(url)
    if found is None:
        return None
    known = {name.casefold(): host for name, host in (aliases or {}).items()}
    return RemoteUrl(known.get(found.web, found.web), found.parts).repository


def on_forge(ref: RepositoryRef, hosts: Sequence[str]) -> str:
    """The one of these hosts on which it is, or nothing. A remote by ssh does not tell the web's port."""
    for host in hosts:
        if ref.host.casefold() in (host.casefold(), host.casefold().rpartition(":")[0]):
            return host
    return ""


def choose(
    remotes: Sequence[GitRemote],
    hosts: Sequence[str],
    *,
    named: str = "",
    aliases: Mapping[str, str] | None = None,
) -> Chosen | NotChosen:
    """The remote whose repository has the issues: the one that is `named`, else `upstream`, else `origin`,
    else the only one that leads to one of these `hosts`. Branches are pushed to `origin` where that does."""
    if not remotes:
        return NotChosen("the repository has no remote", "Add one: git remote add origin URL")
    found = {}
    for remote in remotes:
        ref = repository(remote.fetch, aliases)
        host = on_forge(ref, hosts) if ref else ""
        if ref and host:
            found[remote.name] = RepositoryRef(host, ref.owner, ref.name)
    if named:
        if named not in found:
            return NotChosen(f"remote {named!r} leads to none of {', '.join(hosts)}", _SEE)
        return _chosen(named, found, remotes, hosts, aliases)
    if not found:
        return NotChosen(f"no remote leads to {' or '.join(hosts)}", _SEE)
    for name in FIRST:
        if name in found:
            return _chosen(name, found, remotes, hosts, aliases)
    different = {str(ref).casefold() for ref in found.values()}
    if len(different) == 1:
        return _chosen(next(iter(found)), found, remotes, hosts, aliases)
    several = ", ".join(f"{name} ({ref.path})" for name, ref in sorted(found.items()))
    return NotChosen(
        f"several remotes lead to different repositories: {several}", "Name one of them in the settings."
    )


_SEE = "See: git remote --verbose"


def _chosen(
    name: str,
    found: Mapping[str, RepositoryRef],
    remotes: Sequence[GitRemote],
    hosts: Sequence[str],
    aliases: Mapping[str, str] | None,
) -> Chosen:
    to = "origin" if "origin" in found else name
    remote = next(each for each in remotes if each.name == to)
    push = repository(remote.push or remote.fetch, aliases)
    host = on_forge(push, hosts) if push else ""
    target = RepositoryRef(host, push.owner, push.name) if push and host else found[to]
    return Chosen(found[name], name, target, to)


def _with_scheme(scheme: str, rest: str) -> RemoteUrl | None:
    try:
        split = urlsplit(f"{scheme}://{rest}")
        host, port = split.hostname or "", split.port
    except ValueError:
        return None
    web = port if scheme in _DEFAULT_PORTS and port != _DEFAULT_PORTS[scheme] else None
    return _made(host, web, split.path)


def _made(host: str, port: int | None, path: str) -> RemoteUrl | None:
    host = host.casefold().rstrip(".")
    parts = [unquote(each) for each in path.strip().strip("/").split("/") if each]
    if parts and parts[-1].lower() != ".git":
        parts[-1] = re.sub(r"\.git$", "", parts[-1], flags=re.IGNORECASE)
    fit = all(
        each not in (".", "..") and each.isprintable() and not {*each} & {"/", "?", "#", " "}
        for each in parts
    )
    if len(parts) < 2 or not host or not fit or parts[0].startswith("~"):
        return None
    shown = f"[{host}]" if ":" in host else host
    return RemoteUrl(f"{shown}:{port}" if port else shown, tuple(parts))
