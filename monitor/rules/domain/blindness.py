"""Blindness of a rule: why it cannot be judged now, in words."""

from __future__ import annotations

from collections.abc import Collection

from monitor.metrics.catalogue import JUDGED
from monitor.rules.domain.spec import RuleSpec

NO_CORES = "it judges a load for each core, and how many cores there are is not known"


def blindness(rule: RuleSpec, unmeasured: Collection[str], cores: float | None) -> str:
    """Why `rule` cannot be judged, as a sentence, while `unmeasured` have no numbers; "" where it can be."""
    if rule.metric in unmeasured:
        return f"Blind: {_label(rule.metric)} is not measured at present, so that this rule cannot fire."
    if rule.per_core and cores is None:
        return f"Blind: {NO_CORES}."
    if rule.critical_metric in unmeasured:
        return f"Blind for its critical level: {_label(rule.critical_metric)} is not measured at present."
    return ""


def _label(metric: str) -> str:
    return JUDGED[metric].label if metric in JUDGED else metric
