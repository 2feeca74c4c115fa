"""The shapes that the JSON API answers with, as OpenAPI tells them; a test holds the answers against them."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema

Numbers = list[float | None]


def link(name: str, operation: str, sentence: str, **parameters: str) -> dict[str, Any]:
    """What openapi_extra takes to say that an answer's values, such as "$response.body#/id", lead to an operation."""
    target = {"operationId": operation, "parameters": parameters, "description": sentence}
    return {"links": {name: target}}


class Error(Schema):
    """Every error: one sentence, and all of them."""

    ok: Literal[False]
    error: str
    errors: list[str]
    status: int


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


class Alert(Schema):
    """One episode of one rule on one host."""

    id: int
    host: str
    rule: str
    metric: str
    severity: str
    worst_severity: str
    comparison: Literal["above", "below"]
    statistic: str
    window_seconds: int
    state: str
    started_at: int
    fired_at: int
    resolved_at: int | None
    last_seen_at: int
    threshold: float
    clear: float
    critical_threshold: float | None
    value: float
    peak: float
    is_test: bool
    end_observed: bool
    explanation: str
    acknowledged_at: int | None
    acknowledged_by: str | None


class Transition(Schema):
    """One change of an alert: by the machine, with a value, or by a person."""

    at: int
    stored_at: int
    change: str
    value: float | None
    severity: str | None
    by: str | None
    note: str


class Evidence(Schema):
    """Who kept the machine busy at one moment: onset, peak or recovery."""

    moment: str
    at: int
    value: float
    sentence: str
    document: dict[str, Any]


class Attempt(Schema):
    """One try to deliver a message; the answer is null for readers without a login."""

    started_at: int
    duration_ms: int
    delivered: bool
    answer: str | None


class Notification(Schema):
    """One message to one receiver, and what became of it."""

    id: int
    receiver: str | None
    kind: str
    severity: str
    state: str
    reason: str
    created_at: int
    next_attempt_at: int | None
    settled_at: int | None
    attempts: list[Attempt]


class AlertDetail(Alert):
    """An alert with its changes and messages, oldest first, and its evidence."""

    transitions: list[Transition]
    evidence: list[Evidence]
    notifications: list[Notification]


class Alerts(Schema):
    """Alerts, newest first."""

    alerts: list[Alert]
    next_cursor: int | None


class LoadTest(Schema):
    """One load test; what stands from expects_alert to passed is that of a drill, and null or empty otherwise."""

    id: int
    host: str
    state: str
    requested_by: str | None
    requested_at: int
    started_at: int | None
    ends_at: int | None
    ended_at: int | None
    kind: str
    seconds: int
    workers: int
    expects_alert: bool
    rule: str | None
    promised_seconds: float | None
    receivers: list[str]
    alert: int | None
    seen_in_browser_at: int | None
    passed: bool | None
    report: str


class Series(Schema):
    """One metric, one entry a bucket, null where there are no data."""

    mean: Numbers
    low: Numbers
    high: Numbers


class Gap(Schema):
    """A time without data, and why."""

    start_at: int
    end_at: int
    kind: str
    note: str


class History(Schema):
    """A span of time in buckets aligned to the epoch; `times` are their starts, tier 0 is the samples themselves.

    `alerts` are the newest 500 of the span, `load_tests` the newest 200; `alerts_left_out` are older ones.
    """

    host: str
    start_at: int
    end_at: int
    resolution_seconds: int
    tier_seconds: int
    oldest_at: int | None
    times: list[int]
    series: dict[str, Series]
    gaps: list[Gap]
    alerts: list[Alert]
    alerts_left_out: int
    load_tests: list[LoadTest]


class BusyHours(Schema):
    """Mean load1 per core by weekday (Monday first) and hour of the day in a time zone; null where nothing is known."""

    host: str
    zone: str
    weeks: int
    start_at: int
    end_at: int
    cells: list[Numbers]


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
