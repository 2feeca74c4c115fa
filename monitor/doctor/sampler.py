"""The sampler: does it run, are its samples fresh, and does the clock make sense."""

from __future__ import annotations

import time

from django.conf import settings
from django.db import DatabaseError

from monitor.checks.database import file_problem
from monitor.doctor.finding import Examination, Finding, failure, ok, warning
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.metrics.quantities import span
from monitor.runtime import lock

FRESH_SECONDS = 5.0
FUTURE_SECONDS = 5.0
SANE_SINCE = 1_735_689_600  # 1 January 2025
START = "manage.py serve, or manage.py runsampler"


def samples_are_fresh() -> list[Finding]:
    """Whether a sampler holds the lock, and how old the newest sample is."""
    newest = newest_sample()
    if newest is None:
        return [warning("sampler", f"Nothing has been sampled as {settings.LOADMON_HOST_NAME!r} yet.", START)]
    path = lock.path_for(settings.LOADMON_DATA_DIR, settings.LOADMON_HOST_NAME)
    held, (at_ms, interval) = lock.is_held(path), newest
    age = time.time() - at_ms / 1000
    fresh = age <= max(FRESH_SECONDS, 3 * interval)
    if held and fresh:
        pid = lock.holder_of(path)
        text = f"Process {pid} samples every {interval:g} s; the newest sample is {span(age)} old."
        return [ok("sampler", text)]
    if held:
        text = f"Process {lock.holder_of(path)} runs, but the newest sample is {span(age)} old."
        return [failure("sampler", text, "Read its log: it says why it cannot store. Then start it again.")]
    if fresh:
        text = f"The newest sample is {span(age)} old, but no sampler of this data directory runs."
        return [warning("sampler", text, START)]
    return [warning("sampler", f"No sampler runs; the newest sample is {span(age)} old.", START)]


def the_clock_makes_sense() -> list[Finding]:
    """Neither in the past of this software nor behind its own samples."""
    now = time.time()
    remedy = "Set the clock, best by NTP (timedatectl set-ntp true)."
    if now < SANE_SINCE:
        return [failure("clock", f"The clock says {time.strftime('%Y-%m-%d', time.gmtime(now))}.", remedy)]
    newest = newest_sample()
    ahead = newest[0] / 1000 - now if newest else 0.0
    if ahead > FUTURE_SECONDS:
        text = f"The newest sample lies {span(ahead)} in the future: the clock was set back."
        return [warning("clock", text, f"{remedy} The charts are right again once that time has passed.")]
    return [ok("clock", f"It is {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(now))} UTC.")]


def newest_sample() -> tuple[int, float] | None:
    """When this host was last sampled (ms since the epoch) and its interval in seconds; None if never."""
    if file_problem():
        return None  # a query would make an empty database
    try:
        host = Host.objects.filter(name=settings.LOADMON_HOST_NAME).first()
        if host is None:
            return None
        samples = Sample.objects.filter(host=host).order_by("-taken_at_ms")
        at_ms = samples.values_list("taken_at_ms", flat=True).first()
    except DatabaseError:
        return None  # the database has its own lines
    return None if at_ms is None else (at_ms, host.interval)


EXAMINATIONS = (Examination("sampler", samples_are_fresh), Examination("clock", the_clock_makes_sense))
