"""Watch for absent data: judges, from another process, what a sampler cannot say of itself: that it has fallen silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from monitor.alerts import recording, restoring
from monitor.alerts.domain.nodata import Arrivals, Looked, can_tell, sees_clearly, silent_seconds
from monitor.alerts.models import Alert
from monitor.alerts.recording import Recorder, Tell
from monitor.database.file import durable
from monitor.history import freshness
from monitor.hosts.models import Host
from monitor.live import publishing
from monitor.metrics.catalogue import NO_DATA
from monitor.metrics.reading import Reading
from monitor.metrics.times import at_ms
from monitor.rules import loading
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.spec import RuleSpec
from monitor.runtime.clock import boottime

WATCHED_SECONDS = 7 * 86_400.0
REFRESH_SECONDS = 10.0


class Watch:
    """Looks at every host that was sampled in the last week, or has an alert that stands; for the rules on
    `sampler_silent_seconds` alone."""

    def __init__(
        self,
        publish: Callable[[publishing.Event], Any],
        tell: Tell,
        clock: Callable[[], float] = boottime,
    ) -> None:
        self._publish = publish
        self._tell = tell
        self._clock = clock
        self._looked: Looked | None = None
        self._clear_since = 0.0
        self._evaluators: dict[int, Evaluator] = {}
        self._arrivals = Arrivals()
        self._refreshed_at = 0.0

    def look(self, now: datetime) -> bool:
        """Judge every host once, at `now`; return whether an alert changed."""
        before, looked = self._looked, Looked(at_ms(now) or 0, self._clock())
        if not sees_clearly(before, looked):
            self._clear_since = looked.boottime
        self._looked = looked
        covered = 0.0 if before is None else max(0.0, looked.boottime - before.boottime)
        rules = loading.load_watched_rules()
        changed = [
            *recording.end_unwatched(rules, now, self._tell),
            *recording.follow(rules, now, self._tell),
        ]
        for host in changed:
            self._publish(publishing.alerts_event(host.name))
        if not rules:
            return bool(changed)
        hosts = [host for host in Host.objects.all() if not host.is_synthetic]
        newest = freshness.newest_of(hosts)
        told = self._told()
        judged = []
        for host in hosts:
            found = newest.get(host.pk)
            if found is None or not (
                host.pk in told or (found.age(looked.wall_ms) or 0.0) <= WATCHED_SECONDS
            ):
                continue
            unheard = self._arrivals.unheard(host.pk, found.id, looked.boottime, told.get(host.pk, 0.0))
            value = self._silent(host, found.taken_at_ms, unheard, looked)
            reading = Reading(looked.wall_ms, covered, 0.0, {NO_DATA.name: value})
            judged.append(self._judge(host, rules, reading))
        if looked.boottime - self._refreshed_at >= REFRESH_SECONDS:
            self._refreshed_at = looked.boottime
            for host in hosts:
                if host.pk in self._evaluators:
                    self._recorder(host).refresh(self._evaluators[host.pk])
        return any(judged) or bool(changed)

    def _told(self) -> dict[int, float]:
        """The longest silence (s) on record in the alerts that stand, by host."""
        rows = Alert.objects.filter(metric=NO_DATA.name, resolved_at=None).order_by("value")
        return dict(rows.values_list("host_id", "value"))

    def _silent(self, host: Host, newest_ms: int, unheard: float, looked: Looked) -> float | None:
        """For how long `host` has been silent; None while nobody can tell."""
        if not can_tell(looked.boottime - self._clear_since, host.interval):
            return None
        stopped_ms = at_ms(host.sampler_stopped_at)
        return silent_seconds(looked.wall_ms, newest_ms, stopped_ms, host.interval, unheard)

    def _judge(self, host: Host, rules: list[RuleSpec], reading: Reading) -> bool:
        evaluator = self._evaluator(host, rules)
        outcomes = evaluator.evaluate(reading)
        if outcomes:
            self._evaluators.pop(host.pk)  # until the rows say so too, nothing has changed
            try:
                with durable(), transaction.atomic():
                    recorder = self._recorder(host)
                    for outcome in outcomes:
                        recorder.record(outcome)
            except IntegrityError:
                return False  # another notifier saw it first
            self._evaluators[host.pk] = evaluator
            self._publish(publishing.alerts_event(host.name))
        return bool(outcomes)

    def _recorder(self, host: Host) -> Recorder:
        return Recorder(host, tell=self._tell, is_test=_never)

    def _evaluator(self, host: Host, rules: list[RuleSpec]) -> Evaluator:
        """The one that stands where the rows say the host's alerts stand; another notifier may have changed them."""
        rows = Alert.objects.filter(host=host, metric=NO_DATA.name, resolved_at=None)
        standing = {row.rule_id: row for row in rows if row.rule_id is not None}
        known = self._evaluators.get(host.pk)
        if known is not None and list(known.rules) == rules:
            open_ones = {rule_id for rule_id, status in known.statuses.items() if status.is_open}
            if open_ones == set(standing):
                return known
        statuses = {rule_id: restoring.status_of(row) for rule_id, row in standing.items()}
        self._evaluators[host.pk] = Evaluator(rules, statuses)
        return self._evaluators[host.pk]


def _never(host: Host, metric: str, window: float, began: datetime, fired: datetime) -> bool:
    """No load test makes a sampler fall silent."""
    return False
