"""Loading: which of the stored rules are judged, and by whom."""

from __future__ import annotations

from monitor.metrics.catalogue import CATALOGUE, NO_DATA
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.validation import complaints
from monitor.rules.models import Rule


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
    rule = row.spec()
    return None if complaints(rule) else rule
