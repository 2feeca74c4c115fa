"""A thousand dashboards on one web process, fed by a real sampler once a second."""

from __future__ import annotations

import time
from statistics import median

from tests.bench.audience import Audience, Report
from tests.bench.meter import resident_megabytes, shares
from tests.bench.table import Row, percentile, spread
from tests.stages.servers import Site, until

VIEWERS = 1000
GOAL_MS = 1000.0


def measure(quick: bool) -> list[Row]:
    """Whether everyone gets every sample, and how late: from the moment of reading to its arrival."""
    rounds, seconds = (2, 5) if quick else (4, 7)
    reports: list[Report] = []
    with Site(LOADMON_INTERVAL="1") as site:
        site.start_web()
        site.start_sampler()
        web = site.processes["web"].pid
        with Audience(site.port, VIEWERS) as audience:
            _next_sample(site)
            audience.report()
            used = []
            for _ in range(rounds):
                first = _newest(site) + 1
                used += shares({"web": web}, 1, seconds)["web"]
                last = _next_sample(site)
                reports.append(audience.report(first, last))
            memory = resident_megabytes(web)
    missing, repeated = (sum(getattr(report, name) for report in reports) for name in ("missing", "repeated"))
    still_open = reports[-1].open
    delays = [delay for report in reports for delay in report.delays_ms]
    p99 = [percentile(report.delays_ms, 99) for report in reports]
    lossless = missing == repeated == 0 and still_open == VIEWERS
    received = f"{len(delays)}: {missing} missing, {repeated} twice, {still_open} open"
    what = f"{VIEWERS} viewers at 1 Hz: "
    return [
        Row(what + "samples received", received, "none missing", lossless),
        Row(what + "delay p99", spread(p99, "ms", 0), f"< {GOAL_MS:g} ms", median(p99) < GOAL_MS),
        Row(what + "delay p50", spread([median(report.delays_ms) for report in reports], "ms", 0)),
        Row(what + "web, CPU of one core", spread(used, "%", 1)),
        Row(what + "web, resident memory", f"{memory:.0f} MB"),
    ]


def _newest(site: Site) -> int:
    return int(site.query("select max(id) from monitor_sample")[0][0])


def _next_sample(site: Site) -> int:
    """The id of the newest sample, half a second after it was stored: no other is under way then."""
    before = _newest(site)
    newest: int = until(lambda: _newest(site) > before and _newest(site), "the next sample")
    time.sleep(0.5)
    return newest
