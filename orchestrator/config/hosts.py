"""Settings for other machines on which stages of workflows may run."""

import re

from pydantic import Field

from orchestrator.config.base import Table, UnfitValueError
from orchestrator.config.values import OptionalCommand, Variables

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_TAKEN = ("local", "headless")


class HostSettings(Table):
    """A machine reached by ssh, for stages whose `where` is its name."""

    ssh: OptionalCommand = Field(
        default=(),
        description="The command to connect, a list or one string; empty means ssh and the host's name.\n"
        "It must need no password.",
    )
    folder: str = Field(default="~/.orch-host", description="orch's directory on the host.")
    command: OptionalCommand = Field(
        default=(), description="The agent's command on the host; empty means the same as here."
    )
    python: str = Field(default="python3", description="Python on the host, 3.10 or newer.")
    env: Variables = Field(
        default_factory=dict, description="Additional environment variables for sessions on the host."
    )


def each_has_a_fit_name(hosts: dict[str, HostSettings]) -> dict[str, HostSettings]:
    """The hosts as given. Raises `UnfitValueError` for an invalid name or folder."""
    for name in hosts:
        if name in _TAKEN or not _NAME.fullmatch(name):
            raise UnfitValueError(
                "a host name of letters, digits, - and _, other than local and headless", "", name
            )
    for name, host in hosts.items():
        if not host.folder.startswith(("/", "~/")) or not host.folder.strip("/~"):
            raise UnfitValueError("a path that starts with / or ~/", "", f"{name}.folder")
    return hosts
