"""The alert rules of one host applied to rows: load them, resume where the last sampler stopped, record changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from monitor import outbox
from monitor.domain.alerting import Change, State, Status
from monitor.domain.evaluating import Evaluator, Outcome, RuleSpec
from monitor.domain.metrics import NAMES
from monitor.domain.reading import Reading, gap_between
from monitor.models import Alert, AlertState, Host, LoadTest, Rule, Sample, Transition
from monitor.shapes import at_ms, moment

LONGEST_REPLAY_SECONDS = 2 * 3600
TEST_ECHO_SECONDS = (
    60  # how long after a load test an alert may still be its doing, beyond the rule's own windows
)


def load_rules() -> list[RuleSpec]:
    """Every enabled rule as values."""
    return [
        RuleSpec(
            id=row.pk,
            name=row.name,
            metric=row.metric,
            severity=row.severity,
            window=float(row.window_seconds),
            threshold=row.threshold,
            clear=row.clear_threshold,
            pending_for=float(row.for_seconds),
            hold=float(row.hold_seconds),
            per_core=row.per_core,
        )
        for row in Rule.objects.filter(enabled=True)
    ]


def resume(host: Host, rules: Iterable[RuleSpec], new: Collection[RuleSpec] = ()) -> Evaluator:
    """Return an evaluator that stands where the stored samples and open alerts say it stood.

    `new` rules, made or edited just now, start waiting only now: no alert is dated before its rule.
    """
    rules = list(rules)
    open_alerts = {row.rule_id: row for row in Alert.objects.filter(host=host, resolved_at=None)}
    evaluator = Evaluator(rules, {rule_id: _status(row) for rule_id, row in open_alerts.items() if rule_id})
    last_change = _last_changes(host, rules)
    for reading in _tail(host, _horizon(rules)):
        since = [
            rule.id for rule in rules if rule not in new and reading.taken_at_ms > last_change.get(rule.id, 0)
        ]
        evaluator.replay(reading, since)
    return evaluator


def record(host: Host, outcome: Outcome) -> Alert | None:
    """Store one change; the caller holds the transaction of the sample that caused it.

    None where the alert is not in this database: its file was replaced while the alert stood.
    """
    at = moment(outcome.at_ms)
    if outcome.change is Change.FIRED:
        alert = _fire(host, outcome, at)
    else:
        standing = Alert.objects.filter(host=host, rule_id=outcome.rule.id, resolved_at=None).first()
        if standing is None:
            return None
        alert = standing
        _change(alert, outcome, at)
    transition = Transition.objects.create(alert=alert, at=at, change=outcome.change, value=outcome.value)
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
    """Resolve open alerts whose rule was deleted or switched off; return how many there were."""
    orphans = Alert.objects.filter(host=host, resolved_at=None).exclude(
        rule_id__in=[rule.id for rule in rules]
    )
    orphans |= Alert.objects.filter(host=host, resolved_at=None, rule=None)
    ended = 0
    for alert in orphans:
        alert.state, alert.resolved_at, alert.note = (
            AlertState.RESOLVED,
            at,
            "Its rule was switched off or deleted.",
        )
        with transaction.atomic():
            alert.save()
            outbox.enqueue(alert, alert.transitions.create(at=at, change="rule_gone", value=alert.value))
        ended += 1
    return ended


def _status(alert: Alert) -> Status:
    """The status of an open alert as its row tells it; a recovery in progress starts its hold again."""
    return Status(
        state=State(alert.state),
        started_at_ms=at_ms(alert.started_at),
        seen_at_ms=at_ms(alert.last_seen_at),
        value=alert.value,
        peak=alert.peak,
    )


def _last_changes(host: Host, rules: Iterable[RuleSpec]) -> dict[int, int]:
    """When each rule last changed on `host`, by rule id: what lies before it is done and must not be replayed."""
    changes: dict[int, int] = {}
    for rule in rules:
        newest = Transition.objects.filter(alert__host=host, alert__rule_id=rule.id).order_by("-id").first()
        if newest is not None:
            changes[rule.id] = at_ms(newest.at) or 0
    return changes


def _horizon(rules: Iterable[RuleSpec]) -> float:
    """Seconds of history that a status can depend on."""
    longest = max((rule.window + rule.pending_for + rule.hold for rule in rules), default=0.0)
    return min(longest + 120.0, LONGEST_REPLAY_SECONDS)


def _tail(host: Host, seconds: float) -> list[Reading]:
    """The last `seconds` of stored readings in the order of storing, which the clock cannot change."""
    most = int(seconds / host.interval) + 1
    newest_first = Sample.objects.as_stored(host).order_by("-pk")
    rows = newest_first.values_list("taken_at_ms", "covered_ms", *NAMES)[:most]
    readings: list[Reading] = []
    for taken_at_ms, covered_ms, *values in reversed(rows):
        step = (taken_at_ms - readings[-1].taken_at_ms) / 1000 if readings else 0.0
        gap = gap_between(step, covered_ms / 1000, host.interval)
        readings.append(Reading(taken_at_ms, covered_ms / 1000, gap, dict(zip(NAMES, values, strict=True))))
    return readings


def _fire(host: Host, outcome: Outcome, at: datetime) -> Alert:
    started = moment(outcome.status.started_at_ms or outcome.at_ms)
    return Alert.objects.create(
        host=host,
        rule_id=outcome.rule.id,
        rule_name=outcome.rule.name,
        metric=outcome.rule.metric,
        severity=outcome.rule.severity,
        started_at=started,
        fired_at=at,
        last_seen_at=at,
        threshold=outcome.condition.threshold,
        clear_threshold=outcome.condition.clear,
        value=outcome.value,
        peak=outcome.status.peak if outcome.status.peak is not None else outcome.value,
        is_test=_during_load_test(host, outcome.rule, started, at),
    )


def _change(alert: Alert, outcome: Outcome, at: datetime) -> None:
    alert.value = outcome.value
    alert.peak = max(alert.peak, outcome.status.peak if outcome.status.peak is not None else outcome.value)
    if outcome.change in (Change.RESOLVED, Change.ENDED_UNSEEN):
        alert.state, alert.resolved_at = AlertState.RESOLVED, at
    else:
        alert.state = AlertState.RECOVERING if outcome.change is Change.RECOVERING else AlertState.FIRING
    if outcome.change is Change.ENDED_UNSEEN:
        alert.end_observed = False
        if outcome.before.seen_at_ms is not None:
            alert.last_seen_at = moment(outcome.before.seen_at_ms)
    else:
        alert.last_seen_at = at
    alert.save()


def _during_load_test(host: Host, rule: RuleSpec, started: datetime, fired: datetime) -> bool:
    """Whether a load test ran on `host` while the rule's window led up to this alert."""
    echo = started - timedelta(seconds=rule.window + TEST_ECHO_SECONDS)
    ran = Q(started_at__lte=fired) & (Q(ended_at=None) | Q(ended_at__gte=echo))
    return LoadTest.objects.filter(ran, host=host, started_at__isnull=False).exists()
