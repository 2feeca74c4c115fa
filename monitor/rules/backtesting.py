"""Back-tests: what a rule would have done on the stored past of a host; read in pages, never inside a transaction.

Samples where they are kept, else the finest rollup that is: a bucket becomes one reading that covers its weight.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from monitor.history.domain import tiers
from monitor.history.models import Sample
from monitor.history.retention import oldest_ms
from monitor.history.rollups import done_until, known_values
from monitor.hosts.models import Host
from monitor.metrics.catalogue import NO_DATA
from monitor.metrics.json import Shape
from monitor.metrics.reading import gap_between
from monitor.rules.domain.aggregates import Statistic
from monitor.rules.domain.backtest import Backtest, Episode, Point
from monitor.rules.domain.backtest_words import Found, Part, backtest_sentence, coarse_sentences, is_coarse
from monitor.rules.domain.sentences import rule_sentence
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.suggestion import suggested_clear, suggested_threshold, why_none
from monitor.rules.models import Rule

CORES = "cpu_effective_cores"
PAGE = 10_000
MOST_ROWS = 200_000  # of one tier: what goes beyond is read from the next, where that has it
DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS
PATIENCE_SECONDS = 10.0
_turn = threading.Semaphore(1)


class Busy(Exception):
    """Too many back-tests at once; the message is a sentence."""


class Untried(ValueError):
    """The rule judges what no sample holds; the message is a sentence."""

    def __str__(self) -> str:
        return (
            "This rule cannot be tried on the past: while the sampler is silent nothing is stored, "
            "so only the notifier, which runs beside it, can judge the silence as it happens."
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """The tier (0: samples) that [start_ms, end_ms) is read from."""

    resolution: int
    start_ms: int
    end_ms: int


def backtest(host: Host, rule: Rule, days: int, now_ms: int) -> Shape:
    """What `rule`, stored or not, would have done on `host` in the last `days`, with a threshold to suggest.

    Raises Busy rather than let a crowd of them slow down everything else, Untried for the silence of the sampler.
    """
    if rule.metric == NO_DATA.name:
        raise Untried
    start_ms = now_ms - days * DAY_MS
    judged = rule.spec()
    run = Backtest(judged, start_ms, now_ms - WEEK_MS)
    warm_up_ms = 1000 * (rule.window_seconds + rule.for_seconds + tiers.MINUTE)
    known = 0.0
    with _one_at_a_time():
        plan = stretches(host, min(start_ms, now_ms - WEEK_MS) - warm_up_ms, now_ms + 1)
        for points in _pages(host, judged, plan):
            run.feed(points)
            known += sum(point[1] for point in points if point[4][0] is not None and point[0] > start_ms)
    run.finish()
    return _shape(host, rule, run, plan, start_ms, now_ms, days, known)


def stretches(host: Host, start_ms: int, end_ms: int) -> list[Stretch]:
    """Which tier each part of [start_ms, end_ms) is read from, oldest first; the finest that reaches, within bounds."""
    found: list[Stretch] = []
    for resolution in (0, *tiers.RESOLUTIONS):
        first = oldest_ms(host, resolution)
        if first is None or first >= end_ms or (found and first >= tiers.bucket_of(end_ms, resolution)):
            continue
        if found:  # the finer one begins where a bucket of this one ends: nothing counts twice
            finer = found.pop()
            end_ms = min(tiers.bucket_after(end_ms, resolution), done_until(host, resolution))
            found.append(Stretch(finer.resolution, max(finer.start_ms, end_ms), finer.end_ms))
        begin = max(first, start_ms, _bound(host, resolution, end_ms))
        found.append(Stretch(resolution, begin, end_ms))
        end_ms = begin
        if begin <= start_ms:
            break
    return found[::-1]


def _bound(host: Host, resolution: int, end_ms: int) -> int:
    """Before this a tier is too long to be read, and the next one has it."""
    coarser = next((one for one in tiers.RESOLUTIONS if one > resolution), None)
    if coarser is None:
        return 0
    reach_ms = round(MOST_ROWS * (resolution or host.interval) * 1000)
    return min(end_ms - reach_ms, done_until(host, coarser))


def _pages(host: Host, rule: RuleSpec, plan: list[Stretch]) -> Iterator[list[Point]]:
    """The readings of the plan in order, a page at a time."""
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


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _turn.acquire(timeout=PATIENCE_SECONDS):
        raise Busy("Other back-tests are running. Try again in a few seconds.")
    try:
        yield
    finally:
        _turn.release()


def _shape(
    host: Host,
    rule: Rule,
    run: Backtest,
    plan: list[Stretch],
    start_ms: int,
    end_ms: int,
    days: int,
    known: float,
) -> Shape:
    judged = run.rule
    parts = [
        Part(one.resolution, (one.end_ms - max(one.start_ms, start_ms)) / 1000)
        for one in plan
        if one.end_ms > start_ms
    ]
    coarse = any(is_coarse(part, judged) for part in parts)
    found = Found(
        days,
        run.count,
        run.total_seconds,
        run.longest_seconds,
        run.is_firing,
        known,
        coarse,
        run.critical_count,
    )
    below = judged.fires_below
    threshold = suggested_threshold(run.distribution, below)
    return {
        "host": host.name,
        "metric": rule.metric,
        "statistic": rule.statistic,
        "comparison": "below" if below else "above",
        "start_at": start_ms,
        "end_at": end_ms,
        "resolution_seconds": max((part.resolution for part in parts), default=0) if known > 0 else 0,
        **_absolute(host, judged),
        "count": run.count,
        "critical_count": run.critical_count,
        "total_seconds": round(run.total_seconds, 3),
        "longest_seconds": round(run.longest_seconds, 3),
        "episodes": [_episode(one) for one in run.episodes],
        "suggested_threshold": threshold,
        "suggested_clear_threshold": None if threshold is None else suggested_clear(threshold, below),
        "no_suggestion": why_none(run.distribution) if threshold is None else "",
        "rule_sentence": rule_sentence(judged, host.effective_cores),
        "sentence": backtest_sentence(found),
        "notes": coarse_sentences(parts, judged) if known > 0 else [],
    }


def _absolute(host: Host, rule: RuleSpec) -> Shape:
    """The thresholds on this host; null where its cores are not known, and where there is none."""
    if rule.per_core and not host.effective_cores:
        return dict.fromkeys(("threshold", "clear", "critical_threshold"))
    condition = rule.condition(host.effective_cores or 1.0)
    critical = None if rule.critical_metric else rule.critical_condition(host.effective_cores or 1.0)
    return {
        "threshold": condition.threshold,
        "clear": condition.clear,
        "critical_threshold": critical.threshold if critical else None,
    }


def _episode(one: Episode) -> Shape:
    return {
        "started_at": one.started_at_ms,
        "fired_at": one.fired_at_ms,
        "resolved_at": one.resolved_at_ms,
        "last_seen_at": one.seen_at_ms,
        "peak": round(one.peak, 6),
        "severity": one.severity,
        "end_observed": one.end_observed,
    }
