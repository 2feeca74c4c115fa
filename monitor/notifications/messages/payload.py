"""Payload of a webhook: its JSON, as described by the schema in docs/notifications.md."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.metrics.text import one_line
from monitor.notifications.messages.advice import advice
from monitor.notifications.messages.facts import Facts

VERSION = 1
LONGEST = 500
LONGEST_NAME = 80


def payload(facts: Facts, subject: str) -> dict[str, Any]:
    """Version 1 of the document; times are milliseconds since the epoch, what is unknown is null."""
    return {
        "version": VERSION,
        "type": f"alert.{facts.kind}",
        "key": facts.key,
        "told_at": _ms(facts.told_at),
        "drill": facts.is_drill,
        "subject": subject,
        "text": one_line(facts.explanation, LONGEST),
        "advice": advice(facts),
        "link": facts.link,
        "host": one_line(facts.host, LONGEST_NAME),
        "alert": {
            "id": facts.alert_id,
            "rule": one_line(facts.rule, LONGEST_NAME),
            "metric": facts.metric,
            "unit": None if facts.unit is None else str(facts.unit),
            "severity": facts.severity,
            "state": facts.state,
            "comparison": facts.comparison,
            "value": _rounded(facts.value),
            "peak": _rounded(facts.peak),
            "threshold": _rounded(facts.threshold),
            "clear_threshold": _rounded(facts.clear_threshold),
            "started_at": _ms(facts.started_at),
            "fired_at": _ms(facts.fired_at),
            "resolved_at": _ms(facts.resolved_at),
            "end_observed": facts.end_observed,
            "acknowledged": facts.acknowledged,
            "changes": facts.changes,
        },
        "cores": facts.cores,
        "pressure": dict(facts.pressure),
        "culprits": [
            {
                "name": one_line(one.name, LONGEST_NAME),
                "processes": one.count,
                "cpu_percent": one.cpu_percent,
                "rss_bytes": one.rss_bytes,
                "unit": one_line(one.unit, LONGEST_NAME),
            }
            for one in facts.culprits
        ],
        "waiting": [
            {
                "name": one_line(one.name, LONGEST_NAME),
                "tasks": one.tasks,
                "waits_in": one_line(one.waits_in, LONGEST_NAME),
            }
            for one in facts.waiting
        ],
    }


def _rounded(value: float | None) -> float | None:
    """As it is shown, with two decimals: a threshold of 1.05 per core on 10 cores is 10.5, not 10.500000000000002."""
    return None if value is None else round(value, 2)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
