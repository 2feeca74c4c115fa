"""Random rules and random pasts for them: values about the thresholds, gaps, what is unknown, clocks that are set."""

from __future__ import annotations

from random import Random

from monitor.metrics.reading import Reading
from monitor.rules.domain.aggregates import Statistic
from monitor.rules.domain.spec import RuleSpec
from tests.stages.reference import Reference

VALUES = (0.0, 3.0, 5.0, 6.0, 8.0, 8.01, 10.0, 12.5, 15.0, 20.0)
NAMES = ("cpu_percent", "load5", "load1")
COVERED = (1.0, 1.0, 1.0, 0.2, 1.003, 0.0, 2.5)
GAPS = (0.0,) * 9 + (1.5, 7.0, 4000.0)
CLOCK_STEPS_MS = (0, 0, 0, 0, -7_200_000, 86_400_000)


def rule_of(chance: Random) -> RuleSpec:
    """Any rule that the admin lets pass: both directions, each statistic, one level or two, restrained or not."""
    below, window = chance.random() < 0.5, chance.choice((0.0, 0.0, 3.0, 10.0))
    statistic = chance.choice(list(Statistic)) if window else Statistic.MEAN
    share, other = statistic is Statistic.SHARE, chance.choice(("", "", "load5"))
    clear, steps_down, fires, critical = (20.0, 40.0, 50.0, 80.0) if share else (5.0, 8.0, 10.0, 15.0)
    if below and not share:
        clear, steps_down, fires, critical = 15.0, 10.0, 8.0, 5.0
    if other:
        steps_down, critical = (8.0, 5.0) if below else (6.0, 12.5)
    two_levels, restrained = chance.random() < 0.6, chance.random() < 0.3
    return RuleSpec(
        id=1, name="Any", metric="cpu_percent", severity=chance.choice(("info", "warning")), window_seconds=window,
        threshold=fires, clear_threshold=clear, for_seconds=chance.choice((0.0, 0.0, 2.0, 5.0)),
        hold_seconds=chance.choice((0.0, 2.0, 6.0)),
        per_core=chance.random() < 0.5, comparison="below" if below else "above", statistic=statistic,
        level=8.0 if share else None,
        critical_threshold=critical if two_levels else None, critical_clear_threshold=steps_down if two_levels else None,
        critical_metric=other if two_levels else "", unless_metric="load1" if restrained else "",
        unless_value=10.0 if restrained else None,
    )  # fmt: skip


def past_of(chance: Random, most: int = 190) -> list[Reading]:
    """Up to `most` readings of one host in stretches of up to 8 alike; no two of one time."""
    found: list[Reading] = []
    at_ms, taken = 1_700_000_000_000, set()
    for _ in range(chance.randint(1, 24)):
        values = {name: None if chance.random() < 0.15 else chance.choice(VALUES) for name in NAMES}
        values["cpu_effective_cores"] = chance.choice((2.0, 1.0, 1.0, 1.0, None))
        covered, gap = chance.choice(COVERED), chance.choice(GAPS)
        at_ms += chance.choice(CLOCK_STEPS_MS)
        for number in range(chance.randint(1, 8)):
            missed = 0.0 if number else gap
            at_ms += max(1, round(1000 * (covered + missed)))
            while at_ms in taken:
                at_ms += 1
            taken.add(at_ms)
            found.append(Reading(at_ms, covered, missed, values))
    return found[:most]


def plain(rule: RuleSpec) -> Reference:
    """The reference model of `rule`."""
    return Reference(
        {
            "metric": rule.metric, "severity": rule.severity, "window": rule.window_seconds,
            "statistic": str(rule.statistic),
            "level": rule.level, "threshold": rule.threshold, "clear": rule.clear_threshold, "below": rule.below,
            "for": rule.for_seconds, "hold": rule.hold_seconds, "per_core": rule.per_core,
            "critical": rule.critical_threshold,
            "critical_clear": rule.critical_clear_threshold, "critical_metric": rule.critical_metric,
            "unless_metric": rule.unless_metric, "unless_value": rule.unless_value,
        }
    )  # fmt: skip
