"""Alerts that stand follow the severity of their rule when somebody edits it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from monitor import outbox
from monitor.domain.alerting import Change
from monitor.domain.rulespec import RuleSpec
from monitor.models import Alert, Host, Severity
from monitor.outbox.audience import RANKS


def follow(rules: Iterable[RuleSpec], at: datetime, host: Host | None = None) -> list[Host]:
    """Give the open alerts of `rules`, on `host` or on all, the severity of their rule; return the hosts of those changed.

    A worse one is an escalation, and is told. What is critical by its critical level stays so.
    """
    severities = {rule.id: Severity(rule.severity) for rule in rules}
    standing = Alert.objects.filter(rule_id__in=severities, resolved_at=None).select_related("host")
    if host is not None:
        standing = standing.filter(host=host)
    pairs = [(alert, severities[alert.rule_id]) for alert in standing if alert.rule_id is not None]
    return [alert.host for alert, severity in pairs if _become(alert, severity, at)]


def _become(alert: Alert, severity: Severity, at: datetime) -> bool:
    if alert.severity in (severity, Severity.CRITICAL):
        return False
    worse = RANKS[severity] > RANKS[Severity(alert.severity)]
    same = Alert.objects.filter(pk=alert.pk, severity=alert.severity, resolved_at=None)
    alert.severity = severity
    alert.worst_severity = max(Severity(alert.worst_severity), severity, key=RANKS.__getitem__)
    with transaction.atomic():
        if not same.update(severity=alert.severity, worst_severity=alert.worst_severity):
            return False  # another notifier was faster
        change = alert.transitions.create(
            at=at,
            change=Change.ESCALATED if worse else Change.STEPPED_DOWN,
            value=alert.value,
            severity=severity,
            note=f"Its rule was made {severity}.",
        )
        outbox.enqueue(alert, change)
    return True
