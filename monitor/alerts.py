"""The alert rules of one host applied to rows: load them, resume where the last sampler stopped, record changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from monitor import outbox
from monitor.domain.alerting import Change, State, Status
from monitor.domain.evaluating import Evaluator
from monitor.domain.judging import Outcome
from monitor.domain.metrics import CATALOGUE, NAMES, SILENCE
from monitor.domain.reading import Reading, gap_between
from monitor.domain.rulespec import RuleSpec
from monitor.domain.rulewords import complaints
from monitor.domain.sentences import critical_reason
from monitor.models import Alert, AlertState, Comparison, Host, LoadTest, Rule, Sample, Severity, Transition
from monitor.rulespecs import spec
from monitor.shapes import at_ms, moment

LONGEST_REPLAY_SECONDS = 2 * 3600
TEST_ECHO_SECONDS = (
    60  # how long after a load test an alert may still be its doing, beyond the rule's own windows
)


ENDS = (Change.RESOLVED, Change.ENDED_UNSEEN)
RULE_GONE = "Its rule was switched off or deleted."
RULE_CHANGED = "Its rule judges something else now."
RULE_GONE_CHANGE = "rule_gone"
SHIFTS = (Change.ESCALATED, Change.STEPPED_DOWN)
OF_THE_RULE = (*(change for change in Change if change not in SHIFTS), RULE_GONE_CHANGE)
RANKS: dict[str, int] = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}


@dataclass(frozen=True, slots=True)
class Pins:
    """Which samples one rule has behind it, as times in ms: each level runs on after the one that it names.

    critical_from_ms: the critical level runs on with this sample, itself included.
    """

    base_ms: int | None = None
    critical_ms: int | None = None
    critical_from_ms: int | None = None


def load_rules() -> list[RuleSpec]:
    """Every enabled rule that the sampler judges, as values."""
    return [
        rule for row in Rule.objects.filter(enabled=True, metric__in=CATALOGUE) if (rule := _workable(row))
    ]


def load_watched_rules() -> list[RuleSpec]:
    """Every enabled rule on the sampler's own silence, which another process judges."""
    rows = Rule.objects.filter(enabled=True, metric=SILENCE.name)
    return [rule for row in rows if (rule := _workable(row))]


def _workable(row: Rule) -> RuleSpec | None:
    """`row` as values; None where its numbers came past the admin and no alert could live with them: E028 tells."""
    return None if complaints(row) else spec(row)


def resume(host: Host, rules: Iterable[RuleSpec], new: Collection[RuleSpec] = ()) -> Evaluator:
    """Return an evaluator that stands where the stored samples and open alerts say it stood.

    `new` rules, made or edited just now, start waiting only now: no alert is dated before its rule.
    """
    rules = list(rules)
    rows = Alert.objects.filter(host=host, resolved_at=None, rule_id__isnull=False).exclude(
        metric=SILENCE.name
    )
    standing = {row.rule_id: row for row in rows if row.rule_id is not None}
    evaluator = Evaluator(
        rules,
        {rule_id: status_of(row) for rule_id, row in standing.items()},
        {rule.id: _critical_status(standing[rule.id], rule) for rule in rules if rule.id in standing},
    )
    tail = _tail(host, _horizon(rules))
    starts = {
        rule.id: _starts(tail, _pins(host, rule, standing.get(rule.id))) for rule in rules if rule not in new
    }
    for index, reading in enumerate(tail):
        evaluator.replay(
            reading,
            [rule_id for rule_id, (base, _) in starts.items() if index >= base],
            [rule_id for rule_id, (_, critical) in starts.items() if index >= critical],
        )
    return evaluator


def record(host: Host, outcome: Outcome) -> Alert | None:
    """Store one change; the caller holds the transaction of the sample that caused it.

    None where the alert is not in this database: its file was replaced while the alert stood.
    """
    at = moment(outcome.at_ms)
    if outcome.change is Change.FIRED:
        alert = _fire(host, outcome, at)
    else:
        rows = Alert.objects.filter(host=host, rule_id=outcome.rule.id, resolved_at=None)
        standing = rows.filter(metric=outcome.rule.metric).first()
        if standing is None:
            return None
        alert = standing
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


def status_of(alert: Alert) -> Status:
    """The status of an open alert as its row tells it; a recovery in progress starts its hold again."""
    return Status(
        state=State(alert.state),
        started_at_ms=at_ms(alert.started_at),
        seen_at_ms=at_ms(alert.last_seen_at),
        value=alert.value,
        peak=alert.peak,
    )


def _critical_status(alert: Alert, rule: RuleSpec) -> Status:
    """The critical level of an open alert as its row tells it."""
    if alert.severity != Severity.CRITICAL or rule.severity == Severity.CRITICAL:
        return Status()
    return Status(state=State.FIRING, seen_at_ms=at_ms(alert.last_seen_at))


def _pins(host: Host, rule: RuleSpec, standing: Alert | None) -> Pins:
    """What the newest alert of `rule` on `host` settles: what lies before it is done and must not be replayed."""
    newest = standing or Alert.objects.filter(host=host, rule_id=rule.id).order_by("-id").first()
    if newest is None:
        return Pins()
    rows = Transition.objects.filter(alert=newest).order_by("-id").values_list("change", "severity", "at")
    own = next((at_ms(at) for change, _, at in rows if change in OF_THE_RULE), None)
    if standing is None:
        return Pins(own, own)
    shift = next((at_ms(at) for change, severity, at in rows if _shifts(change, severity)), None)
    return Pins(own, shift, at_ms(newest.started_at) if shift is None else None)


def _shifts(change: str, severity: str) -> bool:
    """Whether a change tells where the critical level stood after it."""
    return change in SHIFTS or (change == Change.FIRED and severity == Severity.CRITICAL)


def _starts(tail: list[Reading], pins: Pins) -> tuple[int, int]:
    """The index in `tail` from which both levels run on; the order of storing counts, not the clock."""
    base = _after(tail, pins.base_ms)
    if pins.critical_from_ms is None:
        return base, _after(tail, pins.critical_ms)
    after = _after(tail, pins.critical_from_ms)
    inside = after > 0 and tail[after - 1].taken_at_ms == pins.critical_from_ms
    return base, after - 1 if inside else after


def _after(tail: list[Reading], ms: int | None) -> int:
    """The index of the first reading after the one that was taken at `ms`."""
    if ms is None:
        return 0
    for index in range(len(tail) - 1, -1, -1):
        if tail[index].taken_at_ms == ms:
            return index + 1
    return next((index for index, reading in enumerate(tail) if reading.taken_at_ms > ms), len(tail))


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
        critical_threshold=outcome.critical.threshold if outcome.critical else None,
        value=outcome.value,
        peak=outcome.status.peak if outcome.status.peak is not None else outcome.value,
        is_test=rule.metric != SILENCE.name and _during_load_test(host, rule, started, at),
    )


def _change(alert: Alert, outcome: Outcome, at: datetime) -> None:
    alert.value = outcome.value
    worst = outcome.condition.worst
    alert.peak = worst(alert.peak, outcome.status.peak if outcome.status.peak is not None else outcome.value)
    alert.severity = outcome.severity
    alert.worst_severity = max(alert.worst_severity, outcome.severity, key=RANKS.__getitem__)
    if outcome.change in ENDS:
        alert.state, alert.resolved_at = AlertState.RESOLVED, at
    elif outcome.change not in SHIFTS:
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


def _during_load_test(host: Host, rule: RuleSpec, started: datetime, fired: datetime) -> bool:
    """Whether a load test ran on `host` while the rule's window led up to this alert."""
    echo = started - timedelta(seconds=rule.window + TEST_ECHO_SECONDS)
    ran = Q(started_at__lte=fired) & (Q(ended_at=None) | Q(ended_at__gte=echo))
    return LoadTest.objects.filter(ran, host=host, started_at__isnull=False).exists()
