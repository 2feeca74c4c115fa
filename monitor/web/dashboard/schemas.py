"""Schemas of hosts, rules, samples and the status."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from monitor.diagnosis.brief import Brief
from monitor.diagnosis.document import Document
from monitor.history.answers import Gap, Sample, Sampler, Storage
from monitor.hosts.models import Host as HostRow
from monitor.ingest.frames import Verdict
from monitor.notifications import health
from monitor.rules.models import Rule as RuleRow
from monitor.web.alerts.schemas import Alert
from monitor.web.loadtests.schemas import LoadTest
from monitor.web.rows import From, MaybeTime, of


class Samples(TypedDict):
    """Samples, oldest first; next_after is null when there are no more."""

    host: str
    samples: list[Sample]
    next_after: int | None


class Busy(Document):
    """What keeps a host busy: an evidence document; null is unknown."""


class Part(TypedDict):
    """A part of this installation that keeps ending; said: its last lines, null for all but staff."""

    name: str
    sentence: str
    said: list[str] | None


class BlindRule(TypedDict):
    """A rule that cannot be judged now, and why."""

    rule: str
    reason: str


class Status(TypedDict):
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
    parts: list[Part]
    blind: list[BlindRule]


class ToldAlert(Alert):
    """An alert with its condition and its kind of peak in words."""

    condition: str
    peak_word: str


class ShownAlert(ToldAlert):
    """An alert in words, and whether a silence holds its messages back now."""

    silenced: bool


class Standing(TypedDict):
    """The alerts of a host: the open ones, the newest ones, and how many fired in the last 24 hours."""

    open: list[ShownAlert]
    recent: list[ShownAlert]
    count_24h: int


class AlertsFrame(Standing):
    """The live frame of a host's alerts."""

    type: Literal["alerts"]


class LoadTestSpan(TypedDict):
    """When a load test ran."""

    started_at: int | None
    ended_at: int | None


class HostFacts(TypedDict):
    """The facts of one host; renamed_from is "" and renamed_at null where it never had another name."""

    name: str
    renamed_from: str
    renamed_at: MaybeTime
    cores: Annotated[float | None, From("effective_cores")]
    cores_reason: str
    memory_reason: str
    booted_at: MaybeTime
    interval: float


class Host(HostFacts):
    """One host and its newest sample's time."""

    last_sample_at: int | None


class Hosts(TypedDict):
    """Every host by name."""

    hosts: list[Host]


class Rule(TypedDict):
    """One rule with absolute thresholds on one host; null where its cores are not known."""

    name: str
    metric: str
    severity: str
    comparison: str
    statistic: str
    window_seconds: int
    threshold: float | None
    clear: float | None
    critical_threshold: float | None
    critical_clear: float | None
    critical_metric: str
    sentence: str
    enabled: bool


class StatusFrame(health.Facts):
    """The live frame of a host's facts and rules, its load test, its sampler, the gaps of the live window."""

    type: Literal["status"]
    at: int
    host: HostFacts
    rules: list[Rule]
    sampler: Sampler
    busy: Brief | None
    load_test: LoadTest | None
    gaps: list[Gap]
    stale_after_ms: int
    parts: list[Part]


def host(row: HostRow) -> HostFacts:
    """The facts of one host."""
    return of(HostFacts, row)


def rule(row: RuleRow, cores: float | None, sentence: str) -> Rule:
    """One rule with absolute thresholds on a host of `cores` effective cores; None where cores are unknown."""
    judged = row.spec()
    known = bool(cores) or not row.per_core
    factor = judged.factor(cores or 1.0) if known else None
    critical = judged.critical_factor(cores or 1.0) if known else None
    return of(
        Rule,
        row,
        threshold=_times(row.threshold, factor),
        clear=_times(row.clear_threshold, factor),
        critical_threshold=_times(row.critical_threshold, critical),
        critical_clear=_times(row.critical_clear_threshold, critical),
        sentence=sentence,
    )


def _times(value: float | None, factor: float | None) -> float | None:
    return None if value is None or factor is None else value * factor
