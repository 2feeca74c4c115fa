"""Which network interfaces are counted, so that every byte is counted once: where it enters or leaves the host."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

LOOPBACK = re.compile(r"lo\d*$")
VIRTUAL = re.compile(
    r"(veth|docker|br-|br\d|bridge|virbr|lxcbr|lxdbr|cni|flannel|cali|cilium|vnet|tap|tun|utun|wg|vxlan|geneve|gre"
    r"|sit|ip6tnl|ifb|dummy|bond|team|vlan|awdl|llw|ap\d|anpi|gif|stf)|.*\.\d+$"
)
"""Interfaces that pass on what another one carries too, by their usual names."""

REPRESENTOR = re.compile(r"(c\d+)?pf\d+(vf|sf)\d+$")
"""The port name of what stands in the host for a virtual function: its traffic passes the port of the card as well."""

LOOPBACK_KIND = 772
MONITOR_KINDS = frozenset({801, 802, 803})
"""ARPHRD of an interface that shows the frames of a radio, which the radio's own interface counts."""

TUNNEL_KINDS = frozenset({768, 769, 776, 778, 823})
TUNNEL_TYPES = frozenset({"vxlan", "geneve", "wireguard", "gretap", "bareudp", "ppp"})
BUNDLE_TYPES = frozenset({"bridge", "bond"})
SWITCH_PORT = "dsa"
CHILD_TYPES = frozenset({"vlan", "macvlan", "macvtap", "ipvlan"})
"""DEVTYPE of what rides on another interface; where that one is not in sight, it is in another namespace."""


@dataclass(frozen=True, slots=True)
class Link:
    """What sysfs tells of one interface.

    is_guests: the host's end of a guest's interface. lowers: interfaces that it rides on or bundles. kind: ARPHRD.
    type: DEVTYPE, "" for most. radio: the 802.11 device. port, switch: physical port name and switch id. is_conduit: it
    carries the ports of a switch. index, link: of itself, and of what it is linked to (itself where that is nothing).
    """

    has_device: bool = False
    is_guests: bool = False
    master: str | None = None
    lowers: frozenset[str] = frozenset()
    kind: int = 1
    type: str = ""
    is_tunnel: bool = False
    radio: str | None = None
    port: str = ""
    switch: str = ""
    is_conduit: bool = False
    index: int = 0
    link: int = 0


def physical(links: Mapping[str, Link]) -> frozenset[str]:
    """The interfaces with a device behind them whose bytes no other such one counts."""
    real = {name: link for name, link in links.items() if link.has_device and not link.is_guests}
    return frozenset(name for name in real if not _repeats(name, real))


def lowest(links: Mapping[str, Link]) -> frozenset[str]:
    """Of interfaces without a device behind them: those that ride on none in sight, and tunnels only without others."""
    others = {
        name: link
        for name, link in links.items()
        if link.kind != LOOPBACK_KIND and not LOOPBACK.match(name) and not link.is_guests
    }
    bottom = {name: link for name, link in others.items() if not link.lowers & others.keys()}
    plain = {
        name: link for name, link in bottom.items() if not _is_tunnel(link) and link.type not in BUNDLE_TYPES
    }
    children = frozenset(name for name, link in plain.items() if link.type in CHILD_TYPES)
    by_name = frozenset(name for name in plain.keys() - children if not VIRTUAL.match(name))
    return children | by_name or likely_interfaces(plain or bottom or others)


def likely_interfaces(names: Collection[str]) -> frozenset[str]:
    """Those that by their names carry traffic of their own.

    All but loopback when every name looks virtual.
    """
    others = frozenset(name for name in names if not LOOPBACK.match(name))
    return frozenset(name for name in others if not VIRTUAL.match(name)) or others


def _repeats(name: str, real: Mapping[str, Link]) -> bool:
    """Whether another one counts the bytes of this physical one too."""
    link = real[name]
    return (
        link.master in real  # the fast path of a cloud's interface, which counts it with its own
        or any(below not in real or real[below].master != name for below in link.lowers)
        or _rides_on_a_conduit(link, real)
        or (link.kind in MONITOR_KINDS and _has_other(name, _of_radio(link.radio, real), MONITOR_KINDS))
        or (bool(REPRESENTOR.match(link.port)) and _has_uplink(link.switch, real))
    )


def _rides_on_a_conduit(link: Link, real: Mapping[str, Link]) -> bool:
    """Whether this is the port of a switch of which all passes through another one; old kernels do not mark that one."""
    under = [one for one in real.values() if one.index == link.link != link.index]
    return any(one.is_conduit for one in under) or (link.type == SWITCH_PORT and bool(under))


def _of_radio(radio: str | None, real: Mapping[str, Link]) -> dict[str, Link]:
    return {name: link for name, link in real.items() if radio is not None and link.radio == radio}


def _has_other(name: str, links: Mapping[str, Link], kinds: Collection[int]) -> bool:
    """Of several monitors of a radio without any other interface the first by name counts."""
    return any(link.kind not in kinds for link in links.values()) or name != min(links, default=name)


def _has_uplink(switch: str, real: Mapping[str, Link]) -> bool:
    return any(link.switch == switch and not REPRESENTOR.match(link.port) for link in real.values())


def _is_tunnel(link: Link) -> bool:
    return link.is_tunnel or link.kind in TUNNEL_KINDS or link.type in TUNNEL_TYPES
