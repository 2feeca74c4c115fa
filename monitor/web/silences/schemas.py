"""Schema of silences."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, TypedDict

from monitor.metrics.times import at_ms
from monitor.notifications.models import Silence as SilenceRow
from monitor.web.rows import From, MaybeTime, Time, Turned, of, username


def _clock(at: time | None) -> str | None:
    return f"{at:%H:%M}" if at else None


ClockTime = Annotated[str | None, Turned(_clock)]


class Silence(TypedDict):
    """A time in which messages are held back; rule and host null: every one.

    until_at: when the present quiet ends. resumes_at: a weekly one that was ended early holds nothing back before.
    """

    id: int
    rule: Annotated[str | None, From("rule.name")]
    host: Annotated[str | None, From("host.name")]
    starts_at: Time
    ends_at: MaybeTime
    weekdays: str
    from_time: ClockTime
    until_time: ClockTime
    time_zone: str
    resumes_at: MaybeTime
    maintenance: bool
    note: str
    created_by: Annotated[str | None, username("created_by")]
    is_active: bool
    until_at: int | None


class Silences(TypedDict):
    """The silences that are not over."""

    silences: list[Silence]


def silence(row: SilenceRow, is_active: bool, until: datetime | None) -> Silence:
    """One silence; its rule, host and maker must be selected with it. until: when the present quiet ends, None: never."""
    return of(Silence, row, is_active=is_active, until_at=at_ms(until) if is_active else None)
