"""Silences as rows: which hold messages back now, and how people make and end them."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from monitor.database.alone import only_writer
from monitor.hosts.models import Host
from monitor.notifications.domain.silences import Quiet, covering, end_of_quiet
from monitor.notifications.models import Silence
from monitor.rules.models import Rule

MAINTENANCE = timedelta(hours=1)
MOST_SILENCES = 100
"""So many may stand at once: every message asks each of them, and so does every page."""


class TooMany(Exception):
    """The silence was not stored; the message is a sentence for whoever tried."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A silence that holds messages back now, and when that ends: None is never."""

    silence: Silence
    until: datetime | None


class Silences:
    """The silences that are not over at `now`: read once, and only if asked; asked often."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    @cached_property
    def _rows(self) -> list[Silence]:
        return list(not_over(self.now))

    @cached_property
    def _quiets(self) -> list[Quiet]:
        return [as_quiet(row) for row in self._rows]

    def standing(self) -> list[Standing]:
        """Those that hold something back now."""
        pairs = zip(self._rows, self._quiets, strict=True)
        return [Standing(row, quiet.end_at(self.now)) for row, quiet in pairs if quiet.covers(self.now)]

    def is_quiet(self, rule_id: int | None, host_id: int) -> bool:
        """Whether messages of this rule on this host are held back now."""
        return bool(covering(self._quiets, rule_id, host_id, self.now))

    def reason(self, rule_id: int | None, host_id: int) -> str:
        """Why it is quiet, and until when, in a sentence; "" where it is not."""
        quiets = covering(self._quiets, rule_id, host_id, self.now)
        rows = [row for row, quiet in zip(self._rows, self._quiets, strict=True) if quiet in quiets]
        if not rows:
            return ""
        end = end_of_quiet(self._quiets, rule_id, host_id, self.now)
        until = f" until {end:%Y-%m-%d %H:%M} UTC" if end else ""
        note = next((f": {row.note}" for row in rows if row.note), "")
        what = "Maintenance" if any(row.maintenance for row in rows) else "A silence"
        return f"{what} holds it back{until}{note}"[:300]


def in_the_past(reason: str, now: datetime) -> str:
    """What Silences.reason said, once it is over at `now`."""
    head, _, note = reason.partition(": ")
    what = head.partition(" holds it back")[0]
    told = f"{what} held it back until {now:%Y-%m-%d %H:%M:%S} UTC"
    return (f"{told}: {note}" if note else told)[:300]


def not_over(now: datetime) -> QuerySet[Silence]:
    """Every silence that holds messages back at `now` or may later, those that began last first."""
    return Silence.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now)).select_related(
        "rule", "host", "created_by"
    )


def standing(now: datetime) -> list[Standing]:
    """The silences that hold messages back at `now`: what the page's notice tells."""
    return Silences(now).standing()


def create(
    by: User | None,
    now: datetime,
    *,
    rule: Rule | None = None,
    host: Host | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    weekdays: str = "",
    from_time: time | None = None,
    until_time: time | None = None,
    time_zone: str = "UTC",
    note: str = "",
) -> Silence:
    """Store a silence, from `now` on unless told otherwise; raise ValidationError with sentences by field."""
    silence = Silence(
        rule=rule, host=host, starts_at=starts_at or now, ends_at=ends_at, weekdays=weekdays,
        from_time=from_time, until_time=until_time, time_zone=time_zone, note=note, created_by=by,
    )  # fmt: skip
    silence.full_clean()
    store(silence, now)
    return silence


def store(silence: Silence, now: datetime) -> None:
    """Store a silence, new or changed; raise TooMany where so many others stand that there is no room for it."""
    with only_writer(Silence):
        is_over = silence.ends_at is not None and silence.ends_at <= now
        if not is_over and not_over(now).exclude(pk=silence.pk).count() >= MOST_SILENCES:
            raise TooMany(
                f"There are {MOST_SILENCES} silences already that are not over: end one of them first."
            )
        silence.save()


def end(silence: Silence, now: datetime) -> bool:
    """End `silence` at `now`, a weekly one for this time only; return whether there was anything to end.

    One that has not begun yet is forgotten.
    """
    if silence.weekdays:
        return _rest(silence, now)
    if silence.starts_at >= now:
        silence.delete()
        silence.ends_at = now
        return True
    if silence.ends_at is not None and silence.ends_at <= now:
        return False
    silence.ends_at = now
    silence.save(update_fields=["ends_at"])
    return True


def _rest(silence: Silence, now: datetime) -> bool:
    """Let a weekly silence rest until the window that holds `now` is over."""
    quiet = as_quiet(silence)
    if not quiet.covers(now):
        return False
    silence.resumes_at = quiet.end_at(now)
    silence.save(update_fields=["resumes_at"])
    return True


def start_maintenance(
    by: User | None, now: datetime, lasting: timedelta = MAINTENANCE, note: str = ""
) -> Silence:
    """Hold back every message for `lasting`; one that stands already lasts from now on as long as this one would."""
    with only_writer(Silence):
        standing = Silence.objects.filter(maintenance=True, starts_at__lte=now, ends_at__gt=now).first()
        silence = standing or Silence(starts_at=now, maintenance=True, created_by=by)
        silence.ends_at, silence.note = now + lasting, note or silence.note
        silence.full_clean()
        store(silence, now)
    return silence


def as_quiet(row: Silence) -> Quiet:
    """A silence as a value; a time zone that this machine does not know any more is UTC."""
    try:
        zone = zoneinfo.ZoneInfo(row.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        zone = zoneinfo.ZoneInfo("UTC")
    return Quiet(
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        rule_id=row.rule_id,
        host_id=row.host_id,
        weekdays=frozenset(int(day) for day in row.weekdays if day.isdecimal()),
        begin=row.from_time,
        until=row.until_time,
        zone=zone,
        resumes_at=row.resumes_at,
    )
