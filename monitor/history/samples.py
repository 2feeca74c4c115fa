"""Samples as they are stored: the newest, those after an id, a window of them, and the means of the page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from monitor.history import answers, arrivals
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.metrics.catalogue import NAMES
from monitor.metrics.reading import gap_between, longest_step
from monitor.metrics.windows import MEAN_METRICS, MEAN_SECONDS, Window

COLUMNS = ("id", "taken_at_ms", "covered_ms", *NAMES)


def latest(host: Host) -> answers.Sample | None:
    """The newest sample of `host`."""
    return latest_of([host]).get(host.pk)


def latest_of(hosts: Collection[Host]) -> dict[int, answers.Sample]:
    """The newest sample of each of `hosts` that has any, by the host's id."""
    return {host_id: sample(row) for host_id, row in arrivals.newest(hosts, COLUMNS).items()}


def samples_after(host: Host, after_id: int, limit: int) -> list[answers.Sample]:
    """Up to `limit` samples of `host` stored after the one with id `after_id`, oldest first."""
    return [sample(row) for row in arrivals.after(host, after_id, limit, COLUMNS)]


def newest_samples(host: Host, limit: int) -> list[answers.Sample]:
    """The last `limit` samples of `host` in the order of storing."""
    return [sample(row) for row in arrivals.last(host, limit, COLUMNS)]


def window(host: Host, since_ms: int, metrics: Sequence[str]) -> answers.Window:
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


def sample(row: Sequence[Any]) -> answers.Sample:
    """One sample from a tuple (id, taken_at_ms, covered_ms, *values in catalogue order)."""
    values = dict(zip(NAMES, row[3:], strict=True))
    return {"id": row[0], "at": row[1], "covered_ms": row[2], "values": values}
