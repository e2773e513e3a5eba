"""Where a branch is pushed: to the repository, or to a fork where the person has no right to push."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestrator.core.forge.items import Permission, Repository
from orchestrator.core.forge.remotes import Chosen, GitRemote
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.hub.forge.changes.target import Target, target
from orchestrator.world.forge.errors import ForgeMissing, ForgeRefused, Trouble

HOST = "forge.example"
SHOP, FORK, OTHER, RENAMED = (RepositoryRef(HOST, *path.split("/")) for path in (
    "acme/shop", "ada/shop", "ada/notes", "ada/acme-shop",
))  # fmt: skip
CHOSEN = Chosen(SHOP, "origin", SHOP, "origin")


def remote(name: str, ref: RepositoryRef) -> GitRemote:
    return GitRemote(name, f"https://{HOST}/{ref.path}.git")


def forge(*repositories: Repository) -> Any:
    known = {each.ref: each for each in repositories}

    def repository(ref: RepositoryRef) -> Repository:
        if ref not in known:
            raise ForgeMissing(Trouble.MISSING, "not there")
        return known[ref]

    return cast("Any", SimpleNamespace(host=HOST, repository=repository))


def repo(
    ref: RepositoryRef, may: Permission, fork_of: RepositoryRef | None = None, **more: Any
) -> Repository:
    return Repository(ref, "main", may, "", fork_of=fork_of, **more)


READS = repo(SHOP, Permission.READ)
MINE = repo(FORK, Permission.ADMIN, SHOP)


@pytest.mark.parametrize(
    ("chosen", "remotes", "known", "found"),
    [
        (CHOSEN, (), (repo(SHOP, Permission.WRITE),), Target("origin")),
        (CHOSEN, (remote("fork", FORK),), (repo(SHOP, Permission.WRITE), MINE), Target("origin")),
        (CHOSEN, (remote("fork", FORK),), (READS, MINE), Target("fork", "ada")),
        (
            CHOSEN,
            (remote("me", RENAMED),),
            (READS, repo(RENAMED, Permission.ADMIN, SHOP)),
            Target("me", "ada"),
        ),
        (Chosen(SHOP, "upstream", FORK, "origin"), (), (READS, MINE), Target("origin", "ada")),
        (
            Chosen(SHOP, "upstream", FORK, "origin"),
            (),
            (repo(SHOP, Permission.WRITE), repo(FORK, Permission.READ, SHOP)),
            Target("upstream"),
        ),
        (CHOSEN, (remote("gone", OTHER), remote("fork", FORK)), (READS, MINE), Target("fork", "ada")),
    ],
)
def test_a_branch_goes_where_the_person_may_push(
    chosen: Chosen, remotes: tuple[GitRemote, ...], known: tuple[Repository, ...], found: Target
) -> None:
    assert target(forge(*known), chosen, remotes) == found


@pytest.mark.parametrize(
    ("remotes", "known"),
    [
        ((), (READS,)),
        ((remote("notes", OTHER),), (READS, repo(OTHER, Permission.ADMIN))),
        ((remote("fork", FORK),), (READS, repo(FORK, Permission.READ, SHOP))),
    ],
)
def test_without_a_fork_the_command_that_creates_one_is_named(
    remotes: tuple[GitRemote, ...], known: tuple[Repository, ...]
) -> None:
    with pytest.raises(ForgeRefused, match="gh repo fork --remote"):
        target(forge(*known), CHOSEN, remotes)


def test_an_archived_repository_gets_nothing() -> None:
    with pytest.raises(ForgeRefused, match="archived"):
        target(forge(repo(SHOP, Permission.ADMIN, archived=True)), CHOSEN, ())
