"""Keeps proxies out of the way between a session and the hub, which is on the same machine.

The launch file sets this in the environment; `env` in settings is applied last and replaces it, so the
settings passed to the session complete it.
"""

from collections.abc import Mapping
from typing import Any

NAMES = ("NO_PROXY", "no_proxy")
LOOPBACK = ("127.0.0.1", "localhost")
PAST_ALL = {name: ",".join(LOOPBACK) for name in NAMES}
PROXIES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def direct(said: Mapping[str, str]) -> dict[str, str]:
    """What `env` in a session's settings has to contain, given what other settings say; empty if they say
    nothing. Of the two names the lower-case one takes precedence."""
    if not said:
        return {}
    hosts = dict.fromkeys((*_hosts(",".join(said.values())), *LOOPBACK))
    return dict.fromkeys(NAMES, ",".join(hosts))


def said_in(settings: Mapping[str, Any], names: tuple[str, ...] = NAMES) -> dict[str, str]:
    """Those of these variables that the settings set."""
    env = settings.get("env")
    found = {name: env.get(name) for name in names} if isinstance(env, Mapping) else {}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def in_the_way(env: Mapping[str, str]) -> str:
    """The variable whose proxy would be used for the hub; empty for none."""
    proxy = next((name for name in PROXIES if env.get(name)), "")
    past = _hosts(env.get("no_proxy") or env.get("NO_PROXY") or "")
    return "" if "*" in past or LOOPBACK[0] in past else proxy


def _hosts(said: str) -> list[str]:
    return said.replace(",", " ").split()
