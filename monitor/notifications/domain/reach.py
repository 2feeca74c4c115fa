"""Guard of addresses: a message may go to public ones, and to private ones only where the operator allows them."""

from __future__ import annotations

import ipaddress

NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def refusal(address: str, allow_private: bool) -> str:
    """Why nothing may be sent to the IP `address`, in words; "" where it may.

    What an IPv6 address carries within (mapped, NAT64, 6to4, Teredo) counts as well.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "is no IP address"
    for one in (found, *_carried(found)):
        if (
            one.is_multicast
            or one.is_unspecified
            or (isinstance(one, ipaddress.IPv4Address) and int(one) == 2**32 - 1)
        ):
            return "reaches no single machine"
        if not one.is_global and not allow_private:
            return "is a private address"
    return ""


def _carried(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    inner: list[Address | None] = [address.ipv4_mapped, address.sixtofour]
    if address.teredo is not None:
        inner.extend(address.teredo)
    if address in NAT64:
        inner.append(ipaddress.IPv4Address(int(address) & (2**32 - 1)))
    return [one for one in inner if one is not None]
