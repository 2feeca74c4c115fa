"""What a message costs for each of 500 viewers: our hub and stock Channels, turn by turn in one run."""

from __future__ import annotations

import asyncio
import http.client
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from monitor.ingest import frames
from monitor.live import publishing
from monitor.live.layer import LocalChannelLayer
from monitor.metrics.catalogue import NAMES
from monitor.metrics.reading import Reading
from monitor.metrics.windows import MEAN_METRICS
from tests.bench.audience import Audience
from tests.bench.meter import cpu_seconds
from tests.bench.table import Row, spread
from tests.stages.servers import Site, until

VIEWERS = 500
GOAL = 5.0
VALUES = dict.fromkeys(NAMES, 1234.56)
MEANS: dict[str, float | None] = dict.fromkeys(MEAN_METRICS, 12.34)


@dataclass
class Contender:
    """One way to bring a frame to all viewers, and what it has cost so far."""

    site: Site
    name: str
    audience: Audience
    publish: Callable[[publishing.Event], None]
    busy: list[float] = field(default_factory=list)  # CPU seconds while it published, one a round
    idle: list[float] = field(default_factory=list)  # CPU seconds while the other one did
    received: list[int] = field(default_factory=list)

    def cpu_seconds(self) -> float:
        """CPU that its web server has used so far."""
        return cpu_seconds(self.site.processes[self.name].pid)

    def microseconds(self) -> list[float]:
        """CPU for each viewer and message, idle cost taken off, one figure a round."""
        idle, rounds = median(self.idle), zip(self.busy, self.received, strict=True)
        return [(busy - idle) / received * 1e6 for busy, received in rounds]


def measure(quick: bool) -> list[Row]:
    """CPU of the web process for each viewer and message, ours and stock, and their ratio."""
    viewers, rounds, messages = (100, 3, 3) if quick else (VIEWERS, 6, 5)
    stock_port = _free_port()
    with Site() as site, asyncio.Runner() as runner:
        layer = LocalChannelLayer(str(site.data / "sockets"))
        _start(site, "ours", site.port, "loadmon_site.asgi:application")
        _start(site, "stock", stock_port, "tests.bench.stock:application")
        with Audience(site.port, viewers) as at_ours, Audience(stock_port, viewers) as at_stock:
            ours = Contender(
                site, "ours", at_ours, lambda e: runner.run(layer.group_send(publishing.GROUP, e))
            )
            stock = Contender(site, "stock", at_stock, lambda e: _post(stock_port, e["text"]))
            _compare(ours, stock, rounds, messages)
    return _rows(ours, stock, viewers, messages)


def _compare(ours: Contender, stock: Contender, rounds: int, messages: int) -> None:
    for contender in (ours, stock):  # the first message pays for what is loaded late
        _publish(contender, range(1, 3))
        contender.audience.report()
    for turn in range(rounds):
        numbers = range(3 + turn * messages, 3 + (turn + 1) * messages)
        _round(ours, stock, numbers)
        _round(stock, ours, numbers)


def _round(active: Contender, resting: Contender, numbers: range) -> None:
    """One publishes, the other one shows what its open sockets cost in the same time."""
    before = active.cpu_seconds(), resting.cpu_seconds()
    _publish(active, numbers)
    active.busy.append(active.cpu_seconds() - before[0])
    resting.idle.append(resting.cpu_seconds() - before[1])
    active.received.append(active.audience.report().messages)


def _publish(contender: Contender, numbers: range) -> None:
    """One message a second; the last one has its second too."""
    for number in numbers:
        due = time.monotonic() + 1.0
        reading = Reading(time.time_ns() // 1_000_000, 1.0, 0.0, VALUES)
        frame = frames.sample_frame(reading, MEANS, number, number - 1)
        contender.publish(publishing.sample_event("testhost", frame))
        time.sleep(max(0.0, due - time.monotonic()))


def _rows(ours: Contender, stock: Contender, viewers: int, messages: int) -> list[Row]:
    costs, rival = ours.microseconds(), stock.microseconds()
    ratios = [theirs / own for theirs, own in zip(rival, costs, strict=True)]
    complete = all(count == viewers * messages for one in (ours, stock) for count in one.received)
    counts = f"{sum(ours.received)} and {sum(stock.received)} of {len(ratios) * viewers * messages}"
    what = f"fan-out to {viewers}: "
    return [
        Row(what + "CPU for a viewer and message, ours", spread(costs, "us", 1)),
        Row(what + "the same with stock Channels groups", spread(rival, "us", 1)),
        Row(what + "stock / ours", spread(ratios, "x", 1), f">= {GOAL:g} x", median(ratios) >= GOAL),
        Row(what + "messages received, ours and stock", counts, "all", complete),
    ]


def _start(site: Site, name: str, port: int, application: str) -> None:
    """Daphne without pings: 500 of them at once would fall into one round or another."""
    site.start(name, "-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(port), "--ping-interval", "3600",
               "--websocket_timeout", "-1", application)  # fmt: skip
    until(lambda: site.alive(name) and _listens(port), f"{name} to listen")


def _post(port: int, text: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/", text.encode())
    status = connection.getresponse().status
    connection.close()
    assert status == 204, status


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
