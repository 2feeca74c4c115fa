"""JSON of hosts, samples and the status: shapes and schemas."""

from __future__ import annotations

from typing import Literal

from ninja import Schema

from monitor.hosts.models import Host as HostRow
from monitor.metrics.json import Shape
from monitor.metrics.times import at_ms
from monitor.rules.models import Rule
from monitor.web.alerts.schemas import Alert
from monitor.web.loadtests.schemas import LoadTest


class Sample(Schema):
    """One stored reading; null where a metric was not known."""

    id: int
    at: int
    covered_ms: int
    values: dict[str, float | None]


class Samples(Schema):
    """Samples, oldest first; next_after is null when there are no more."""

    host: str
    samples: list[Sample]
    next_after: int | None


class Sampler(Schema):
    """How the sampler fares, as far as the database tells; null is what only the sampler itself could tell."""

    state: str
    message: str
    waiting: int | None
    dropped: int | None
    failing: dict[str, str] | None
    lateness_ms: float | None
    last_sample_at: int | None


class Verdict(Schema):
    """The newest sample in one sentence."""

    tone: str
    text: str


class BusyProcess(Schema):
    """One process; its CPU is in percent of one core, `command` is there for staff only, and only where it is kept."""

    pid: int
    name: str
    unit: str | None
    user: str | None
    cpu_percent: float | None
    rss_bytes: int
    command: str | None = None


class WaitingProcess(Schema):
    """A process with tasks in uninterruptible sleep, and the kernel function that most of them wait in."""

    pid: int
    name: str
    unit: str | None
    user: str | None
    waits_in: str | None
    threads: int


class BusyGroup(Schema):
    """The processes of one systemd unit, container or user together."""

    name: str
    kind: Literal["unit", "container", "user"]
    cpu_percent: float | None
    rss_bytes: int
    processes: int
    blocked: int


class ShortLivedParent(Schema):
    """A process whose children came and went between two scans, and what they used."""

    pid: int
    name: str
    cpu_percent: float


class ShortLived(Schema):
    """Processes too short-lived to be seen themselves."""

    started_per_second: float | None
    cpu_percent: float | None
    by: list[ShortLivedParent]


Amounts = dict[str, float | None]


class Busy(Schema):
    """What keeps a host busy: an evidence document; null is unknown."""

    at: int
    seconds: float | None
    cores: float | None
    online_cores: int | None
    load1: float | None
    cpu: Amounts
    pressure: Amounts
    memory: Amounts
    disk: Amounts
    tasks: Amounts
    by_cpu: list[BusyProcess]
    by_memory: list[BusyProcess]
    blocked: list[WaitingProcess]
    groups: list[BusyGroup]
    short_lived: ShortLived
    throttled_percent: float | None
    truncated: bool


class Storage(Schema):
    """What is kept."""

    oldest_sample_at: int | None
    raw_hours: float
    database_bytes: int | None


class Status(Schema):
    """How one host is now."""

    version: str
    host: str
    sampler: Sampler
    open_alerts: list[Alert]
    load_test: LoadTest | None
    verdict: Verdict
    busy: Busy | None
    storage: Storage
    notifier_seen_at: int | None


class Host(Schema):
    """One host and its newest sample's time."""

    name: str
    cores: float | None
    cores_reason: str
    booted_at: int | None
    interval: float
    last_sample_at: int | None


class Hosts(Schema):
    """Every host by name."""

    hosts: list[Host]


def host(row: HostRow) -> Shape:
    """The facts of one host."""
    return {
        "name": row.name,
        "cores": row.effective_cores,
        "cores_reason": row.cores_reason,
        "booted_at": at_ms(row.booted_at),
        "interval": row.interval,
    }


def rule(row: Rule, cores: float | None, sentence: str) -> Shape:
    """One rule with absolute thresholds on a host of `cores` effective cores; None where cores are unknown."""
    judged = row.spec()
    known = bool(cores) or not row.per_core
    factor = judged.factor(cores or 1.0) if known else None
    critical = judged.critical_factor(cores or 1.0) if known else None
    return {
        "name": row.name,
        "metric": row.metric,
        "severity": row.severity,
        "comparison": row.comparison,
        "statistic": row.statistic,
        "window_seconds": row.window_seconds,
        "threshold": _times(row.threshold, factor),
        "clear": _times(row.clear_threshold, factor),
        "critical_threshold": _times(row.critical_threshold, critical),
        "critical_clear": _times(row.critical_clear_threshold, critical),
        "critical_metric": row.critical_metric,
        "sentence": sentence,
        "enabled": row.enabled,
    }


def _times(value: float | None, factor: float | None) -> float | None:
    return None if value is None or factor is None else value * factor
