"""The first page: twenty minutes at one second, out of the database, in one answer."""

from __future__ import annotations

import gzip
import http.client
import time

from tests.bench.meter import cpu_seconds
from tests.bench.table import Row, at_most, spread
from tests.stages.servers import Site

GOAL_MS, GOAL_KB = 60.0, 60.0
WARM_UPS = 3
FILL = """
import math, time
from monitor.metrics.catalogue import NAMES
from monitor.models import Host, Sample
host = Host.objects.create(name="testhost", effective_cores=2.0, cores_reason="2 of 2")
now = time.time_ns() // 1_000_000
Sample.objects.bulk_create([
    Sample(host=host, taken_at_ms=now - (1200 - n) * 1000 + n * 7919 % 40, covered_ms=1000, **{
        name: round(50 + 40 * math.sin(n / 60 + index) + n * 7919 % 1000 / 100, 2)
        for index, name in enumerate(NAMES)
    })
    for n in range(1200)
], batch_size=300)
"""


def measure(quick: bool) -> list[Row]:
    """Time and compressed size of GET /."""
    what, count = "first paint, 1,200 samples: ", 6 if quick else 21
    with Site(LOADMON_INTERVAL="1") as site:
        site.shell(FILL)
        site.start_web()
        status, size, plain, _ = get(site.port)
        if status != 200:
            return [Row(what + f"GET / answers {status}", "nothing to measure yet")]
        for _ in range(WARM_UPS):
            get(site.port)
        web, times, costs = site.processes["web"].pid, [], []
        for _ in range(count):
            before = cpu_seconds(web)
            times.append(get(site.port)[3])
            costs.append((cpu_seconds(web) - before) * 1000)
    return [
        at_most(what + "server time", times, GOAL_MS, "ms", 1),
        Row(what + "CPU time of the web process", spread(costs, "ms", 1)),
        Row(
            what + "gzipped size", f"{size:.1f} kB (plain {plain:.0f})", f"<= {GOAL_KB:g} kB", size <= GOAL_KB
        ),
    ]


def get(port: int, path: str = "/") -> tuple[int, float, float, float]:
    """Status, compressed kB, plain kB, and milliseconds from request to last byte."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    began = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    plain = gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body
    return answer.status, len(body) / 1000, len(plain) / 1000, took
