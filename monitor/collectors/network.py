"""Collector of network traffic: bytes a second on the physical interfaces together, both ways, from /proc/net/dev."""

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from monitor.collectors.domain.counters import Traffic
from monitor.collectors.domain.rates import rates, summed
from monitor.collectors.host import LINUX
from monitor.collectors.procfile import ProcFile
from monitor.collectors.registry import register
from monitor.metrics import members

SYSFS = "/sys/class/net"
LOOPBACK = re.compile(r"lo\d*$")
VIRTUAL = re.compile(
    r"(veth|docker|br-|br\d|bridge|virbr|lxcbr|lxdbr|cni|flannel|cali|cilium|vnet|tap|tun|utun|wg|vxlan|geneve|gre"
    r"|sit|ip6tnl|ifb|dummy|bond|team|vlan|awdl|llw|ap\d|anpi|gif|stf)|.*\.\d+$"
)
"""Interfaces that pass on what another one carries too, by their usual names."""


def parse_net_dev(text: str) -> Traffic:
    """The text of /proc/net/dev: every interface in it.

    A value may touch the colon; a name may hold one (eth0:1).
    """
    received: dict[str, float] = {}
    sent: dict[str, float] = {}
    for line in text.splitlines():
        name, colon, rest = line.rpartition(":")
        words = rest.split()
        if colon and len(words) >= 9:
            received[name.strip()] = int(words[0])
            sent[name.strip()] = int(words[8])
    return Traffic(received, sent)


def likely_interfaces(names: Collection[str]) -> frozenset[str]:
    """Those that by their names carry traffic of their own.

    All but loopback when every name looks virtual.
    """
    others = frozenset(name for name in names if not LOOPBACK.match(name))
    return frozenset(name for name in others if not VIRTUAL.match(name)) or others


def physical_interfaces(names: Collection[str], sysfs: str = SYSFS) -> frozenset[str]:
    """Interfaces with a device behind them; by name where there are none, as in a container.

    One that serves another physical one (the fast path of a cloud's interface) is left out: both count the
    same bytes. A bridge, bond or VLAN has no device: what it carries is counted where it leaves the host.
    """
    physical = frozenset(name for name in names if Path(f"{sysfs}/{name}/device").exists())
    own = frozenset(name for name in physical if _master(name, sysfs) not in physical)
    return own or likely_interfaces(names)


def _master(name: str, sysfs: str) -> str | None:
    try:
        return Path(f"{sysfs}/{name}/master").readlink().name
    except OSError:
        return None


def _source() -> Callable[[], Traffic]:
    if not LINUX:
        from monitor.collectors import portable

        return portable.traffic
    file = ProcFile("/proc/net/dev")
    return lambda: parse_net_dev(file.read() or "")


@register
class NetworkCollector:
    """Physical interfaces, summed; None for the tick in which one comes, goes or starts to count anew."""

    name = "network"
    metrics: tuple[str, ...] = ("network_received_bytes_per_second", "network_sent_bytes_per_second")

    def __init__(
        self,
        read: Callable[[], Traffic] | None = None,
        choose: Callable[[Collection[str]], frozenset[str]] = physical_interfaces,
    ) -> None:
        self._read = read or _source()
        self._choose = choose
        self._seen: frozenset[str] = frozenset()
        self._chosen: frozenset[str] = frozenset()
        self._before = Traffic()
        self.members: Mapping[str, members.Members] = {}

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Bytes per second."""
        before, now = self._before, self._only_chosen(self._read())
        self._before = now
        found = {
            "network_received_bytes_per_second": rates(before.received, now.received, elapsed),
            "network_sent_bytes_per_second": rates(before.sent, now.sent, elapsed),
        }
        self.members = {
            name: members.Members(each, adds_up=True) for name, each in found.items() if each is not None
        }
        return {name: summed(each) for name, each in found.items()}

    def _only_chosen(self, traffic: Traffic) -> Traffic:
        if traffic.received.keys() != self._seen:
            self._chosen = self._choose(traffic.received.keys())
            self._seen = frozenset(traffic.received)
        return Traffic(
            {name: traffic.received[name] for name in self._chosen},
            {name: traffic.sent[name] for name in self._chosen},
        )
