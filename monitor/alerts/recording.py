"""The alert rules of one host applied to rows: load them, record what changed, end what nothing judges any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from monitor.alerts.models import Alert, AlertState, Transition
from monitor.hosts.models import Host
from monitor.loadtests import attribution
from monitor.metrics.catalogue import SILENCE
from monitor.metrics.times import moment
from monitor.notifications import outbox
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.judge import Outcome
from monitor.rules.domain.sentences import critical_reason
from monitor.rules.domain.severity import RANKS
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Change
from monitor.rules.models import Comparison, Rule, Severity

ENDS = (Change.RESOLVED, Change.ENDED_UNSEEN)
RULE_GONE = "Its rule was switched off or deleted."
RULE_CHANGED = "Its rule judges something else now."
RULE_GONE_CHANGE = "rule_gone"


def record(host: Host, outcome: Outcome) -> Alert | None:
    """Store one change; the caller holds the transaction of the sample that caused it.

    None where the alert is not in this database: its file was replaced while the alert stood. Nor does one fire that
    stands already: the rules were read anew while its first firing waited to be stored. Nor one whose rule was deleted
    since the rules were read.
    """
    at = moment(outcome.at_ms)
    standing = Alert.objects.filter(host=host, rule_id=outcome.rule.id, resolved_at=None).first()
    fires = outcome.change is Change.FIRED
    if fires is (standing is not None) or (standing is not None and standing.metric != outcome.rule.metric):
        return None
    if fires and not Rule.objects.filter(pk=outcome.rule.id).exists():
        return None
    alert = _fire(host, outcome, at) if standing is None else standing
    if not fires:
        _change(alert, outcome, at)
    transition = Transition.objects.create(
        alert=alert,
        at=at,
        change=outcome.change,
        value=outcome.value,
        severity=outcome.severity,
        note=critical_reason(outcome),
    )
    outbox.enqueue(alert, transition)
    return alert


def refresh(host: Host, evaluator: Evaluator) -> None:
    """Bring value, peak and last-seen time of the open alerts up to date."""
    for rule_id, status in evaluator.statuses.items():
        if status.is_open and status.seen_at_ms is not None and status.value is not None:
            Alert.objects.filter(host=host, rule_id=rule_id, resolved_at=None).update(
                value=status.value, peak=status.peak, last_seen_at=moment(status.seen_at_ms)
            )


def end_orphans(host: Host, rules: Iterable[RuleSpec], at: datetime) -> int:
    """Resolve open alerts whose rule is gone, switched off or judges something else now; return how many there were.

    `rules` are those that the sampler judges. Alerts about its own silence are not its to end.
    """
    known = {rule.id: rule for rule in rules}
    standing = Alert.objects.filter(host=host, resolved_at=None)
    return sum(_end(alert, note, at) for alert in standing if (note := _orphaned(alert, known)))


def end_unwatched(rules: Iterable[RuleSpec], at: datetime) -> list[Host]:
    """Resolve open alerts about a silence whose rule is not among `rules` any more; return the hosts."""
    standing = Alert.objects.filter(metric=SILENCE.name, resolved_at=None).select_related("host")
    orphans = [alert for alert in standing if alert.rule_id not in {rule.id for rule in rules}]
    return [alert.host for alert in orphans if _end(alert, RULE_GONE, at)]


def _end(alert: Alert, note: str, at: datetime) -> bool:
    """Resolve an alert that nothing judges any more."""
    alert.state, alert.resolved_at, alert.note = AlertState.RESOLVED, at, note
    with transaction.atomic():
        alert.save()
        gone = alert.transitions.create(
            at=at, change=RULE_GONE_CHANGE, value=alert.value, severity=alert.severity
        )
        outbox.enqueue(alert, gone)
    return True


def _orphaned(alert: Alert, rules: Mapping[int, RuleSpec]) -> str:
    """Why an open alert must end, as a sentence; "" where its rule still judges what it is about."""
    rule = rules.get(alert.rule_id) if alert.rule_id is not None else None
    if rule is None:
        return "" if alert.metric == SILENCE.name else RULE_GONE
    same = alert.metric == rule.metric and alert.comparison == _comparison(rule)
    return "" if same and alert.statistic == rule.gauge.statistic else RULE_CHANGED


def _fire(host: Host, outcome: Outcome, at: datetime) -> Alert:
    started = moment(outcome.status.started_at_ms or outcome.at_ms)
    rule = outcome.rule
    return Alert.objects.create(
        host=host,
        rule_id=rule.id,
        rule_name=rule.name,
        metric=rule.metric,
        severity=outcome.severity,
        worst_severity=outcome.severity,
        comparison=_comparison(rule),
        statistic=rule.gauge.statistic,
        window_seconds=int(rule.window),
        started_at=started,
        fired_at=at,
        last_seen_at=at,
        threshold=outcome.condition.threshold,
        clear_threshold=outcome.condition.clear,
        critical_threshold=_critical_threshold(outcome),
        value=outcome.value,
        peak=outcome.status.peak if outcome.status.peak is not None else outcome.value,
        is_test=attribution.is_of_a_test(host, rule.metric, rule.window, started, at),
    )


def _critical_threshold(outcome: Outcome) -> float | None:
    """Where the alert becomes critical by what it judges; of another metric its changes tell."""
    critical = None if outcome.rule.critical_metric else outcome.critical
    return critical.threshold if critical else None


def _change(alert: Alert, outcome: Outcome, at: datetime) -> None:
    alert.value = outcome.value
    worst = outcome.condition.worst
    alert.peak = worst(alert.peak, outcome.status.peak if outcome.status.peak is not None else outcome.value)
    alert.severity = outcome.severity
    alert.worst_severity = max(alert.worst_severity, outcome.severity, key=RANKS.__getitem__)
    if outcome.change in ENDS:
        alert.state, alert.resolved_at = AlertState.RESOLVED, at
    elif outcome.change not in (Change.ESCALATED, Change.STEPPED_DOWN):
        alert.state = AlertState.RECOVERING if outcome.change is Change.RECOVERING else AlertState.FIRING
    if outcome.change is Change.ENDED_UNSEEN:
        alert.end_observed = False
        if outcome.before.seen_at_ms is not None:
            alert.last_seen_at = moment(outcome.before.seen_at_ms)
    else:
        alert.last_seen_at = at
    alert.save()


def _comparison(rule: RuleSpec) -> Comparison:
    return Comparison.BELOW if rule.fires_below else Comparison.ABOVE


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
