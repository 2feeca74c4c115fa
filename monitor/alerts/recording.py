"""Recorder of alerts: writes what the rules of a host changed, follows edited rules, ends what nothing judges any more.

Whom a change is told, and whether a load test is to blame for an alert, is not decided here: both are handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from monitor.alerts.domain import unseen
from monitor.alerts.models import Alert, AlertState, Change, Transition
from monitor.hosts.models import Host
from monitor.metrics.catalogue import NO_DATA
from monitor.metrics.times import moment
from monitor.rules.domain.outcome import Outcome
from monitor.rules.domain.sentences import critical_reason
from monitor.rules.domain.severity import rank, worst
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Status
from monitor.rules.models import Comparison, Rule, Severity

ENDS = (Change.RESOLVED, Change.ENDED_UNSEEN)
RULE_GONE = "Its rule was switched off or deleted."
RULE_CHANGED = "Its rule judges something else now."

Tell = Callable[[Alert, Transition], object]
"""Puts the messages of a change into the outbox, in the transaction of the change."""

IsTest = Callable[[Host, str, float, datetime, datetime], bool]
"""Whether a load test is to blame: host, metric, window (seconds), when the alert began and when it fired."""


class Judged(Protocol):
    """Where the rules of a host stand, by their ids, and whoever must learn of an alert that a person ended."""

    @property
    def statuses(self) -> Mapping[int, Status]: ...
    @property
    def members(self) -> Mapping[int, Sequence[Mapping[str, object]]]: ...
    def forget(self, rule_id: int, /) -> None: ...


def nobody(alert: Alert, transition: Transition) -> None:
    """Tell of a change to no one."""


def write(
    alert: Alert, change: Change, at: datetime, tell: Tell, *, severity: str, note: str = "", value: float | None = None,
    by: Any = None,
) -> Transition:  # fmt: skip
    """Write one change of an alert down and tell it: the one place that does. The caller holds the transaction."""
    transition = Transition.objects.create(
        alert=alert, at=at, change=change, value=value, severity=severity, note=note, by=by
    )
    tell(alert, transition)
    return transition


class Recorder:
    """Writes what changes of the alerts of one host."""

    def __init__(self, host: Host, *, tell: Tell, is_test: IsTest) -> None:
        self.host = host
        self.tell = tell
        self._is_test = is_test

    def record(self, outcome: Outcome) -> Alert | None:
        """Store one change; the caller holds the transaction of the sample that caused it.

        None where the alert is not in this database: its file was replaced while the alert stood. Nor does one fire
        that stands already: the rules were read anew while its first firing waited to be stored. Nor one whose rule
        was deleted since the rules were read, or came to judge something else.
        """
        at, rule, change = moment(outcome.at_ms), outcome.rule, Change(outcome.change)
        standing = Alert.objects.filter(host=self.host, rule_id=rule.id, resolved_at=None).first()
        fires = change is Change.FIRED
        if fires is (standing is not None) or (standing is not None and not _is_judged_by(standing, rule)):
            return None
        if fires and not Rule.objects.filter(pk=rule.id).exists():
            return None
        alert = self._fire(outcome, at) if standing is None else standing
        if not fires:
            _change(alert, change, outcome, at)
        note = (
            unseen.told(outcome.members, outcome.names, alert.unit)
            if outcome.names
            else critical_reason(outcome)
        )
        write(alert, change, at, self.tell, severity=outcome.severity, note=note, value=outcome.value)
        return alert

    def refresh(self, judged: Judged) -> None:
        """Bring value, peak, last-seen time and members of the open alerts up to date; forget those that a person ended."""
        members = judged.members
        for rule_id, status in judged.statuses.items():
            if status.is_open and status.seen_at_ms is not None and status.value is not None:
                known = {"members": list(members[rule_id])} if rule_id in members else {}
                rows = Alert.objects.filter(host=self.host, rule_id=rule_id)
                stands = rows.filter(resolved_at=None).update(
                    value=status.value, peak=status.peak, last_seen_at=moment(status.seen_at_ms), **known
                )
                if not stands and _was_ended(rows.order_by("-id").first()):
                    judged.forget(rule_id)

    def end_orphans(self, rules: Iterable[RuleSpec], at: datetime) -> int:
        """Resolve open alerts whose rule is gone, switched off or judges something else now; return how many there were.

        `rules` are those that the sampler judges. Alerts about its own silence are not its to end.
        """
        known = {rule.id: rule for rule in rules}
        standing = Alert.objects.filter(host=self.host, resolved_at=None)
        return sum(
            _end(alert, note, at, self.tell) for alert in standing if (note := _orphaned(alert, known))
        )

    def follow(self, rules: Iterable[RuleSpec], at: datetime) -> bool:
        """Give the open alerts of this host the severity of their rule; return whether any changed."""
        return bool(follow(rules, at, self.tell, self.host))

    def _fire(self, outcome: Outcome, at: datetime) -> Alert:
        started = moment(outcome.status.started_at_ms or outcome.at_ms)
        rule = outcome.rule
        return Alert.objects.create(
            host=self.host,
            rule_id=rule.id,
            rule_name=rule.name,
            metric=rule.metric,
            severity=outcome.severity,
            worst_severity=outcome.severity,
            comparison=_comparison(rule),
            statistic=rule.aggregate.statistic,
            window_seconds=rule.window_seconds,
            started_at=started,
            fired_at=at,
            last_seen_at=at,
            threshold=outcome.condition.threshold,
            clear_threshold=outcome.condition.clear,
            **_critical_level(outcome),
            value=outcome.value,
            peak=outcome.status.peak if outcome.status.peak is not None else outcome.value,
            is_test=self._is_test(self.host, rule.metric, rule.window_seconds, started, at),
            members=list(outcome.members),
        )


def end_unwatched(rules: Iterable[RuleSpec], at: datetime, tell: Tell) -> list[Host]:
    """Resolve open alerts about a silence whose rule is not among `rules` any more; return the hosts."""
    standing = Alert.objects.filter(metric=NO_DATA.name, resolved_at=None).select_related("host")
    orphans = [alert for alert in standing if alert.rule_id not in {rule.id for rule in rules}]
    return [alert.host for alert in orphans if _end(alert, RULE_GONE, at, tell)]


def _end(alert: Alert, note: str, at: datetime, tell: Tell) -> bool:
    """Resolve an alert that nothing judges any more."""
    alert.state, alert.resolved_at, alert.note = AlertState.RESOLVED, at, note
    with transaction.atomic():
        alert.save()
        write(alert, Change.RULE_GONE, at, tell, severity=alert.severity, value=alert.value)
    return True


def _was_ended(alert: Alert | None) -> bool:
    """Whether a person ended the alert."""
    return alert is not None and alert.transitions.filter(change=Change.ENDED).exists()


def _orphaned(alert: Alert, rules: Mapping[int, RuleSpec]) -> str:
    """Why an open alert must end, as a sentence; "" where its rule still judges what it is about."""
    rule = rules.get(alert.rule_id) if alert.rule_id is not None else None
    if rule is None:
        return "" if alert.metric == NO_DATA.name else RULE_GONE
    return "" if _is_judged_by(alert, rule) else RULE_CHANGED


def _is_judged_by(alert: Alert, rule: RuleSpec) -> bool:
    """Whether the alert's rule, as it is now, judges what the alert is about."""
    own = (rule.metric, _comparison(rule), rule.aggregate.statistic)
    return (alert.metric, alert.comparison, alert.statistic) == own


def _critical_level(outcome: Outcome) -> dict[str, float | str]:
    """Where the alert becomes critical, as the columns of its row: by what it judges, or by another metric."""
    if outcome.critical is None:
        return {}
    threshold, other = outcome.critical.threshold, outcome.rule.critical_metric
    if not other:
        return {"critical_threshold": threshold}
    return {"critical_metric": other, "critical_metric_threshold": threshold}


def _change(alert: Alert, change: Change, outcome: Outcome, at: datetime) -> None:
    if outcome.members:
        alert.members = list(outcome.members)
    if change in (Change.UNSEEN, Change.SEEN_AGAIN):
        alert.save(update_fields=["members"])
        return
    alert.value = outcome.value
    peak = outcome.status.peak if outcome.status.peak is not None else outcome.value
    alert.peak = outcome.condition.worst(alert.peak, peak)
    alert.severity = outcome.severity
    alert.worst_severity = worst(alert.worst_severity, outcome.severity)
    if change in ENDS:
        alert.state, alert.resolved_at = AlertState.RESOLVED, at
    elif change not in (Change.ESCALATED, Change.STEPPED_DOWN):
        alert.state = AlertState.RECOVERING if change is Change.RECOVERING else AlertState.FIRING
    if change is Change.ENDED_UNSEEN:
        alert.end_observed = False
        if outcome.before.seen_at_ms is not None:
            alert.last_seen_at = moment(outcome.before.seen_at_ms)
    else:
        alert.last_seen_at = at
    alert.save()


def _comparison(rule: RuleSpec) -> Comparison:
    return Comparison.BELOW if rule.fires_below else Comparison.ABOVE


def follow(rules: Iterable[RuleSpec], at: datetime, tell: Tell, host: Host | None = None) -> list[Host]:
    """Give the open alerts of `rules`, on `host` or on all, the severity of their rule; return the hosts of those changed.

    A worse one is an escalation, and is told. What is critical by its critical level stays so.
    """
    severities = {rule.id: Severity(rule.severity) for rule in rules}
    standing = Alert.objects.filter(rule_id__in=severities, resolved_at=None).select_related("host")
    if host is not None:
        standing = standing.filter(host=host)
    pairs = [(alert, severities[alert.rule_id]) for alert in standing if alert.rule_id is not None]
    return [alert.host for alert, severity in pairs if _become(alert, severity, at, tell)]


def _become(alert: Alert, severity: Severity, at: datetime, tell: Tell) -> bool:
    if alert.severity in (severity, Severity.CRITICAL):
        return False
    worse = rank(severity) > rank(alert.severity)
    same = Alert.objects.filter(pk=alert.pk, severity=alert.severity, resolved_at=None)
    alert.severity = severity
    alert.worst_severity = worst(alert.worst_severity, severity)
    with transaction.atomic():
        if not same.update(severity=alert.severity, worst_severity=alert.worst_severity):
            return False  # another notifier was faster
        change, note = Change.ESCALATED if worse else Change.STEPPED_DOWN, f"Its rule was made {severity}."
        write(alert, change, at, tell, severity=severity, note=note, value=alert.value)
    return True
