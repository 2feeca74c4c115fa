"""Alerts as shapes in a template that works without scripts: gravest first, numbers with their unit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from monitor.metrics.catalogue import JUDGED, Unit
from monitor.web.alerts.words import SEVERITIES, amount

register = template.Library()
RANKS = {name: rank for rank, name in enumerate(SEVERITIES)}


@register.filter
def gravest_first(alerts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """By severity, then the newest first, as the scripts order them."""
    return sorted(alerts, key=lambda alert: (RANKS.get(alert["severity"], len(RANKS)), -alert["fired_at"]))


@register.filter
def peak(alert: dict[str, Any]) -> str:
    """The peak in the unit of what is judged: a share of time is in percent."""
    if alert["statistic"] == "share":
        return amount(alert["peak"], Unit.PERCENT)
    judged = JUDGED.get(alert["metric"])
    return amount(alert["peak"], judged.unit if judged else None)
