"""Restoration of rule states: where they stood when the last sampler stopped, from stored samples and open alerts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from monitor.alerts.models import Alert, Change, Transition
from monitor.history import samples
from monitor.history.models import Gap
from monitor.hosts.models import Host
from monitor.metrics.catalogue import NO_DATA
from monitor.metrics.gaps import Kind
from monitor.metrics.reading import Reading, gap_between
from monitor.metrics.times import at_ms
from monitor.rules.domain import states
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import State, Status
from monitor.rules.models import Severity

LONGEST_REPLAY_SECONDS = 2 * 3600
MOST_GAPS = 1000
SHIFTS = frozenset({Change.ESCALATED, Change.STEPPED_DOWN})
OF_SIGHT = frozenset({Change.UNSEEN, Change.SEEN_AGAIN})
OF_THE_RULE = {*map(Change, states.Change), Change.RULE_GONE, Change.ENDED} - SHIFTS - OF_SIGHT


@dataclass(frozen=True, slots=True)
class Pins:
    """Which samples one rule has behind it, as times in ms: each level runs on after the one that it names.

    critical_from_ms: the critical level runs on with this sample, itself included.
    """

    base_ms: int | None = None
    critical_ms: int | None = None
    critical_from_ms: int | None = None


def restore(host: Host, rules: Iterable[RuleSpec], new: Collection[RuleSpec] = ()) -> Evaluator:
    """Return an evaluator that stands where the stored samples and open alerts say it stood.

    `new` rules, made or edited just now, start waiting only now: no alert is dated before its rule.
    """
    rules = list(rules)
    rows = Alert.objects.filter(host=host, resolved_at=None, rule_id__isnull=False).exclude(
        metric=NO_DATA.name
    )
    standing = {row.rule_id: row for row in rows if row.rule_id is not None}
    evaluator = Evaluator(
        rules,
        {rule_id: status_of(row) for rule_id, row in standing.items()},
        {rule.id: _critical_status(standing[rule.id], rule) for rule in rules if rule.id in standing},
        {rule_id: row.members for rule_id, row in standing.items()},
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
    longest = max((rule.window_seconds + rule.for_seconds + rule.hold_seconds for rule in rules), default=0.0)
    return min(longest + 120.0, LONGEST_REPLAY_SECONDS)


def _tail(host: Host, seconds: float) -> list[Reading]:
    """The last `seconds` of stored readings in the order of storing, which the clock cannot change.

    Where the clock was set between two readings the stored gaps tell how much time passed unseen, not the clock.
    """
    most = int(seconds / host.interval) + 1
    stored = samples.newest_samples(host, most)
    stepped, unseen = _gaps(host)
    readings: list[Reading] = []
    before: int | None = None
    for row in stored:
        taken_at_ms, covered = row["at"], row["covered_ms"] / 1000
        if before is None:
            gap = 0.0
        elif taken_at_ms in stepped:
            gap = unseen.get(before, 0.0)
        else:
            gap = gap_between((taken_at_ms - before) / 1000, covered, host.interval)
        readings.append(Reading(taken_at_ms, covered, gap, row["values"]))
        before = taken_at_ms
    return readings


def _gaps(host: Host) -> tuple[frozenset[int], dict[int, float]]:
    """Where the clock was set (times of the readings after it), and the seconds of each other gap by its start."""
    recent = (
        Gap.objects.filter(host=host).order_by("-id")[:MOST_GAPS].values_list("kind", "start_ms", "end_ms")
    )
    stepped = frozenset(end for kind, _, end in recent if kind == Kind.CLOCK_STEPPED)
    unseen = {start: (end - start) / 1000 for kind, start, end in recent if kind != Kind.CLOCK_STEPPED}
    return stepped, unseen
