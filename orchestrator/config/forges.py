"""The settings of more forges, beside GitHub's own table."""

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field

from orchestrator.config.base import UnfitValueError
from orchestrator.config.github import GitHubSettings
from orchestrator.config.values import Words

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


class ForgeSettings(GitHubSettings):
    """One more forge or account, chosen by the host of a repository's remote, and by its owner."""

    kind: Literal["github"] = Field(default="github", description="What kind of forge it is.")
    owners: Words = Field(
        default=(),
        description="Use it for repositories of these owners alone, such as with a second account on\n"
        "github.com. Empty: all of the host.",
    )


def each_is_a_forge(forges: dict[str, ForgeSettings]) -> dict[str, ForgeSettings]:
    """The forges as given. Raises `UnfitValueError` for a name that does not fit, and for two tables of which
    one could never be chosen."""
    taken: dict[tuple[str, str], str] = {}
    for name, forge in forges.items():
        if name == "github" or not _NAME.fullmatch(name):
            raise UnfitValueError("a name of letters, digits, - and _, other than github", "", name)
        host = (urlsplit(forge.base_url).netloc or "").casefold()
        for owner in forge.owners or ("",):
            if other := taken.get((host, owner.casefold())):
                said = f"another host than {other} has, or other owners"
                raise UnfitValueError(said, "", f"{name}.base_url")
            taken[host, owner.casefold()] = name
    return forges
