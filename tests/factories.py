"""Hosts, samples, alerts and users for tests: each made by one short call, every value overridable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Permission

from monitor.alerts.models import Alert
from monitor.history.domain import steps
from monitor.history.domain.tiers import Row, Summary
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest, LoadTestState
from monitor.metrics.catalogue import NAMES
from monitor.metrics.times import moment
from monitor.notifications.models import Notification, Receiver
from monitor.rules.models import Rule

NOW_MS = 1_760_000_000_000
MONDAY_NOON = 1_790_000_000_000 - 1_790_000_000_000 % 86_400_000 + 43_200_000
"""2026-09-21."""
VALUES = {"cpu_percent": 20.0, "load1": 0.5, "load5": 0.4, "load15": 0.3, "cpu_effective_cores": 2.0}


def make_host(name: str = "db-01", **fields: Any) -> Host:
    """A host of two cores that is sampled every second."""
    defaults = {"interval": 1.0, "effective_cores": 2.0, "cores_reason": "2 of 2"}
    return Host.objects.create(name=name, **(defaults | fields))


def make_samples(
    host: Host, count: int, end_ms: int = NOW_MS, step_ms: int = 1000, **values: Any
) -> list[Sample]:
    """`count` samples, the last at `end_ms`; a list as a value gives one for each sample, oldest first."""
    rows = [
        Sample(
            host=host,
            taken_at_ms=end_ms - (count - 1 - index) * step_ms,
            **(
                {"covered_ms": step_ms}
                | VALUES
                | {name: _pick(value, index) for name, value in values.items()}
            ),
        )
        for index in range(count)
    ]
    return Sample.objects.bulk_create(rows, batch_size=500)


def bucket(resolution: int, **means: float | tuple[float, float, float]) -> Row:
    """A whole bucket of a tier: each metric's mean, or its (mean, low, high), for all the time of the bucket."""
    parts = {name: one if isinstance(one, tuple) else (one, one, one) for name, one in means.items()}
    return tuple(_summary(name, resolution * 1000, *parts[name]) if name in parts else None for name in NAMES)


def _summary(name: str, weight: int, mean: float, low: float, high: float) -> Summary:
    total, *extremes = (steps.count(name, one) for one in (mean * weight, low, high))
    return Summary(total, weight, *extremes)


def make_alert(host: Host, fired_ms: int = NOW_MS, resolved_ms: int | None = None, **fields: Any) -> Alert:
    """An alert of a rule of its own, open unless `resolved_ms` is given."""
    defaults = {
        "rule_name": "CPU",
        "metric": "cpu_percent",
        "severity": "warning",
        "state": "firing" if resolved_ms is None else "resolved",
        "started_at": moment(fired_ms) - timedelta(seconds=30),
        "fired_at": moment(fired_ms),
        "resolved_at": None if resolved_ms is None else moment(resolved_ms),
        "last_seen_at": moment(resolved_ms or fired_ms),
        "threshold": 75.0,
        "clear_threshold": 65.0,
        "value": 80.0,
        "peak": 90.0,
    }
    return Alert.objects.create(host=host, **(defaults | fields))


def make_rule(name: str = "Busy", **fields: Any) -> Rule:
    """A rule on CPU time."""
    defaults = {"metric": "cpu_percent", "threshold": 75.0, "clear_threshold": 65.0}
    return Rule.objects.create(name=name, **(defaults | fields))


def make_notification(
    alert: Alert, receiver: Receiver, state: str = "pending", **fields: Any
) -> Notification:
    """The message to one receiver that an alert fired."""
    defaults = {
        "key": f"{alert.pk}-{receiver.pk}-{state}-{Notification.objects.count()}",
        "receiver_name": receiver.name,
        "kind": "fired",
        "severity": alert.severity,
        "created_at": alert.fired_at,
        "next_attempt_at": alert.fired_at,
    }
    return Notification.objects.create(alert=alert, receiver=receiver, state=state, **(defaults | fields))


def make_load_test(
    host: Host, state: str = LoadTestState.RUNNING, started_ms: int | None = NOW_MS, **fields: Any
) -> LoadTest:
    """A load test of two minutes, running unless told otherwise."""
    started = None if started_ms is None else moment(started_ms)
    return LoadTest.objects.create(
        host=host, state=state, started_at=started, **({"seconds": 120, "workers": 2} | fields)
    )


def make_user(name: str = "ann", permissions: Sequence[str] = (), **fields: Any) -> AbstractUser:
    """An account with the password "secret" and the given permissions such as "run_loadtest"."""
    user = get_user_model().objects.create_user(name, password="secret", **fields)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=permissions, content_type__app_label="monitor")
    )
    return user


def _pick(value: Any, index: int) -> Any:
    return value[index] if isinstance(value, list) else value


def make_receiver(name: str = "ops", **fields: Any) -> Receiver:
    """A webhook of nobody, told of warnings and worse."""
    defaults = {"kind": "webhook", "address": "http://127.0.0.1:9/hook"}
    return Receiver.objects.create(name=name, **(defaults | fields))


def make_drill_receiver(name: str = "ops", rules: Sequence[Rule] = (), **fields: Any) -> Receiver:
    """A webhook that hears of everything, drills too."""
    receiver = make_receiver(name, **({"wants_drills": True, "minimum_severity": "info"} | fields))
    receiver.rules.set(rules)
    return receiver
