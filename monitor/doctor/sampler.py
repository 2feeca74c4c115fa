"""Examination of the sampler: does it run, are its samples fresh, and does the clock make sense."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Max

from monitor.checks.database import file_problem
from monitor.doctor.finding import Examination, Finding, failure, ok, warning
from monitor.history import freshness
from monitor.history.domain.age import age
from monitor.history.models import Sample
from monitor.hosts import lookup
from monitor.hosts.models import Host
from monitor.metrics.quantities import span
from monitor.runtime import clock, lock

SANE_SINCE = 1_735_689_600  # 1 January 2025
Found = TypeVar("Found")
START = "manage.py serve, or manage.py runsampler"
COPY = "On the copy: rm /etc/machine-id, then systemd-machine-id-setup, and start its sampler again."


def samples_are_fresh() -> list[Finding]:
    """Whether a sampler holds the lock, and how old the newest sample is."""
    newest = read_own(freshness.newest)
    if newest is None:
        return [warning("sampler", f"Nothing has been sampled as {settings.LOADMON_HOST_NAME!r} yet.", START)]
    path = lock.path_for(settings.LOADMON_DATA_DIR, settings.LOADMON_HOST_NAME)
    held, now_ms = lock.is_held(path), clock.now_ms()
    known, fresh = newest.age(now_ms), newest.is_fresh(now_ms)
    told = _ahead(newest.ahead(now_ms)) if known is None else f"{span(known)} old"
    if held and fresh:
        pid = lock.holder_of(path)
        text = f"Process {pid} samples every {newest.interval:g} s; the newest sample is {told}."
        return [ok("sampler", text)]
    if held:
        text = f"Process {lock.holder_of(path)} runs, but the newest sample is {told}."
        return [failure("sampler", text, "Read its log: it says why it cannot store. Then start it again.")]
    if fresh:
        text = f"The newest sample is {told}, but no sampler of this data directory runs."
        return [warning("sampler", text, START)]
    return [warning("sampler", f"No sampler runs; the newest sample is {told}.", START)]


def _ahead(seconds: float) -> str:
    return f"of a time {span(seconds)} ahead of the clock, so that its age is not known"


def the_host_is_who_it_was() -> list[Finding]:
    """Whether the host had another name, and whether others bear its machine id."""
    return read_own(_identity) or []


def _identity(host: Host) -> list[Finding]:
    found = []
    if host.renamed_from and host.renamed_at is not None:
        text = (
            f'"{host.name}" was called "{host.renamed_from}" until {host.renamed_at:%Y-%m-%d %H:%M:%S} UTC.'
        )
        found.append(ok("host", f"{text} It is the same machine, with its history."))
    same = (
        list(Host.objects.filter(machine_id=host.machine_id).exclude(pk=host.pk)) if host.machine_id else []
    )
    newest, now_ms = freshness.newest_of(same), clock.now_ms()
    for other in same:
        last = newest.get(other.pk)
        is_alive = last is not None and last.is_fresh(now_ms) and other.sampler_stopped_at is None
        if is_alive and other.boot_id != host.boot_id:
            text = f'"{other.name}" has the machine id of "{host.name}" and booted by itself: one is a copy of the other.'
            found.append(warning("host", text, COPY))
        elif not is_alive:
            text = f'"{other.name}" has the machine id of "{host.name}", and a history of its own: they are kept apart.'
            found.append(ok("host", text))
    return found


def the_clock_makes_sense() -> list[Finding]:
    """Neither in the past of this software nor behind its own samples."""
    now = time.time()
    remedy = "Set the clock, best by NTP (timedatectl set-ntp true)."
    if now < SANE_SINCE:
        return [failure("clock", f"The clock says {time.strftime('%Y-%m-%d', time.gmtime(now))}.", remedy)]
    latest_ms = read_own(_latest_ms)
    if latest_ms is not None and age(latest_ms, round(now * 1000)) is None:
        text = f"Samples lie up to {span(latest_ms / 1000 - now)} in the future: the clock was set back."
        return [warning("clock", text, f"{remedy} The charts are right again once that time has passed.")]
    return [ok("clock", f"It is {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(now))} UTC.")]


def read_own(question: Callable[[Host], Found | None]) -> Found | None:
    """The answer for this host; None where there is no such host, or the database cannot be asked."""
    if file_problem():
        return None  # a query would make an empty database
    try:
        host = lookup.own()
        return None if host is None else question(host)
    except DatabaseError:
        return None  # the database has its own lines


def _latest_ms(host: Host) -> int | None:
    """The time of the sample that lies furthest in the future, by the clock that there was."""
    latest: int | None = Sample.objects.filter(host=host).aggregate(at=Max("taken_at_ms"))["at"]
    return latest


EXAMINATIONS = (
    Examination("sampler", samples_are_fresh),
    Examination("host", the_host_is_who_it_was),
    Examination("clock", the_clock_makes_sense),
)
