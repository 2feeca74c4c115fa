"""Collector of network traffic: bytes a second on the physical interfaces together, both ways, from /proc/net/dev."""

import time
from collections.abc import Callable, Collection, Mapping

from monitor.collectors.domain.counters import Traffic
from monitor.collectors.domain.growth import USUAL_BYTES_PER_SECOND, Growth
from monitor.collectors.domain.rates import summed
from monitor.collectors.host import LINUX
from monitor.collectors.interfaces import LinkSpeeds, physical_interfaces
from monitor.collectors.procfile import ProcFile, understood
from monitor.collectors.registry import register
from monitor.metrics import members
from monitor.metrics.parts import Kind, Part, PartNow

LOOK_AGAIN_SECONDS = 30.0


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


def _source() -> Callable[[], Traffic]:
    if not LINUX:
        from monitor.collectors import portable

        return portable.traffic
    file = ProcFile("/proc/net/dev")
    return lambda: understood(file, _known) or Traffic({}, {})


def _known(text: str) -> Traffic | None:
    traffic = parse_net_dev(text)
    return traffic if traffic.received else None


@register
class NetworkCollector:
    """Physical interfaces, summed; None for the tick in which one comes, goes, or counts anew or again.

    Which are counted is looked up when one comes or goes, and else twice a minute: bonds and fast paths change without.
    """

    name = "network"
    metrics: tuple[str, ...] = ("network_received_bytes_per_second", "network_sent_bytes_per_second")

    def __init__(
        self,
        read: Callable[[], Traffic] | None = None,
        choose: Callable[[Collection[str]], frozenset[str]] = physical_interfaces,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read or _source()
        self._choose = choose
        self._clock = clock
        self._chosen_at = -LOOK_AGAIN_SECONDS
        self._seen: frozenset[str] = frozenset()
        self._chosen: frozenset[str] = frozenset()
        self.members: Mapping[str, members.Members] = {}
        self.parts: Mapping[Part, PartNow] = {}
        self._speeds = LinkSpeeds()
        self._received = Growth(self._speeds.is_possible, USUAL_BYTES_PER_SECOND)
        self._sent = Growth(self._speeds.is_possible, USUAL_BYTES_PER_SECOND)

    def collect(self, elapsed: float | None) -> Mapping[str, float | None]:
        """Bytes per second."""
        now = self._only_chosen(self._read())
        received = self._received.all_rates(now.received, elapsed)
        sent = self._sent.all_rates(now.sent, elapsed)
        found = {"network_received_bytes_per_second": received, "network_sent_bytes_per_second": sent}
        self.members = {
            name: members.Members(each, adds_up=True) for name, each in found.items() if each is not None
        }
        self.parts = _parts(received, sent)
        return {name: summed(each) for name, each in found.items()}

    def _only_chosen(self, traffic: Traffic) -> Traffic:
        now = self._clock()
        if traffic.received.keys() != self._seen or now - self._chosen_at >= LOOK_AGAIN_SECONDS:
            self._chosen, self._chosen_at = self._choose(traffic.received.keys()), now
            self._seen = frozenset(traffic.received)
            self._speeds.forget()
        return Traffic(
            {name: traffic.received[name] for name in self._chosen},
            {name: traffic.sent[name] for name in self._chosen},
        )


def _parts(received: Mapping[str, float] | None, sent: Mapping[str, float] | None) -> dict[Part, PartNow]:
    """Each interface; none in a tick of which not all is known, as their sum is not."""
    if received is None or sent is None:
        return {}
    return {
        Part(Kind.INTERFACE, name): PartNow(in_per_second=received[name], out_per_second=sent[name])
        for name in received.keys() & sent.keys()
    }
