"""Which network addresses are public: no loopback, private, link-local, multicast or reserved one.

Knows addresses alone, neither names nor connections.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address, IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the v4 address
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")  # RFC 8215: a translator of the local network
_COMPATIBLE = IPv6Network("::/96")  # RFC 4291, deprecated; :: and ::1 lie in it
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: the third quarter of an address whose last is a v4 one


def is_public(address: str) -> bool:
    """Whether `address` is one of the public network, and so is every v4 address that it carries in a v6 one.

    Raises ValueError for what is no address in figures.
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, IPv4Address):
        return _is_public(found)
    if found in _NAT64_LOCAL or found.is_site_local:
        return False
    carried = _carried(found)
    if found.ipv4_mapped is not None or found in _COMPATIBLE:
        # What these blocks are is decided by the v4 address alone; Python versions differ on the blocks themselves.
        return all(map(_is_public, carried))
    return _is_public(found) and all(map(_is_public, carried))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or (address.is_reserved and address not in _NAT64))


def _carried(address: IPv6Address) -> list[IPv4Address]:
    """The v4 addresses within a v6 one, by every way of writing that routers or translators unpack."""
    last = IPv4Address(int(address) & 0xFFFFFFFF)
    found: list[IPv4Address] = []
    if address.ipv4_mapped is not None or address in _NAT64 or address in _COMPATIBLE:
        found.append(last)
    if address.sixtofour is not None:
        found.append(address.sixtofour)
    if address.teredo is not None:
        found.extend(address.teredo)
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        found.append(last)
    return found
