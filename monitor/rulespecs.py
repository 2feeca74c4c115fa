"""Rules as rows turned into the values that are judged."""

from __future__ import annotations

from monitor.domain.gauges import Statistic
from monitor.domain.rulespec import RuleSpec
from monitor.models import Comparison, Rule


def spec(row: Rule) -> RuleSpec:
    """`row`, stored or not, as values."""
    return RuleSpec(
        id=row.pk or 0,
        name=row.name,
        metric=row.metric,
        severity=row.severity,
        window=float(row.window_seconds),
        threshold=row.threshold,
        clear=row.clear_threshold,
        pending_for=float(row.for_seconds),
        hold=float(row.hold_seconds),
        per_core=row.per_core,
        below=row.comparison == Comparison.BELOW,
        statistic=Statistic(row.statistic),
        level=row.level,
        critical_threshold=row.critical_threshold,
        critical_clear=row.critical_clear_threshold,
        critical_metric=row.critical_metric,
        unless_metric=row.unless_metric,
        unless_value=row.unless_value,
    )
