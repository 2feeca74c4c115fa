"""Payload of a webhook: its JSON, as described by the schema in docs/notifications.md."""

from __future__ import annotations

from typing import TypedDict

from monitor.diagnosis.culprits import Culprit
from monitor.metrics.text import one_line
from monitor.metrics.times import at_ms
from monitor.notifications.messages.advice import advice
from monitor.notifications.messages.facts import Facts

VERSION = 1
LONGEST = 500
LONGEST_NAME = 80


class Payload(TypedDict):
    """Version 1 of the document; times are milliseconds since the epoch, what is unknown is null."""

    version: int
    type: str
    key: str
    told_at: int | None
    drill: bool
    subject: str
    text: str
    advice: str
    link: str
    host: str
    alert: AlertPart
    cores: float | None
    pressure: dict[str, float]
    culprits: list[CulpritPart]
    waiting: list[WaitingPart]


class AlertPart(TypedDict):
    """The alert that the message is about; changes: of a flapping rule; unseen: what it is of and is not measured."""

    id: int
    rule: str
    metric: str
    unit: str | None
    severity: str
    state: str
    comparison: str
    value: float | None
    peak: float | None
    threshold: float | None
    clear_threshold: float | None
    started_at: int | None
    fired_at: int | None
    resolved_at: int | None
    end_observed: bool
    acknowledged: bool
    changes: int
    unseen: str
    unseen_since: int | None


class CulpritPart(TypedDict):
    """A group of processes that kept the machine busy.

    how: by what they are told together: their name, "job", "home", or "started": they came and went, and the name is
    that of who started them. gone: none of them lived any more.
    """

    name: str
    processes: int
    how: str
    pids: list[int]
    gone: bool
    cpu_percent: float | None
    rss_bytes: float | None
    own_bytes: float | None
    unit: str


class WaitingPart(TypedDict):
    """Tasks that waited, and for what."""

    name: str
    tasks: int
    waits_in: str


def payload(facts: Facts, subject: str) -> Payload:
    """The document on `facts`."""
    return Payload(
        version=VERSION,
        type=f"alert.{facts.kind}",
        key=facts.key,
        told_at=at_ms(facts.told_at),
        drill=facts.is_drill,
        subject=subject,
        text=one_line(facts.explanation, LONGEST),
        advice=advice(facts),
        link=facts.link,
        host=one_line(facts.host, LONGEST_NAME),
        alert=_alert(facts),
        cores=facts.cores,
        pressure=dict(facts.pressure),
        culprits=[_culprit(one) for one in facts.culprits],
        waiting=[
            WaitingPart(
                name=one_line(one.name, LONGEST_NAME),
                tasks=one.tasks,
                waits_in=one_line(one.waits_in, LONGEST_NAME),
            )
            for one in facts.waiting
        ],
    )


def _alert(facts: Facts) -> AlertPart:
    return AlertPart(
        id=facts.alert_id,
        rule=one_line(facts.rule, LONGEST_NAME),
        metric=facts.metric,
        unit=None if facts.unit is None else str(facts.unit),
        severity=facts.severity,
        state=facts.state,
        comparison=facts.comparison,
        value=_rounded(facts.value),
        peak=_rounded(facts.peak),
        threshold=_rounded(facts.threshold),
        clear_threshold=_rounded(facts.clear_threshold),
        started_at=at_ms(facts.started_at),
        fired_at=at_ms(facts.fired_at),
        resolved_at=at_ms(facts.resolved_at),
        end_observed=facts.end_observed,
        acknowledged=facts.acknowledged,
        changes=facts.changes,
        unseen=one_line(facts.unseen, LONGEST),
        unseen_since=at_ms(facts.unseen_since),
    )


def _culprit(one: Culprit) -> CulpritPart:
    return CulpritPart(
        name=one_line(one.name, LONGEST_NAME),
        processes=one.count,
        how=str(one.how),
        pids=list(one.pids),
        gone=one.is_gone,
        cpu_percent=one.cpu_percent,
        rss_bytes=one.rss_bytes,
        own_bytes=one.own_bytes,
        unit=one_line(one.unit, LONGEST_NAME),
    )


def _rounded(value: float | None) -> float | None:
    """As it is shown, with two decimals: a threshold of 1.05 per core on 10 cores is 10.5, not 10.500000000000002."""
    return None if value is None else round(value, 2)
