"""Promise of a drill: how soon its rule fires once the load test runs, or a sentence why its numbers promise nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.loadtests.domain.driven import DAMPING_SECONDS
from monitor.metrics.catalogue import CATALOGUE, Unit
from monitor.metrics.quantities import quantity
from monitor.metrics.windows import LEAST_COVERAGE
from monitor.rules.domain.aggregates import Statistic
from monitor.rules.domain.spec import RuleSpec

FULL = 0.95  # what the workers keep busy, at the least, of what they are meant to
KERNEL_SECONDS = 5.0  # between two looks of the kernel at its queue
INTERVALS = 2


class NoPromise(ValueError):
    """The load test cannot make the rule fire; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a load test starts: its workers, the effective cores, seconds between readings, the newest values."""

    workers: int
    cores: float
    interval: float
    values: Mapping[str, float | None] = field(default_factory=dict)


def promised_seconds(rule: RuleSpec, start: Start) -> float:
    """Within how many seconds of full load `rule` fires, whatever its window held before; raises NoPromise.

    = the time that the value takes to rise + the share of the window that must be full of it + for + 2 intervals
    """
    if rule.below:
        raise NoPromise(
            f"A load test makes values rise, but {rule.name} fires when one falls: expect another rule."
        )
    rising = _rising(rule, _value_needed(rule, start), start)
    return rising + _window(rule, start) + rule.for_seconds + INTERVALS * start.interval


def _value_needed(rule: RuleSpec, start: Start) -> float:
    """The value that must be reached, of the metric itself."""
    level = rule.aggregate.level
    value = rule.threshold if level is None else level
    return value * (start.cores if rule.per_core else 1.0)


def _rising(rule: RuleSpec, needed: float, start: Start) -> float:
    """Seconds until the metric itself has reached `needed`; what is damped takes a while."""
    if rule.metric == "cpu_percent":
        most = 100.0 * _share_of_cores(start)
        if most < needed:
            raise NoPromise(_out_of_reach(rule, needed, most, start))
        return 0.0
    if rule.metric not in DAMPING_SECONDS:
        return 0.0
    before = start.values.get(rule.metric) or 0.0
    in_the_end = before + start.workers  # what ran before goes on
    if in_the_end - needed <= 1e-9:
        raise NoPromise(_out_of_reach(rule, needed, in_the_end, start))
    if before >= needed:
        return 0.0
    return KERNEL_SECONDS + DAMPING_SECONDS[rule.metric] * math.log(start.workers / (in_the_end - needed))


def _window(rule: RuleSpec, start: Start) -> float:
    """Seconds of the window that must be full; never less than what makes its value known at all."""
    if not rule.window_seconds:
        return 0.0
    statistic = rule.aggregate.statistic
    if statistic is Statistic.MAX:
        share = 0.0
    elif statistic is Statistic.SHARE:
        share = rule.threshold / 100.0
    elif rule.metric == "cpu_percent":
        share = rule.threshold / (100.0 * FULL * _share_of_cores(start))
    else:
        share = 1.0  # how high it will rise is not known
    return rule.window_seconds * min(1.0, max(LEAST_COVERAGE, share))


def _share_of_cores(start: Start) -> float:
    return min(1.0, start.workers / start.cores)


def _out_of_reach(rule: RuleSpec, needed: float, most: float, start: Start) -> str:
    many = "1 worker brings" if start.workers == 1 else f"{start.workers} workers bring"
    unit = CATALOGUE[rule.metric].unit if rule.metric in CATALOGUE else Unit.LOAD
    if rule.metric in DAMPING_SECONDS:
        reach = f"the {rule.metric.removeprefix('load')}-minute load towards {quantity(most, unit)} and never beyond"
    else:
        reach = f"it to {quantity(most, unit)} at most"
    return f"{rule.name} needs {quantity(needed, unit)}, but {many} {reach}: expect another rule."
