"""Whether the numbers are right: those of a real sampler under a load that changes, against /proc and the tools of others.

Each is compared as the mean of windows of 10 s: over all of them, and where they are furthest apart. The tools look at
other moments than the sampler, so that one step of the load within a window moves a tenth of it from one to the next.
"""

from __future__ import annotations

import time

from monitor.metrics.catalogue import CATALOGUE, NAMES, Unit
from tests.bench.table import Row
from tests.bench.tools import Found, watching
from tests.stages.changing import ChangingLoad
from tests.stages.independent import Observer
from tests.stages.servers import Site
from tests.stages.spans import Deviation, deviation
from tests.stages.stored import stored_spans

SECONDS, QUICK_SECONDS = 300, 24
WINDOW_SECONDS = 10.0
MIB = 2**20
LOWER = {Unit.BYTES: (MIB, "MiB"), Unit.BYTES_PER_SECOND: (MIB, "MiB/s"), Unit.PERCENT: (1, "%")}


def measure(quick: bool, seconds: int | None = None) -> list[Row]:
    """A row for each metric and each observer that knows it; `seconds` of load, else 300, and few when quick."""
    length = seconds or (QUICK_SECONDS if quick else SECONDS)
    with Site(LOADMON_INTERVAL="1") as site:
        site.start_sampler()
        pid = site.processes["sampler"].pid
        with watching(pid) as stop:
            with Observer(pid, 1.0) as proc, ChangingLoad(length):
                time.sleep(length)
            told: dict[str, Found] = {"/proc": proc.spans(), **stop()}
        ours = stored_spans(site)
    rows = [
        Row(f"against independent tools, {length} s of changing load", "ours, theirs; apart: mean, greatest")
    ]
    for name in NAMES:
        for observer, theirs in told.items():
            found = deviation(ours[name], theirs.get(name, []), WINDOW_SECONDS)
            if found is not None:
                rows.append(Row(f"  {name}: {observer}", _words(found, CATALOGUE[name].unit)))
    return rows


def _words(found: Deviation, unit: Unit) -> str:
    size, word = LOWER.get(unit, (1, ""))
    ours, theirs, mean, greatest = (
        each / size for each in (found.ours, found.theirs, found.mean, found.greatest)
    )
    return f"{ours:.2f}, {theirs:.2f} {word}; {mean:.2f}, {greatest:.2f}".replace(" ;", ";")
