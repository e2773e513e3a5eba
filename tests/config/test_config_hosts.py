"""The hosts in the user's file: what they may say, and who may not set them."""

from pathlib import Path

import pytest

from orchestrator.config import ConfigError, example, load, sources


def test_a_host_needs_nothing_but_its_name(file: Path) -> None:
    file.write_text("[hosts.big]\n[hosts.small]\nssh = 'ssh -p 22 ada@small'\nenv = {A = 'b'}\n")
    found = load().hosts
    assert list(found) == ["big", "small"]
    assert (found["big"].ssh, found["big"].folder, found["big"].command) == ((), "~/.orch-host", ())
    assert (found["small"].ssh, found["small"].env) == (("ssh", "-p", "22", "ada@small"), {"A": "b"})
    assert [each.origin for each in sources() if each.key == "hosts"] == ["user"]


def test_the_host_that_the_example_shows_holds_once_it_is_uncommented(file: Path) -> None:
    shown = example().partition("# [hosts.big]")[2].partition("\n\n")[0]
    file.write_text("[hosts.big]" + "\n".join(line.removeprefix("# ") for line in shown.splitlines()))
    assert load().hosts["big"].command == ("~/.local/bin/claude",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[hosts.big]\nfoldr = 'x'", 'unknown key "hosts.big.foldr". Did you mean "hosts.big.folder"?'),
        ("[hosts.big]\nfolder = 'x'", 'hosts.big.folder = "x": must be a path that starts with / or ~/.'),
        ("[hosts.big]\nfolder = '~/'", 'hosts.big.folder = "~/": must be a path that starts with / or ~/.'),
        ("[hosts.big]\nssh = 3", "hosts.big.ssh = 3: must be"),
        ("\n[hosts.local]", "hosts.local: must be a host name"),
        ("\n[hosts.'a b']", "must be a host name"),
    ],
)
def test_what_is_wrong_with_a_host_is_said_at_its_own_line(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load()
    assert f"{file}, line 2: " in str(caught.value)
    assert said in str(caught.value)


def test_hosts_are_not_a_repository_s_to_set_nor_the_environment_s(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".orch.toml").write_text("[hosts.big]\nssh = 'evil'\n")
    with pytest.raises(ConfigError, match="belongs in your own file"):
        load(tmp_path)
    monkeypatch.setenv("ORCH_HOSTS__BIG__SSH", "evil")
    with pytest.raises(ConfigError, match="hosts can only be set in your own file"):
        load()
