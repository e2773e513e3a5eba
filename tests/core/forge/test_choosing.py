"""Which configured forge a repository belongs to; and that the rules do not know which kinds there are."""

import re
from pathlib import Path

import pytest

from orchestrator.core.forge.choosing import Candidate, Configured, choose_forge
from orchestrator.core.forge.remotes import GitRemote, NotChosen, choose

PUBLIC = Configured("github", "github", "https://api.github.com")
WORK = Configured("forges.work", "github", "https://code.example.org/api/v3")
ACME = Configured("forges.acme", "github", "https://api.github.com", owners=("Acme",))
HOSTS = {PUBLIC: ("github.com",), WORK: ("code.example.org",), ACME: ("github.com",)}


@pytest.mark.parametrize(
    ("remotes", "expected"),
    [
        ({"origin": "git@github.com:ada/shop.git"}, "github"),
        ({"origin": "ssh://git@code.example.org:2222/ada/shop"}, "forges.work"),
        ({"origin": "https://github.com/acme/shop"}, "forges.acme"),
        ({"origin": "https://github.com/acmes/shop"}, "github"),
        (
            {"origin": "https://github.com/ada/shop", "upstream": "https://code.example.org/corp/shop"},
            "forges.work",
        ),
        ({"origin": "https://github.com/ada/shop", "mirror": "https://code.example.org/corp/shop"}, "github"),
        ({"mirror": "https://code.example.org/corp/shop"}, "forges.work"),
        (
            {"origin": "https://elsewhere.example/ada/shop"},
            "no remote leads to code.example.org or github.com",
        ),
        ({}, "the repository has no remote"),
        (
            {"one": "https://github.com/ada/a", "two": "https://github.com/ada/b"},
            "several remotes lead to different repositories: one (ada/a), two (ada/b)",
        ),
    ],
)
def test_the_remote_says_which_forge_and_the_owner_which_account(
    remotes: dict[str, str], expected: str
) -> None:
    given = [GitRemote(name, url) for name, url in remotes.items()]
    found = choose_forge([Candidate(each, choose(given, HOSTS[each])) for each in (WORK, ACME, PUBLIC)])
    assert (found.why if isinstance(found, NotChosen) else found[0].name) == expected


_NAMES = re.compile(r"\bgithub\b|\bgitlab\b|pull_?requests?\b|merge.?requests?\b", re.IGNORECASE)
"""On screen a change request is a pull request, whatever its forge calls it; the code has neutral names."""
_EITHER = "pull or merge request"
"""What it is called on one forge or the other."""
_ALLOWED = {
    "widgets/review/view/palette.py": "themes",
    "core/forge/choosing.py": "`github`, or `forges.NAME`",  # the name of a table
    "core/rules/paths.py": ".github",
}


def test_neither_rules_nor_widgets_say_the_name_of_a_forge_or_of_its_change_requests() -> None:
    checkout = Path(__file__).parents[3]
    files = [*(checkout / "orchestrator/core").rglob("*.py"), *(checkout / "widgets").rglob("*.py")]
    found = []
    for file in files:
        name = file.relative_to(checkout).as_posix().removeprefix("orchestrator/")
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if _NAMES.search(line) and _ALLOWED.get(name, "\0") not in line and _EITHER not in line:
                found.append(f"{name}:{number}: {line.strip()}")
    assert found == []
