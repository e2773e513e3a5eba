"""Which Host and Origin headers belong to the page. Nothing else says where a request comes from: headers of
proxies can be made by anyone."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?")
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
_DEFAULT_PORTS = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class Address:
    """`scheme://host[:port]`, without a default port."""

    scheme: str
    host: str
    port: str = ""

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        return f"{self.host}:{self.port}" if self.port else self.host


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses under which browsers may reach the listener. A tunnel such as `ssh -L` may have any port
    on the phone's side."""

    listen: Address
    url: Address | None = None
    """The address of a proxy in front of it."""

    @property
    def shown(self) -> Address:
        """The one to give to a phone."""
        return self.url or self.listen

    def known_host(self, header: str) -> bool:
        """Whether a Host header names this page: no other name that resolves to this machine does."""
        found = _parts(header)
        if found is None:
            return False
        host, port = found
        if self._direct(host, port):
            return True
        return self.url is not None and (host, port or _DEFAULT_PORTS[self.url.scheme]) == _own(self.url)

    def same_origin(self, origin: str, host: str) -> bool:
        """Whether an Origin header is that of the page at this Host."""
        if self.url is not None and origin == self.url.origin:
            return True  # a proxy may pass on another Host
        found = _parts(host)
        return (
            found is not None and self._direct(*found) and origin == f"{self.listen.scheme}://{host.lower()}"
        )

    def _direct(self, host: str, port: str) -> bool:
        """Whether it is the listener's own address, or a tunnel's to it."""
        own = (host, port or _DEFAULT_PORTS[self.listen.scheme]) == _own(self.listen)
        return own or host in _LOCAL


def _own(address: Address) -> tuple[str, str]:
    return address.host, address.port or _DEFAULT_PORTS[address.scheme]


def _parts(header: str) -> tuple[str, str] | None:
    found = _HOST.fullmatch(header)
    return (found[1].lower(), found[2] or "") if found else None


def address_of(url: str) -> Address | None:
    """The address in a URL without path, query or user; `None` if it is no such URL."""
    scheme, _, rest = url.partition("://")
    found = _parts(rest.removesuffix("/"))
    if scheme not in _DEFAULT_PORTS or found is None:
        return None
    host, port = found
    return Address(scheme, host, "" if port == _DEFAULT_PORTS[scheme] else port)


def listen_address(text: str) -> tuple[str, int] | None:
    """Host and port of `HOST`, `HOST:PORT` or `[IPV6]:PORT`; port 0 if there is none, `None` for anything
    else."""
    found = _HOST.fullmatch(text)
    if found is None or int(found[2] or 0) > 65_535:
        return None
    host = found[1].strip("[]")
    try:
        ip_address(host)
    except ValueError:
        if host != "localhost":
            return None
    return host, int(found[2] or 0)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    return host == "localhost" or ip_address(host).is_loopback
