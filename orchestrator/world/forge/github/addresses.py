"""GitHub's addresses: of its API, of its pages, and in remotes."""

from urllib.parse import urlsplit

PUBLIC_API = "https://api.github.com"
ALIASES = {
    "ssh.github.com": "github.com",
    "www.github.com": "github.com",
    "altssh.github.com": "github.com",
}
"""Hosts in remotes that lead to another one; ssh through port 443, for one."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def web_host(base_url: str) -> str:
    """The host of the pages and remotes that belong to an API's address: `github.com` of
    `https://api.github.com`, `code.example.org` of `https://code.example.org/api/v3`."""
    split = urlsplit(base_url)
    host = (split.hostname or "").casefold()
    if ":" in host:
        host = f"[{host}]"
    if host.startswith("api."):
        host = host.removeprefix("api.")
    default = {"https": 443, "http": 80}.get(split.scheme)
    return f"{host}:{split.port}" if split.port and split.port != default else host


def is_public(host: str) -> bool:
    """Whether it is github.com itself, or a customer's part of it; all else is an Enterprise server."""
    return host == "github.com" or host.endswith(".ghe.com")


def is_loopback(base_url: str) -> bool:
    """Whether it is on this machine, as a server for tests."""
    return (urlsplit(base_url).hostname or "") in _LOOPBACK


def hosts(base_url: str) -> tuple[str, ...]:
    """The hosts in remotes whose repositories are on it. A server on this machine stands in for github.com
    too."""
    own = web_host(base_url)
    return (own, "github.com") if is_loopback(base_url) else (own,)
