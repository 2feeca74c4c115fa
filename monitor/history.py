"""The read side: what the page, the API and the live hub show of the stored samples, alerts and load tests.

Nothing here writes, and nothing belongs inside a transaction: there even a read takes SQLite's write lock.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from monitor import databasefile, episodes, hindrances, live, shapes, spans
from monitor.domain import history as domain
from monitor.domain import times
from monitor.domain.evaluating import MEAN_METRICS, MEAN_SECONDS
from monitor.domain.evidence import brief, without_commands
from monitor.domain.metrics import NAMES
from monitor.domain.quantities import span
from monitor.domain.reading import gap_between, longest_step
from monitor.domain.windows import Window
from monitor.evidence import busy_now
from monitor.models import Host, Sample
from monitor.shapes import Shape, at_ms

COLUMNS = ("id", "taken_at_ms", "covered_ms", *NAMES)
STARTING_SECONDS = 15.0
ONLY_TOLD = ("waiting", "dropped", "failing", "lateness_ms")
LIVE_SECONDS = 1200


class UnknownHost(LookupError):
    """No host of that name is stored; the message is a sentence."""


def find_host(name: str | None) -> Host:
    """The host called `name`; without a name this machine's own, or the only one there is."""
    if name:
        found = Host.objects.filter(name=name).first() if "\0" not in name and len(name) <= 100 else None
        if found is None:
            raise UnknownHost(f"There is no host {times.shown(name)}.{_choices()}")
        return found
    own = Host.objects.filter(name=settings.LOADMON_HOST_NAME).first()
    if own is not None:
        return own
    hosts = list(Host.objects.order_by("name")[:2])
    if len(hosts) == 1:
        return hosts[0]
    raise UnknownHost(f"Say which host.{_choices()}" if hosts else "No sampler has stored anything yet.")


def latest(host: Host) -> Shape | None:
    """The newest sample of `host`."""
    row = Sample.objects.as_stored(host).order_by("-pk").values_list(*COLUMNS).first()
    return None if row is None else shapes.sample(row)


def samples_after(host: Host, after_id: int, limit: int) -> list[Shape]:
    """Up to `limit` samples of `host` stored after the one with id `after_id`, oldest first."""
    new = Sample.objects.as_stored(host).filter(pk__gt=after_id)
    rows = new.order_by("pk").values_list(*COLUMNS)
    return [shapes.sample(row) for row in rows[:limit]]


def newest_samples(host: Host, limit: int) -> list[Shape]:
    """The last `limit` samples of `host`, oldest first."""
    rows = Sample.objects.as_stored(host).order_by("-pk").values_list(*COLUMNS)
    return [shapes.sample(row) for row in reversed(rows[:limit])]


def window(host: Host, since_ms: int, metrics: Sequence[str]) -> Shape:
    """Every sample of `host` from `since_ms` on as columns: ids, times, covered_ms, a list for each of `metrics`."""
    rows = Sample.objects.filter(host=host, taken_at_ms__gte=since_ms).order_by("taken_at_ms")
    columns = list(zip(*rows.values_list("id", "taken_at_ms", "covered_ms", *metrics), strict=True))
    ids, taken, covered, *values = columns or [() for _ in range(3 + len(metrics))]
    series = {name: list(column) for name, column in zip(metrics, values, strict=True)}
    return {"ids": list(ids), "times": list(taken), "covered_ms": list(covered), "series": series}


def means(host: Host, now_ms: int) -> dict[str, float | None]:
    """The 2-minute means of the page, rebuilt from the stored samples; None while they are unknown."""
    longest_ms = round(longest_step(host.interval) * 1000)
    since = now_ms - round(MEAN_SECONDS * 1000) - longest_ms
    rows = Sample.objects.filter(host=host, taken_at_ms__range=(since, now_ms)).order_by("taken_at_ms")
    windows = {name: Window(MEAN_SECONDS) for name in MEAN_METRICS}
    before: int | None = None
    for taken_at_ms, covered_ms, *values in rows.values_list("taken_at_ms", "covered_ms", *MEAN_METRICS):
        step = 0.0 if before is None else (taken_at_ms - before) / 1000
        gap = gap_between(step, covered_ms / 1000, host.interval)
        for name, value in zip(MEAN_METRICS, values, strict=True):
            windows[name].add(covered_ms / 1000, gap, value)
        before = taken_at_ms
    if before is not None and now_ms - before > longest_ms:
        for one in windows.values():
            one.add(0.0, (now_ms - before) / 1000, None)
    known = {name: one.mean() for name, one in windows.items()}
    return {name: None if mean is None else round(mean, 2) for name, mean in known.items()}


def alerts_frame(host: Host, now_ms: int | None = None) -> Shape:
    """The live frame with the open alerts, the newest ones, and how many fired in the last 24 hours."""
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    return {"type": "alerts", **episodes.standing(host, now_ms)}


def status_frame(host: Host, now_ms: int, sampler: dict[str, Any] | None) -> Shape:
    """The live frame with the host's facts and rules, its load test, how its sampler fares, the gaps of the live window,
    and what keeps messages back."""
    return {
        "type": "status",
        "at": now_ms,
        "host": shapes.host(host),
        "rules": episodes.rules(host),
        "sampler": sampler_state(host, now_ms, sampler),
        "busy": brief(without_commands(busy_now(host, now_ms))),
        "load_test": episodes.load_test(host, now_ms),
        "gaps": live_gaps(host, now_ms),
        **hindrances.facts(shapes.moment(now_ms)),
    }


def live_gaps(host: Host, now_ms: int) -> list[Shape]:
    """The gaps with a reason in the last 20 minutes of `host`, oldest first."""
    return spans.standing_gaps(host, now_ms - LIVE_SECONDS * 1000)


def sampler_state(host: Host, now_ms: int, told: dict[str, Any] | None = None) -> Shape:
    """How the sampler of `host` fares: what it `told` itself, unless its samples have stopped since.

    waiting, dropped, failing and lateness_ms are None where only the sampler could tell.
    """
    newest = newest_at(host)
    state, message = _stored_state(host, now_ms, newest)
    shape = {"state": state, "message": message} | dict.fromkeys(ONLY_TOLD)
    if told and (state == "running" or told.get("state") == "storing_failed"):
        shape |= {name: told[name] for name in shape if name in told}
    return {**shape, "last_sample_at": newest}


def verdict(
    sample: Shape | None,
    sampler: Shape,
    means: Mapping[str, float | None],
    busy: Mapping[str, Any] | None = None,
) -> Shape:
    """The sentence on the newest sample; once samples have stopped it says so, and judges no old one."""
    if sample is not None and sampler["state"] in ("running", "storing_failed"):
        return live.judged(sample["values"], means, busy)
    return {"tone": "unknown", "text": sampler["message"] or "Waiting for the first sample."}


def storage(host: Host) -> Shape:
    """How far back the samples of `host` go, for how long they are kept, how large the database is."""
    oldest = Sample.objects.filter(host=host).order_by("taken_at_ms").values_list("taken_at_ms", flat=True)
    return {
        "oldest_sample_at": oldest.first(),
        "raw_hours": settings.LOADMON_RAW_HOURS,
        "database_bytes": _database_bytes(),
    }


def newest_at(host: Host) -> int | None:
    """When the newest sample of `host` was taken."""
    rows = Sample.objects.as_stored(host).order_by("-pk")
    return rows.values_list("taken_at_ms", flat=True).first()


def is_fresh(host: Host, now_ms: int) -> bool:
    """Whether the newest sample of `host` is no older than three intervals, or five seconds."""
    newest = newest_at(host)
    return newest is not None and abs(now_ms - newest) <= longest_step(host.interval) * 1000


def between(
    host: Host, metrics: Sequence[str], start_ms: int, end_ms: int, points: int, now_ms: int
) -> Shape:
    """The history of `host` over [start, end) in at most `points` buckets, with the alerts and load tests in it."""
    alerts, left_out = episodes.alerts_between(host, start_ms, end_ms)
    return {
        **numbers(host, metrics, start_ms, end_ms, points, now_ms),
        "alerts": alerts,
        "alerts_left_out": left_out,
        "load_tests": episodes.load_tests_between(host, start_ms, end_ms),
    }


def numbers(
    host: Host, metrics: Sequence[str], start_ms: int, end_ms: int, points: int, now_ms: int
) -> Shape:
    """What was measured on `host` over [start, end) in at most `points` buckets aligned to the epoch.

    Buckets are whole: the first may begin before `start_ms`. What lies in the future is no gap.
    """
    found = spans.between(host, metrics, start_ms, end_ms, points, now_ms)
    return {
        "host": host.name,
        "start_at": start_ms,
        "end_at": end_ms,
        "resolution_seconds": found.plan.width,
        "tier_seconds": found.plan.tier,
        "oldest_at": found.plan.oldest_ms,
        "times": list(found.plan.starts),
        "series": {name: domain.columns(found.buckets, at) for at, name in enumerate(metrics)},
        "gaps": found.gaps,
    }


def is_settled(host: Host, span: Shape) -> bool:
    """Whether a span that `between` told can no longer change: its buckets are done, and what happened in it has ended."""
    end_ms = span["times"][-1] + span["resolution_seconds"] * 1000
    open_ones = [one for one in span["alerts"] if one["resolved_at"] is None]
    open_ones += [one for one in span["load_tests"] if one["ended_at"] is None]
    return not open_ones and spans.is_done(host, span["tier_seconds"], max(end_ms, span["end_at"]))


def hosts() -> list[Shape]:
    """Every host by name, with the time of its newest sample."""
    return [{**shapes.host(row), "last_sample_at": newest_at(row)} for row in Host.objects.order_by("name")]


def _stored_state(host: Host, now_ms: int, newest: int | None) -> tuple[str, str]:
    """The sampler's state as far as the database tells, with a sentence where it is not running."""
    if host.is_synthetic:
        return "stopped", "This is made-up history: nothing of it was measured."
    started, stopped = at_ms(host.sampler_started_at), at_ms(host.sampler_stopped_at)
    if stopped is not None and stopped >= (started or 0):
        return "stopped", "The sampler was stopped."
    if newest is not None and now_ms - newest <= longest_step(host.interval) * 1000:
        return "running", ""
    patience = max(STARTING_SECONDS, 2 * host.interval)  # the first sample comes after one interval
    if started is not None and now_ms - started < patience * 1000:
        return "starting", ""
    if newest is None:
        return "stopped", "No sample has been stored yet."
    age = span((now_ms - newest) / 1000)
    return "stopped", f"No sample for {age}: the sampler does not run, or cannot store."


def _database_bytes() -> int | None:
    """The size of the SQLite file with its write-ahead log; None for any other database."""
    if connection.vendor != "sqlite":
        return None
    file = databasefile.path()
    return sum(path.stat().st_size for path in (file, Path(f"{file}-wal")) if path.exists())


def _choices() -> str:
    names = list(Host.objects.order_by("name").values_list("name", flat=True)[:20])
    return f" Hosts: {', '.join(names)}." if names else " None is stored yet."
