"""Rules as rows turned into the values that are judged."""

from __future__ import annotations

from monitor.metrics.catalogue import CATALOGUE, NO_DATA
from monitor.rules.domain.aggregates import Statistic
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.validation import complaints
from monitor.rules.models import Comparison, Rule


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


def load_rules() -> list[RuleSpec]:
    """Every enabled rule that the sampler judges, as values."""
    return [
        rule for row in Rule.objects.filter(enabled=True, metric__in=CATALOGUE) if (rule := _workable(row))
    ]


def load_watched_rules() -> list[RuleSpec]:
    """Every enabled rule on the sampler's own silence, which another process judges."""
    rows = Rule.objects.filter(enabled=True, metric=NO_DATA.name)
    return [rule for row in rows if (rule := _workable(row))]


def _workable(row: Rule) -> RuleSpec | None:
    """`row` as values; None where its numbers came past the admin and no alert could live with them: E028 tells."""
    return None if complaints(row) else spec(row)
