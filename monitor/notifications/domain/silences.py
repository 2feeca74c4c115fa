"""Silences as values: which can be kept, whether one covers a rule on a host at a time, when the present quiet ends.

A weekly window is meant in local time. A beginning that a change of clocks skips is the moment of the change, and so
is an end; of a time that comes twice the first is a beginning and the second an end. So a window has no hole in it.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MOST_LINKS = 64  # windows that follow each other without a pause; a quiet with more has no end worth telling
DAY = timedelta(days=1)
LONGEST_SILENCE = timedelta(days=366)  # a year, were it a leap year


@dataclass(frozen=True, slots=True)
class Quiet:
    """One silence. rule_id, host_id: None is every one. ends_at: None is never. resumes_at: it rests until then.

    A weekly one has weekdays (0 is Monday) and local times in `zone`; until not later than begin means the next day.
    """

    starts_at: datetime
    ends_at: datetime | None = None
    rule_id: int | None = None
    host_id: int | None = None
    weekdays: frozenset[int] = frozenset()
    begin: time | None = None
    until: time | None = None
    zone: tzinfo = UTC
    resumes_at: datetime | None = None

    def concerns(self, rule_id: int | None, host_id: int) -> bool:
        """Whether it is about this rule on this host at all; rule_id is None where the rule was deleted."""
        return self.rule_id in (None, rule_id) and self.host_id in (None, host_id)

    def end_at(self, at: datetime) -> datetime | None:
        """When the stretch that `at` lies in ends; `at` itself where it lies in none, None where it never does."""
        if at < self.starts_at or (self.ends_at is not None and at >= self.ends_at):
            return at
        if self.resumes_at is not None and at < self.resumes_at:
            return at
        if not self.weekdays:
            return self.ends_at
        for begins, ends in self._windows(at):
            if begins <= at < ends:
                return ends if self.ends_at is None else min(ends, self.ends_at)
        return at

    def covers(self, at: datetime) -> bool:
        """Whether it is quiet at `at`."""
        return self.end_at(at) != at

    def _windows(self, at: datetime) -> Iterable[tuple[datetime, datetime]]:
        """The windows that may hold `at`: those that begin on its local day, or on the day before."""
        if self.begin is None or self.until is None:
            return
        today = at.astimezone(self.zone).date()
        for day in (today - DAY, today):
            if day.weekday() in self.weekdays:
                last = day if self.until > self.begin else day + DAY
                yield instant(day, self.begin, self.zone, 0), instant(last, self.until, self.zone, 1)


def covering(quiets: Iterable[Quiet], rule_id: int | None, host_id: int, at: datetime) -> list[Quiet]:
    """Those of `quiets` that hold back what this rule has to say of this host at `at`."""
    return [quiet for quiet in quiets if quiet.concerns(rule_id, host_id) and quiet.covers(at)]


def end_of_quiet(quiets: Iterable[Quiet], rule_id: int | None, host_id: int, at: datetime) -> datetime | None:
    """When it is quiet no more, `at` itself where it is not quiet then: silences that follow each other count as one.

    None is never.
    """
    concerned = [quiet for quiet in quiets if quiet.concerns(rule_id, host_id)]
    end: datetime = at
    for _ in range(MOST_LINKS):
        ends = [quiet.end_at(end) for quiet in concerned]
        if None in ends:
            return None
        latest = max((one for one in ends if one is not None), default=end)
        if latest == end:
            return end
        end = latest
    return None


def instant(day: date, at: time, zone: tzinfo, fold: int) -> datetime:
    """The moment of a local time in UTC: the first of two with fold 0, the second with 1; of none, that of the change."""
    wall = datetime.combine(day, at.replace(tzinfo=None))
    moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _change(wall, zone)


def _change(wall: datetime, zone: tzinfo) -> datetime:
    """When the clocks were put forward over `wall`, to the second."""
    candidates = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    early, late = min(candidates), max(candidates)
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return (late if late.microsecond == 0 else early + timedelta(seconds=1)).replace(microsecond=0)


def refusals(
    starts_at: datetime | None,
    ends_at: datetime | None,
    weekdays: str,
    begin: time | None,
    until: time | None,
    zone: str,
) -> dict[str, str]:
    """Why a silence with these fields could not be kept: a sentence by the name of the field; empty where it can."""
    errors = (
        _wrong_days(weekdays, begin, until) if weekdays else _wrong_once(starts_at, ends_at, begin, until)
    )
    if ends_at is not None and starts_at is not None and ends_at <= starts_at:
        errors["ends_at"] = "It would end before it begins."
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        errors["time_zone"] = f"There is no time zone {zone!r}; name one such as Europe/Berlin."
    return errors


def _wrong_days(weekdays: str, begin: time | None, until: time | None) -> dict[str, str]:
    errors = {}
    if not set(weekdays) <= set("0123456") or len(set(weekdays)) != len(weekdays):
        errors["weekdays"] = (
            f"Weekdays are digits from 0 (Monday) to 6 (Sunday), each once; this is {weekdays!r}."
        )
    if begin is None or until is None:
        errors["from_time"] = "A weekly silence needs a time at which it begins, and one at which it ends."
    return errors


def _wrong_once(
    starts_at: datetime | None, ends_at: datetime | None, begin: time | None, until: time | None
) -> dict[str, str]:
    if begin is not None or until is not None:
        return {"weekdays": "Choose the weekdays of these times, or leave the times empty."}
    if ends_at is None:
        return {"ends_at": "Say until when: only a weekly silence may go on for ever."}
    if starts_at is not None and ends_at - starts_at > LONGEST_SILENCE:
        return {"ends_at": "Give at most a year."}
    return {}
