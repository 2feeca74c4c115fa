"""What loadmon costs all day long: sampler at one second, notifier, and web server with one dashboard open."""

from __future__ import annotations

import json
import signal
import time
from statistics import median

from tests.bench.audience import Audience
from tests.bench.meter import resident_megabytes, shares
from tests.bench.table import Row, at_most, spread
from tests.stages.servers import Site, until

PROCESSES = ("sampler", "notifier", "web")
PARTS = ("collect", "evaluate", "store", "push")


def measure(quick: bool) -> list[Row]:
    """The processes' percent of one core and their memory, and where a tick's time goes."""
    warm_up, rounds, seconds = (3.0, 3, 4.0) if quick else (12.0, 5, 10.0)
    with Site(LOADMON_INTERVAL="1") as site:
        site.start_web()
        site.start("sampler", "-m", "tests.bench.noted_sampler")
        until(lambda: site.alive("sampler") and site.count(), "the first sample")
        site.start("notifier", "manage.py", "runnotifier")
        with Audience(site.port, 1) as audience:
            time.sleep(warm_up)
            pids = {name: site.processes[name].pid for name in PROCESSES}
            used = shares(pids, rounds, seconds)
            memory = {name: resident_megabytes(pid) for name, pid in pids.items()}
            received = audience.report().messages
        assert received >= rounds * seconds - 2, f"the dashboard received only {received} samples"
        site.kill("sampler", signal.SIGTERM)
        ticks = json.loads(site.log("sampler").splitlines()[-1])
    return [
        at_most("sampler at 1 s: CPU of one core", used["sampler"], 0.4, "%", 3),
        at_most("sampler at 1 s: resident memory", [memory["sampler"]], 75, "MB", 1),
        at_most("web, one dashboard open: CPU of one core", used["web"], 0.3, "%", 3),
        Row("web, one dashboard open: resident memory", f"{memory['web']:.1f} MB"),
        Row("notifier, nothing to send: CPU of one core", spread(used["notifier"], "%", 3)),
        Row("notifier, nothing to send: resident memory", f"{memory['notifier']:.1f} MB"),
        *_tick_rows(ticks),
    ]


def _tick_rows(ticks: dict[str, list[float]]) -> list[Row]:
    whole, parts = ticks["whole"], [ticks[part] for part in PARTS]
    rest = [total - sum(known) for total, *known in zip(whole, *parts, strict=True)]
    named = {**{part: ticks[part] for part in PARTS}, "chores": rest, "all of it": whole}
    rows = [
        Row(f"  a tick (median of {len(whole)}): {name}", f"{median(seconds) * 1000:.2f} ms")
        for name, seconds in named.items()
    ]
    cpu = [seconds * 1000 for seconds in ticks["cpu"]]
    return [*rows, Row("  a tick: CPU time of all of it", spread(cpu, "ms"))]
