"""The token is sent to one address, so that address must be the right kind."""

import pytest
from pydantic import ValidationError

from orchestrator.config import GitHubSettings
from orchestrator.config.settings import REPO_KEYS


@pytest.mark.parametrize(
    "url",
    [
        "https://api.github.com",
        "https://code.example.org:8443/api/v3/",
        "http://127.0.0.1:4000",
        "http://localhost:4000/api/v3",
    ],
)
def test_an_api_is_taken(url: str) -> None:
    assert GitHubSettings(base_url=url).base_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://code.example.org/api/v3",
        "https://github.com",
        "https://ada:secret@code.example.org",
        "ftp://code.example.org",
        "code.example.org",
        "https://",
        "https://host:port/",
        "",
    ],
)
def test_an_address_that_is_no_api_or_not_safe_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        GitHubSettings(base_url=url)


@pytest.mark.parametrize("name", ["shop", "ada/", "/shop", "a/b/c", "ada/my shop"])
def test_a_repository_is_owner_and_name(name: str) -> None:
    with pytest.raises(ValidationError):
        GitHubSettings(repository=name)


def test_no_repository_may_set_where_the_token_goes() -> None:
    assert not [each for each in REPO_KEYS if each.startswith("github.")]
