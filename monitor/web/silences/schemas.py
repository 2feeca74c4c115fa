"""What the JSON API answers about silences."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from monitor.metrics.json import Shape
from monitor.metrics.times import at_ms
from monitor.notifications.models import Silence as SilenceRow


class Silence(Schema):
    """A time in which messages are held back; rule and host null: every one.

    until_at: when the present quiet ends. resumes_at: a weekly one that was ended early holds nothing back before.
    """

    id: int
    rule: str | None
    host: str | None
    starts_at: int
    ends_at: int | None
    weekdays: str
    from_time: str | None
    until_time: str | None
    time_zone: str
    resumes_at: int | None
    maintenance: bool
    note: str
    created_by: str | None
    is_active: bool
    until_at: int | None


class Silences(Schema):
    """The silences that are not over."""

    silences: list[Silence]


def silence(row: SilenceRow, is_active: bool, until: datetime | None) -> Shape:
    """One silence; its rule, host and maker must be selected with it. until: when the present quiet ends, None: never."""
    return {
        "id": row.pk,
        "rule": row.rule.name if row.rule else None,
        "host": row.host.name if row.host else None,
        "starts_at": at_ms(row.starts_at),
        "ends_at": at_ms(row.ends_at),
        "weekdays": row.weekdays,
        "from_time": f"{row.from_time:%H:%M}" if row.from_time else None,
        "until_time": f"{row.until_time:%H:%M}" if row.until_time else None,
        "time_zone": row.time_zone,
        "resumes_at": at_ms(row.resumes_at),
        "maintenance": row.maintenance,
        "note": row.note,
        "created_by": row.created_by.get_username() if row.created_by else None,
        "is_active": is_active,
        "until_at": at_ms(until) if is_active else None,
    }
