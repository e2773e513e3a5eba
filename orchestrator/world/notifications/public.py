"""Only public addresses: a phone names its own push service, and is not to reach into the hub's network.

The address that was checked is the one that is connected to: a name may resolve to another meanwhile.
"""

import ipaddress
import os
import socket
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddressError(Exception):
    """The host is on a private address, and the configuration does not list it."""


def is_public(address: str) -> bool:
    """Whether that IP address is neither of this machine nor of a private or shared network, also where it
    stands for an IPv4 address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def public_address(host: str, port: int, private: Collection[str]) -> str:
    """An address of that host; `private` are hosts that may be anywhere. Raises `PrivateAddressError` if
    any of its addresses is not public, and `OSError` for a name that does not resolve."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if host not in private and not all(map(is_public, found)):
        raise PrivateAddressError(host)
    return found[0]


def pinned(url: str, private: Collection[str]) -> tuple[Any, str]:
    """A session of `requests`, and the URL under which it reaches exactly the address that was checked.
    Behind a proxy, that one resolves the name. Raises as `public_address`, and `ValueError` for no URL."""
    import requests
    from requests.adapters import HTTPAdapter

    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    session = requests.Session()
    if host not in private and requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)):
        if _is_literal(host):
            public_address(host, port, private)
        return session, url
    address = public_address(host, port, private)

    class Pinned(HTTPAdapter):
        def init_poolmanager(self, *given: Any, **named: Any) -> None:
            super().init_poolmanager(*given, server_hostname=host, assert_hostname=host, **named)

    session.trust_env = False  # no proxy: its exceptions are by name, and the URL has an address
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    session.headers["Host"] = parts.netloc.rpartition("@")[2]
    session.mount("https://", Pinned())
    there = f"[{address}]" if ":" in address else address
    return session, parts._replace(netloc=f"{there}:{port}").geturl()


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
