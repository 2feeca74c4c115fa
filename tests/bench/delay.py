"""How long a sample takes from the kernel to one open dashboard."""

from __future__ import annotations

import time
from statistics import median

from tests.bench.audience import Audience
from tests.bench.table import Row, at_most, percentile
from tests.stages.servers import Site

INTERVAL = "0.2"
P50_MS, P99_MS = 5.0, 50.0


def measure(quick: bool) -> list[Row]:
    """Milliseconds from just before the counters are read to the frame in the reader's hands."""
    rounds, seconds = (2, 5.0) if quick else (5, 9.0)
    delays: list[list[float]] = []
    with Site(LOADMON_INTERVAL=INTERVAL) as site:
        site.start_web()
        site.start_sampler()
        with Audience(site.port, 1) as audience:
            time.sleep(2.0)
            audience.report()
            for _ in range(rounds):
                time.sleep(seconds)
                delays.append(audience.report().delays_ms)
    everything = [delay for found in delays for delay in found]
    p99 = percentile(everything, 99)
    what = f"read to received, 1 viewer, {len(everything)} samples: "
    return [
        at_most(what + "p50", [median(found) for found in delays], P50_MS, "ms"),
        Row(what + "p99", f"{p99:.2f} ms", f"<= {P99_MS:g} ms", p99 <= P99_MS),
    ]
