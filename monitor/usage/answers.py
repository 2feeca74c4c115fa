"""Answers on usage as JSON takes them: who used a machine over a span of time, heaviest first."""

from __future__ import annotations

from typing import Literal, TypedDict

from monitor.usage.domain.kinds import By, Unit

AnswerKind = Literal["service", "container", "session", "program", "kernel", "loadmon", "others", "not_seen"]


class Total(TypedDict):
    """What the whole machine used over the span, as far as it is known: all consumers together.

    memory_bytes: the mean. waiting_seconds: of each consumer its own, so that it may be more than the span. Bytes read and
    written are null where nobody may know.
    """

    cpu_seconds: float
    memory_bytes: int
    read_bytes: int | None
    written_bytes: int | None
    waiting_seconds: float


class ConsumerUsage(TypedDict):
    """What one consumer used over the span; null is unknown: of `not_seen` nothing but its CPU time is known.

    share_percent: of the total, by what is asked for; null where that is nothing. highest: the most at one time, in the
    unit of the series (CPU and memory: at one look, else and of others and not_seen the mean of one bucket of
    tier_seconds), and highest_at when that bucket began; null where it used nothing. memory_bytes: the mean;
    memory_growth_bytes: of the last tenth of the span against the first, null where it is told by name in one of them only.
    processes: the most that lived at one look. series: one value a bucket in `unit`, null where nothing is known, 0 where
    it is not told by name.
    """

    name: str
    kind: AnswerKind
    user: str
    cpu_seconds: float | None
    share_percent: float | None
    highest: float | None
    highest_at: int | None
    memory_bytes: int | None
    memory_highest_bytes: int | None
    memory_growth_bytes: int | None
    read_bytes: int | None
    written_bytes: int | None
    waiting_seconds: float | None
    processes: int | None
    started: int | None
    ended: int | None
    series: list[float | None]


class UsageAnswer(TypedDict):
    """A span of time in buckets aligned to the epoch (`times` are their starts, ms), by one kind of use.

    consumers: heaviest first, then `others` and `not_seen`, which are always there. oldest_at: from when on usage is kept,
    null where none is. tier_seconds: the length of the rows that it was read from; all that touch the span count, whole.
    """

    host: str
    start: int
    end: int
    by: By
    unit: Unit
    resolution_seconds: int
    tier_seconds: int
    oldest_at: int | None
    times: list[int]
    total: Total
    consumers: list[ConsumerUsage]
