"""Progress of a running load test: the alerts that fire and, in a drill, how far their message has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from monitor.alerts.models import Alert, AlertState
from monitor.loadtests import drills
from monitor.loadtests.domain.drill_verdict import Course, Verdict, is_decided, judge
from monitor.loadtests.domain.report import Fired, Watch
from monitor.loadtests.models import LoadTest
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Status


class Accepted(Protocol):
    """What one reading led to, as ingest tells it: alerts that changed, time.time() of commit and push."""

    @property
    def alerts(self) -> Sequence[Alert]: ...
    @property
    def stored_at(self) -> float: ...
    @property
    def pushed_at(self) -> float: ...


class Judged(Protocol):
    """Where the rules stand, by their ids."""

    @property
    def rules(self) -> Sequence[RuleSpec]: ...
    @property
    def statuses(self) -> Mapping[int, Status]: ...


class DrillProgress:
    """How far one drill has come, from the start of its workers to its verdict."""

    def __init__(self, test: LoadTest) -> None:
        self._test = test
        self._alert_id: int | None = None
        self._fired: Fired | None = None
        self._told = False

    def see(self, fired: Iterable[tuple[Alert, Fired]]) -> None:
        """Note alerts that fired; the first one of the expected rule counts."""
        for alert, values in fired:
            if self._fired is None and alert.rule_id is not None and alert.rule_id == self._test.rule_id:
                self._alert_id, self._fired = alert.pk, values

    def has_news(self) -> bool:
        """Whether the alert has fired and its row has just come to say so; to be stored before."""
        if self._alert_id is None or self._told:
            return False
        if Alert.objects.filter(pk=self._alert_id).exists():  # a row cannot name one that is gone
            LoadTest.objects.filter(pk=self._test.pk).update(alert=self._alert_id)
        self._told = True
        return True

    def verdict(self, watch: Watch, elapsed: float, now: datetime) -> Verdict | None:
        """The verdict once it is decided, `elapsed` seconds after the start; reads the database."""
        course = self._course(watch, now)
        return judge(course) if is_decided(course, elapsed) else None

    def _course(self, watch: Watch, now: datetime) -> Course:
        test, promised = self._test, self._test.promised_seconds or 0.0
        rule = test.rule
        name = rule.name if rule is not None else "The rule"
        if self._fired is None or self._alert_id is None:
            limit = _limit(test) if rule is not None and rule.metric.startswith("cpu_") else ""
            return Course(name, promised, missed=watch.missed(test.rule_id), limit=limit)
        seen, told, notifier = drills.follow(test, self._alert_id, now)
        return Course(name, promised, self._fired, seen=seen, deliveries=told, notifier=notifier)


def just_fired(stored: Accepted, began_at: datetime) -> Iterator[tuple[Alert, Fired]]:
    """The alerts that this reading made fire, as rows and as values of a test that began at `began_at`."""
    for alert in stored.alerts:
        if alert.state == AlertState.FIRING and alert.fired_at == alert.last_seen_at:
            yield alert, _fired(alert, stored, began_at)


def _fired(alert: Alert, stored: Accepted, began_at: datetime) -> Fired:
    read_at = alert.fired_at.timestamp()
    return Fired(
        rule_id=alert.rule_id,
        rule=alert.rule_name,
        metric=alert.metric,
        threshold=alert.threshold,
        crossed=(alert.started_at - began_at).total_seconds(),
        fired=(alert.fired_at - began_at).total_seconds(),
        stored=max(0.0, stored.stored_at - read_at) if stored.stored_at else None,
        pushed=max(0.0, stored.pushed_at - read_at) if stored.pushed_at else None,
    )


def _limit(test: LoadTest) -> str:
    """What keeps the workers from filling the machine; "" where nothing does."""
    reason = test.host.cores_reason
    return reason if reason.startswith(("container:", "affinity:")) else ""
