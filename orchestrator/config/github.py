"""The settings of GitHub, or of a GitHub Enterprise server."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from orchestrator.config.base import Table, UnfitValueError
from orchestrator.config.values import OptionalCommand

PUBLIC = "https://api.github.com"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _base_url(given: str) -> str:
    try:
        split = urlsplit(given)
        fits = bool(split.hostname) and split.port != 0 and given.isprintable() and not split.query
    except ValueError:
        fits = False
    if not fits or split.username or split.password:
        raise UnfitValueError(f"the address of an API without a password in it, such as {PUBLIC}")
    if split.scheme != "https" and not (split.scheme == "http" and split.hostname in _LOOPBACK):
        raise UnfitValueError("an address that begins with https://, as the token is sent there")
    if split.hostname in ("github.com", "www.github.com"):
        raise UnfitValueError("the address of the API, not of the pages", PUBLIC)
    return given.rstrip("/")


def _repository(given: str) -> str:
    if given and (
        given.count("/") != 1 or not all(given.split("/")) or not given.isprintable() or " " in given
    ):
        raise UnfitValueError("a repository as owner/name, or empty")
    return given


class GitHubSettings(Table):
    """GitHub, from which issues come and to which pull requests go (see docs/issues.md)."""

    base_url: Annotated[str, AfterValidator(_base_url)] = Field(
        default=PUBLIC,
        description="The address of the API; of an Enterprise server https://HOST/api/v3.",
    )
    token_command: OptionalCommand = Field(
        default=(),
        description='A command that prints the token, such as "pass show github". Empty: token_file, else\n'
        "GH_TOKEN or GITHUB_TOKEN (of an Enterprise server GH_ENTERPRISE_TOKEN or\n"
        "GITHUB_ENTERPRISE_TOKEN), else what `gh auth token` prints.",
    )
    token_file: str = Field(
        default="", description="A file that contains the token and that only you can read."
    )
    remote: str = Field(
        default="",
        description="The git remote whose repository has the issues. Empty: upstream, else origin, else the\n"
        "only one that leads there.",
    )
    repository: Annotated[str, AfterValidator(_repository)] = Field(
        default="",
        description="The repository with the issues, as owner/name, where no remote tells.",
    )
