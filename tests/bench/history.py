"""What a year takes and costs: bytes, rolling up, pruning, how fast any span is read, and who used the machine in it."""

from __future__ import annotations

import json
import os
from itertools import chain
from statistics import median
from typing import Any

from tests.bench.meter import MEGABYTE
from tests.bench.table import Row, at_most, percentile, spread
from tests.stages.servers import Site, until

TIERS = {"0": "samples", "60": "1 minute", "900": "15 minutes", "3600": "1 hour"}
OTHERS = {
    "usage by consumer": ("usage", "usagebucket", "consumer"),
    "usage by part": ("partusage", "part"),
    "alerts with evidence": ("alert", "transition", "evidence"),
}
PATIENCE = 600.0  # for a year at 1 s on a busy machine
GROWN = {"LOADMON_PUBLIC": "yes", "LOADMON_INTERVAL": "1"}


def measure(quick: bool) -> list[Row]:
    """A year at 1 s, made up once, and an hour to compare with."""
    days, rounds, minutes = ("30", 5, 5) if quick else ("365", 21, 60)
    raw = {"LOADMON_RAW_HOURS": "6"} if quick else {}
    with Site(**GROWN, **raw) as year, Site(**GROWN, LOADMON_RAW_HOURS="2") as hour:
        _seed(hour, "1")
        _seed(year, days)
        young = _ask(hour, f"reading={rounds}")["reading"]["spans"]["20 min"]
        old = _ask(year, "sizes", "tables", f"reading={rounds}", f"using={rounds}", f"writing={minutes}")
    what = "a year" if days == "365" else f"{days} days"
    return [
        *_sizes(old["sizes"], old["tables"], what),
        *_work(old["writing"]),
        *_times(old["reading"], young, what),
        *_usage(old["using"]),
    ]


def _seed(site: Site, days: str) -> None:
    """Fill the site with a synthetic host; longer than a command of a test may take."""
    process = site.start("seed", "manage.py", "seeddemo", "--days", days)
    until(lambda: process.poll() is not None, "the synthetic history", PATIENCE)
    assert process.returncode == 0, site.log("seed")


def _ask(site: Site, *questions: str) -> Any:
    process = site.start("historian", "-m", "tests.bench.historian", *questions)
    until(lambda: process.poll() is not None, "the historian", PATIENCE)
    assert process.returncode == 0, site.log("historian")
    answer = json.loads(site.log("historian").splitlines()[-1])
    os.truncate(site.data / "historian.log", 0)
    return answer


def _sizes(found: Any, tables: Any, what: str) -> list[Row]:
    tiers = [
        Row(f"  {what} at 1 s, {TIERS[tier]}", f"{size / MEGABYTE:.1f} MB")
        for tier, size in found["tiers"].items()
    ]
    whole = at_most(f"{what} at 1 s: the database", [found["all"] / MEGABYTE], 110, "MB", 1)
    others = [
        Row(f"  {what}, {name}", f"{sum(tables.get(f'monitor_{one}', 0) for one in ones) / MEGABYTE:.1f} MB")
        for name, ones in OTHERS.items()
    ]
    return [whole, *tiers, *others, Row("  once every tier is full", f"{found['full'] / MEGABYTE:.1f} MB")]


def _work(found: Any) -> list[Row]:
    cpu, steps, seconds = found["cpu"], found["steps"], found["seconds"]
    return [
        at_most("rolling up: CPU of one core", [cpu["roll"] / seconds * 100], 0.1, "%", 3),
        Row("pruning: CPU of one core", f"{cpu['prune'] / seconds * 100:.3f} %"),
        at_most("longest step of rolling up, behind by a day", [max(steps["roll"])], 50, "ms", 1),
        at_most("longest step of pruning, behind by 6 h", [max(steps["prune"])], 50, "ms", 1),
        Row("  CPU of the longest: rolling up, pruning",
            f"{max(found['busy']['roll']):.1f} ms, {max(found['busy']['prune']):.1f} ms"),
        Row("  a step of rolling up, a step of pruning (p50)",
            f"{percentile(steps['roll'], 50):.1f} ms, {percentile(steps['prune'], 50):.1f} ms"),
    ]  # fmt: skip


def _times(found: Any, young: list[float], what: str) -> list[Row]:
    spans = found["spans"]
    every = list(chain.from_iterable(spans.values()))
    ratio = percentile(spans["20 min"], 50) / percentile(young, 50)
    return [
        at_most(
            "history of any span, 4 metrics at 1,000 points: median", [percentile(every, 50)], 25, "ms", 1
        ),
        at_most("history of any span: p95", [percentile(every, 95)], 60, "ms", 1),
        at_most(
            f"{what} at 600 points with p5 and p95: median",
            [percentile(found["percentiles"], 50)],
            60,
            "ms",
            1,
        ),
        *(
            Row(f"  {name}", f"{spread(times, 'ms', 1)}, CPU {median(found['cpu'][name]):.1f} ms")
            for name, times in spans.items()
        ),
        at_most(f"20 minutes out of {what} against out of an hour", [ratio], 1.3, "times"),
        at_most(f"storage page's look at {what}", found["storage"], 300, "ms", 0),
    ]


def _usage(found: dict[str, list[float]]) -> list[Row]:
    every = list(chain.from_iterable(times for name, times in found.items() if "parts" not in name))
    return [
        at_most("usage of any span, top 8 at 600 points: median", [percentile(every, 50)], 30, "ms", 1),
        Row("usage of any span: p95", f"{percentile(every, 95):.1f} ms"),
        *(Row(f"  {name}", spread(times, "ms", 1)) for name, times in found.items()),
    ]
