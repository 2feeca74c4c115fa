"""Guard of addresses: a message may go to public ones, and to private ones only where the operator allows them."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NOT_AN_ADDRESS = "is no IP address"

# All that is public of IPv6 lies in here; what lies elsewhere is private, reserved, or carries an address of IPv4.
PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
CARRIERS = tuple(
    ipaddress.IPv6Network(text)
    for text in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
"""Networks whose last 32 bits are an address of IPv4: compatible, mapped, translated, NAT64, NAT64 of one's own."""

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""The one of them that is public: what it carries is all that counts."""

ISATAP = (0x00005EFE, 0x02005EFE)
PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20",
    )
)  # fmt: skip
"""In words of our own, for what Python's `is_global` says differs from version to version."""


def refusal(address: str, allow_private: bool) -> str:
    """Why nothing may be sent to the IP `address`, in words; "" where it may.

    What an IPv6 address carries within (compatible, mapped, NAT64, 6to4, Teredo, ISATAP) counts as well.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return NOT_AN_ADDRESS
    every = (found, *_carried(found))
    if any(one.is_multicast or one.is_unspecified or int(one) == 2**32 - 1 for one in every):
        return "reaches no single machine"
    if not allow_private and any(_is_private(one) for one in every):
        return "is a private address"
    return ""


def _is_private(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in PUBLIC_IPV6:
        return address not in NAT64
    return not address.is_global or any(address in network for network in PRIVATE)


def _carried(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    last = ipaddress.IPv4Address(int(address) & (2**32 - 1))
    inner: list[Address | None] = [address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in CARRIERS) or int(address) >> 32 & (2**32 - 1) in ISATAP:
        inner.append(last)
    return [one for one in inner if one is not None]
