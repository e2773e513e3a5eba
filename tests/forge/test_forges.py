"""Several forges and accounts on one board; a second kind of forge is a class and a line."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from orchestrator import config
from orchestrator.core.errors import OrchError
from orchestrator.core.forge.choosing import Configured
from orchestrator.core.forge.items import Changed, Identity, Issue, Permission, Repository
from orchestrator.core.forge.outbox.fields import fields_of
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.doctor.forge import forges
from orchestrator.hub.forge import accounts
from orchestrator.hub.forge.accounts import Accounts
from orchestrator.world.forge import looking
from orchestrator.world.forge.forge import Forge
from orchestrator.world.forge.kinds import KINDS, Kind, account
from tests.conftest import git
from tests.forge.server import Server


@pytest.fixture
def servers() -> Iterator[tuple[Server, Server]]:
    made = Server(), Server()
    yield made
    for each in made:
        each.close()
        assert each.wrong == []


def cloned(folder: Path, url: str) -> Path:
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "remote", "add", "origin", url)
    return folder


def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    monkeypatch.setenv("ORCH_CONFIG", str(file))


def token(tmp_path: Path, name: str, text: str) -> Path:
    file = tmp_path / name
    file.touch(0o600)
    file.write_text(text)
    return file


def _repository(ref: RepositoryRef, forge: Forge) -> Repository:
    return forge.repository(ref)


def test_each_repository_is_asked_for_on_its_own_server_with_the_token_of_that(
    servers: tuple[Server, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = servers
    second.world.accounts[0].token = "ghp_second"
    own, other = token(tmp_path, "own", "ghp_ada_secret"), token(tmp_path, "other", "ghp_second")
    configured(
        tmp_path,
        monkeypatch,
        f'[github]\nbase_url = "{first.api}"\ntoken_file = "{own}"\nlabel = "mine"\n'
        f'[forges.work]\nbase_url = "{second.api}"\ntoken_file = "{other}"\n',
    )
    repos = []
    for number, server in enumerate(servers):
        server.world.repo()
        repos.append(cloned(tmp_path / f"r{number}", f"http://127.0.0.1:{server.port}/ada/shop.git"))
    known = Accounts()

    async def looked() -> list[tuple[str, str]]:
        found = []
        for repo in (*repos, repos[0]):
            place = await known.of(repo)
            me = await place.account.ask(lambda forge: forge.identity())
            await place.account.ask(partial(_repository, place.chosen.repository))
            found.append((f"{me.login} {place.account.forge.host}", place.settings.label))
        return found

    hosts = [f"ada 127.0.0.1:{each.port}" for each in servers]
    assert asyncio.run(looked()) == [(hosts[0], "mine"), (hosts[1], "orch"), (hosts[0], "mine")]
    assert len(known.known) == 2
    assert first.tokens == {"ghp_ada_secret"}
    assert second.tokens == {"ghp_second"}
    said = [(each.what, each.name) for each in forges(config.load(), repos[0]) if "token from" in each.what]
    assert said == [
        (f"{hosts[1]}, token from {other}".replace("ada ", "ada on "), "forges.work"),
        (f"{hosts[0]}, token from {own}".replace("ada ", "ada on "), "github"),
    ]


def test_no_variable_is_sent_to_a_server_if_it_may_be_meant_for_another(
    servers: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_ada_secret")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    first, second = (Configured(f"forges.n{each.port}", "github", each.api) for each in servers)
    assert account(first, [first]).identity().login == "ada"
    for each in (first, second):
        with pytest.raises(OrchError, match=r"no token for 127\.0\.0\.1"):
            account(each, [first, second]).identity()
    assert servers[1].requests == []


class Toy:
    """A forge of another kind, which has one issue."""

    host = "toys.example"

    def identity(self) -> Identity:
        return Identity("ada")

    def repository(self, ref: RepositoryRef) -> Repository:
        return Repository(ref, "main", Permission.WRITE, "https://toys.example/ada/shop")

    def issue(self, ref: ItemRef) -> Issue:
        return Issue(ref, "Crash", "It crashes.", open=True, url="https://toys.example/ada/shop/-/1")

    def changed(self, ref: RepositoryRef, since: float, most: int) -> Changed:  # noqa: ARG002
        return Changed((self.issue(ItemRef(ref, 1)),), 5.0)


def test_a_second_kind_of_forge_is_a_class_and_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hosts(_: str) -> Sequence[str]:
        return ("toys.example",)

    monkeypatch.setitem(KINDS, "toy", Kind(lambda _url, _places: cast("Forge", Toy()), hosts, lambda _: ()))
    tables = (Configured("forges.toys", "toy", "https://toys.example"),)
    usual = config.GitHubSettings()
    settings = SimpleNamespace(configured_forges=tables, all_forges={"forges.toys": usual})
    monkeypatch.setattr(accounts, "settings_of", lambda _: settings)
    repo = cloned(tmp_path / "toys", "git@toys.example:group/ada/shop.git")

    async def looked() -> tuple[str, object]:
        place = await Accounts().of(repo)
        ref = ItemRef(place.chosen.repository, 1)
        return str(ref), await place.account.ask(lambda forge: looking.look(forge, ref))

    ref, seen = asyncio.run(looked())
    assert ref == "group/ada/shop#1"
    assert seen == fields_of(Toy().issue(ItemRef(RepositoryRef("toys.example", "group/ada", "shop"), 1)))


def test_every_kind_of_the_configuration_is_there() -> None:
    annotation = config.ForgeSettings.model_fields["kind"].annotation
    assert set(getattr(annotation, "__args__", ())) == set(KINDS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[forges.github]\n", "other than github"),
        ("[forges.a]\n[forges.b]\n", "another host than a has, or other owners"),
        ('[forges.a]\nowners = ["acme"]\n[forges.b]\nowners = ["Acme"]\n', "another host than a has"),
        ('[forges.a]\nkind = "gitlab"\n', "github"),
        ('[forges.a]\nbase_url = "http://code.example.org"\n', "https://"),
        ("[forges.a]\ntoken_fil = 'x'\n", 'Did you mean "forges.a.token_file"?'),
    ],
)
def test_a_table_that_could_never_be_used_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    configured(tmp_path, monkeypatch, text)
    with pytest.raises(config.ConfigError, match="forges") as raised:
        config.load()
    assert said in str(raised.value)
