"""Past of a host as the points of a back-test: from the finest tier that is kept, in pages, never inside a transaction.

Samples where they are kept, else the finest rollup that is: a bucket becomes one reading that covers its weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitor.history import spans
from monitor.history.models import Sample
from monitor.history.rollups import known_values
from monitor.hosts.models import Host
from monitor.metrics.reading import gap_between
from monitor.rules.domain.aggregates import Statistic
from monitor.rules.domain.backtest import Point
from monitor.rules.domain.spec import RuleSpec

CORES = "cpu_effective_cores"
PAGE = 10_000
MOST_ROWS = 200_000  # of one tier: what goes beyond is read from the next, where that has it


@dataclass(frozen=True, slots=True)
class Stretch:
    """The tier (0: samples) that [start_ms, end_ms) is read from."""

    resolution: int
    start_ms: int
    end_ms: int


def stretches(host: Host, start_ms: int, end_ms: int) -> list[Stretch]:
    """Which tier each part of [start_ms, end_ms) is read from, oldest first; the finest that reaches, within bounds."""
    return [Stretch(*one) for one in spans.finest(host, start_ms, end_ms, MOST_ROWS)]


def pages(host: Host, rule: RuleSpec, plan: list[Stretch]) -> Iterator[list[Point]]:
    """The points of the plan in order, a page at a time, with what `rule` judges."""
    before: int | None = None
    for stretch in plan:
        rows = _rows(host, rule, stretch)
        after = stretch.start_ms
        while True:
            page = list(rows(after)[:PAGE])
            if page:
                points, before = _points(page, before, host.interval, stretch.resolution * 1000)
                yield points
                after = page[-1][0] + 1
            if len(page) < PAGE:
                break


def _points(
    page: list[tuple[Any, ...]], before: int | None, interval: float, length_ms: int
) -> tuple[list[Point], int]:
    """Rows (time, covered ms, cores, *values) as readings; a bucket is read at its end. And the time of the last."""
    points: list[Point] = []
    add = points.append
    for at_ms, covered_ms, cores, *values in page:
        at_ms += length_ms
        covered = covered_ms / 1000
        gap = 0.0 if before is None else gap_between((at_ms - before) / 1000, covered, interval)
        add((at_ms, covered, gap, cores, tuple(values)))
        before = at_ms
    return points, before or 0


def _rows(host: Host, rule: RuleSpec, stretch: Stretch) -> Any:
    """A function from a time to the rows from then on: (time, covered ms, cores, *values of the rule's metrics)."""
    if not stretch.resolution:
        samples = Sample.objects.filter(host=host, taken_at_ms__lt=stretch.end_ms).order_by("taken_at_ms")
        columns = samples.values_list("taken_at_ms", "covered_ms", CORES, *rule.metrics)
        return lambda after: columns.filter(taken_at_ms__gte=after)
    wanted = [(CORES, "mean"), *((name, _part(name, rule)) for name in rule.metrics)]
    return lambda after: known_values(host, stretch.resolution, rule.metric, wanted, after, stretch.end_ms)


def _part(metric: str, rule: RuleSpec) -> str:
    """What of a bucket is judged: its mean, or its extreme where the rule judges that of a window."""
    if metric == rule.metric and rule.window_seconds and rule.statistic == Statistic.MAX:
        return "low" if rule.below else "high"
    return "mean"
