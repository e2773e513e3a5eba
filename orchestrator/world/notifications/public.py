"""Only public addresses: a phone names its own push service, and is not to reach into the hub's network.

The address that was checked is the one that is connected to: a name may resolve to another meanwhile.
"""

import ipaddress
import socket
from collections.abc import Collection

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


def is_literal(host: str) -> bool:
    """Whether that is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
