"""Filters of alerts in a template that works without scripts: gravest first, numbers with their unit."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from monitor.metrics.catalogue import JUDGED, Unit
from monitor.rules.domain.severity import rank
from monitor.web.alerts.schemas import Alert
from monitor.web.alerts.words import amount

register = template.Library()


@register.filter
def gravest_first(alerts: Iterable[Alert]) -> list[Alert]:
    """By severity, then the newest first, as the scripts order them."""
    return sorted(alerts, key=lambda alert: (-rank(alert["severity"]), -alert["fired_at"]))


@register.filter
def peak(alert: Alert) -> str:
    """The peak in the unit of what is judged: a share of time is in percent."""
    if alert["statistic"] == "share":
        return amount(alert["peak"], Unit.PERCENT)
    judged = JUDGED.get(alert["metric"])
    return amount(alert["peak"], judged.unit if judged else None)
