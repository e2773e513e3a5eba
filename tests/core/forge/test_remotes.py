"""A remote leads to the repository that git would reach by it."""

import pytest

from orchestrator.core.forge.remotes import Chosen, GitRemote, NotChosen, choose, parse, repository
from orchestrator.core.forge.repository import ItemRef, RepositoryRef


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://forge.example/ada/shop", "forge.example/ada/shop"),
        ("https://forge.example/ada/shop.git", "forge.example/ada/shop"),
        ("https://forge.example/ada/shop.git/", "forge.example/ada/shop"),
        ("https://forge.example//ada//shop", "forge.example/ada/shop"),
        ("HTTPS://Forge.Example/Ada/Shop.GIT", "forge.example/Ada/Shop"),
        ("https://ada:secret@forge.example/ada/shop.git", "forge.example/ada/shop"),
        ("https://forge.example:443/ada/shop.git", "forge.example/ada/shop"),
        ("https://forge.example:8443/ada/shop.git", "forge.example:8443/ada/shop"),
        ("http://forge.example:80/ada/shop", "forge.example/ada/shop"),
        ("http://forge.example:443/ada/shop", "forge.example:443/ada/shop"),
        ("https://forge.example/ada/shop?ref=1#top", "forge.example/ada/shop"),
        ("https://forge.example./ada/shop", "forge.example/ada/shop"),
        ("https://forge.example/ada/my%2Eshop", "forge.example/ada/my.shop"),
        ("ssh://git@forge.example/ada/shop.git", "forge.example/ada/shop"),
        ("ssh://git@forge.example:2222/ada/shop.git", "forge.example/ada/shop"),
        ("git+ssh://git@forge.example/ada/shop.git", "forge.example/ada/shop"),
        ("ssh+git://git@forge.example/ada/shop", None),
        ("git://forge.example:9418/ada/shop.git", "forge.example/ada/shop"),
        ("git@forge.example:ada/shop.git", "forge.example/ada/shop"),
        ("forge.example:ada/shop", "forge.example/ada/shop"),
        ("git@forge.example:/ada/shop.git", "forge.example/ada/shop"),
        ("org-123@forge.example:ada/shop.git", "forge.example/ada/shop"),
        ("git@forge.example:ada/shop.js", "forge.example/ada/shop.js"),
        ("git@forge.example:ada/.git", "forge.example/ada/.git"),
        ("git@forge.example:group/team/shop.git", "forge.example/group/team/shop"),
        ("git@[::1]:ada/shop.git", "[::1]/ada/shop"),
        ("https://[::1]:8080/ada/shop.git", "[::1]:8080/ada/shop"),
        ("  https://forge.example/ada/shop\n", "forge.example/ada/shop"),
        ("/srv/git/shop.git", None),
        ("./shop", None),
        ("../ada/shop.git", None),
        ("~/git/shop.git", None),
        ("file:///srv/git/ada/shop.git", None),
        ("C:/git/ada/shop.git", None),
        ("C:\\git\\ada\\shop.git", None),
        ("ext::sh -c true", None),
        ("https://forge.example/shop.git", None),
        ("https://forge.example/", None),
        ("git@forge.example:~ada/shop.git", None),
        ("https://forge.example/../shop", None),
        ("https://forge.example/ada/%2e%2e", None),
        ("https://forge.example/ada/sh%0aop", None),
        ("https://forge.example/ada/shop%3Fx", None),
        ("https://forge.example:notaport/ada/shop", None),
        ("https://forge.example/ada/sh\x1b[31mop", None),
        ("shop", None),
        ("", None),
    ],
)
def test_a_url_names_its_repository_or_none(url: str, expected: str | None) -> None:
    found = parse(url)
    assert (str(found.repository) if found else None) == expected


def test_another_name_of_a_host_is_resolved() -> None:
    aliases = {"Forge-Work": "forge.example", "ssh.forge.example": "forge.example"}
    for url in ("git@forge-work:ada/shop.git", "ssh://git@ssh.forge.example:443/ada/shop.git"):
        assert str(repository(url, aliases)) == "forge.example/ada/shop"


HOSTS = ("forge.example", "code.example.org:8443")


def remotes(**urls: str) -> tuple[GitRemote, ...]:
    return tuple(GitRemote(name, url) for name, url in urls.items())


@pytest.mark.parametrize(
    ("given", "issues", "push"),
    [
        ({"origin": "git@forge.example:ada/shop"}, "forge.example/ada/shop", "forge.example/ada/shop"),
        (
            {"origin": "git@forge.example:bob/shop", "upstream": "https://forge.example/ada/shop"},
            "forge.example/ada/shop",
            "forge.example/bob/shop",
        ),
        ({"fork": "https://forge.example/b/shop"}, "forge.example/b/shop", "forge.example/b/shop"),
        (
            {"origin": "/srv/mirror.git", "hub": "https://forge.example/b/shop"},
            "forge.example/b/shop",
            "forge.example/b/shop",
        ),
        (
            {"one": "https://forge.example/b/shop", "two": "git@forge.example:B/Shop.git"},
            "forge.example/b/shop",
            "forge.example/b/shop",
        ),
        (
            {"origin": "ssh://git@code.example.org:2222/ada/shop"},
            "code.example.org:8443/ada/shop",
            "code.example.org:8443/ada/shop",
        ),
    ],
)
def test_of_several_remotes_the_one_with_the_issues_is_chosen(
    given: dict[str, str], issues: str, push: str
) -> None:
    found = choose(remotes(**given), HOSTS)
    assert isinstance(found, Chosen)
    assert (str(found.repository), str(found.push)) == (issues, push)


@pytest.mark.parametrize(
    ("given", "named", "why"),
    [
        ({}, "", "the repository has no remote"),
        ({"origin": "/srv/shop.git"}, "", "no remote leads to forge.example or code.example.org:8443"),
        ({"origin": "git@other.example:a/b"}, "", "no remote leads to"),
        (
            {"one": "git@forge.example:a/b", "two": "git@forge.example:c/d"},
            "",
            "several remotes lead to different repositories: one (a/b), two (c/d)",
        ),
        ({"origin": "git@forge.example:a/b"}, "nope", "remote 'nope' leads to none of"),
    ],
)
def test_where_no_remote_can_be_chosen_the_reason_is_told(
    given: dict[str, str], named: str, why: str
) -> None:
    found = choose(remotes(**given), HOSTS, named=named)
    assert isinstance(found, NotChosen)
    assert why in found.why
    assert found.hint


def test_a_named_remote_comes_before_all_others() -> None:
    given = remotes(origin="git@forge.example:a/b", other="git@forge.example:c/d")
    found = choose(given, HOSTS, named="other")
    assert isinstance(found, Chosen)
    assert str(found.repository) == "forge.example/c/d"


def test_a_push_url_of_its_own_is_where_branches_go() -> None:
    found = choose([GitRemote("origin", "https://forge.example/a/b", "git@forge.example:me/b")], HOSTS)
    assert isinstance(found, Chosen)
    assert (found.repository.path, found.push.path) == ("a/b", "me/b")


def test_names_are_the_same_whatever_their_case() -> None:
    one, other = RepositoryRef("forge.example", "Ada", "Shop"), RepositoryRef("forge.example", "ada", "shop")
    assert one.same(other)
    assert ItemRef(one, 3).same(ItemRef(other, 3))
    assert not ItemRef(one, 3).same(ItemRef(other, 3, "change"))
