"""Overload in the tiers: the database itself tells the runs of it, where anything is known, and the holes in that.

A row is overloaded by the load where its highest load1 is at least its fewest cores; by a mean of two minutes, or of the
bucket where that is longer, where that reaches the limit of its metric (`overloads_at` in the catalogue).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from monitor.history.buckets import SAMPLES, SINCE
from monitor.history.domain import steps
from monitor.history.domain.episodes import HOLD_MS, Episode, Found, Worst
from monitor.history.models import column
from monitor.history.rollups import TABLES
from monitor.hosts.models import Host
from monitor.metrics.catalogue import CATALOGUE
from monitor.metrics.windows import LEAST_COVERAGE, MEAN_SECONDS

LOAD, CORES, CPU = "load1", "cpu_effective_cores", "cpu_percent"
LIMITS = {name: one.overloads_at for name, one in CATALOGUE.items() if one.overloads_at is not None}
MEANS = tuple(name for name in LIMITS if name != LOAD)
LEAST_MS = round(LEAST_COVERAGE * MEAN_SECONDS * 1000)


@dataclass(frozen=True, slots=True)
class _Rows:
    """A table of samples or of buckets in SQL: when a row begins and ends, what it weighs, and parts of a metric."""

    table: str
    time: str
    length_ms: int

    @property
    def since(self) -> str:
        return self.time if self.length_ms else SINCE

    @property
    def until(self) -> str:
        return f"{self.time} + {self.length_ms:d}"

    @property
    def ms(self) -> str:
        """For how long a row speaks."""
        return "weight" if self.length_ms else "covered_ms"

    def extreme(self, metric: str, part: str) -> str:
        """The low or high value."""
        return f"{column(metric, part)} / {steps.FACTORS[metric]!r}" if self.length_ms else metric

    def total(self, metric: str) -> str:
        """Value x ms."""
        if self.length_ms:
            return f"{column(metric, 'total')} / {steps.FACTORS[metric]!r}"
        return f"{metric} * covered_ms"

    def weight(self, metric: str) -> str:
        """The ms that the total speaks for; null where the metric is unknown."""
        own = f"COALESCE({column(metric, 'weight')}, weight)" if self.length_ms else "covered_ms"
        return f"CASE WHEN {self.extreme(metric, 'low')} IS NOT NULL THEN {own} END"

    @property
    def is_judged(self) -> str:
        """Whether a row tells enough to be judged, as for the verdict: the cores, and the load or the CPU."""
        cores = self.extreme(CORES, "low")
        return f"{cores} > 0 AND ({self.extreme(LOAD, 'low')} IS NOT NULL OR {self.extreme(CPU, 'low')} IS NOT NULL)"


def found(host: Host, resolution: int, start_ms: int, end_ms: int, longest_ms: int) -> Found:
    """What one tier (0: the samples) tells of [start, end), whose rows it has read."""
    table = TABLES[resolution]._meta.db_table if resolution else SAMPLES
    rows = _Rows(table, "start_ms" if resolution else "taken_at_ms", resolution * 1000)
    which = f"FROM {table} WHERE host_id = {host.pk:d} AND {rows.time} >= {start_ms:d} AND {rows.time} < {end_ms:d}"
    known = _known(rows, which)
    if known is None:
        return Found(longest_ms)
    return Found(
        longest_ms,
        [*_by_load(rows, which, resolution, longest_ms), *_by_means(rows, which, resolution, longest_ms)],
        [known],
        _holes(rows, which, longest_ms),
        _thin(rows, which, longest_ms) if resolution else [],
    )


def _by_load(rows: _Rows, which: str, resolution: int, longest_ms: int) -> list[Episode]:
    """The runs of rows whose load reached the cores."""
    high, low, share = rows.extreme(LOAD, "high"), rows.extreme(LOAD, "low"), LIMITS[LOAD]
    fewest = f"{share!r} * {rows.extreme(CORES, 'low')}"
    most = f"{share!r} * {rows.extreme(CORES, 'high')}"
    mean = f"({rows.total(LOAD)}) / ({rows.weight(LOAD)})"
    certain = (
        f"CASE WHEN {low} >= {most} THEN {rows.ms} "
        f"WHEN {mean} > {most} THEN {rows.ms} * ({mean} - {most}) / ({high} - {most}) ELSE 0 END"
    )  # at most so much of a bucket can lie below its cores, for what is above is no higher than its peak
    inner = (
        f"SELECT {rows.since} AS since, {rows.until} AS until, {high} AS high, {fewest} AS cores, {certain} AS certain "
        f"{which} AND {fewest} > 0 AND {high} >= {fewest}"
    )
    told = _runs(inner, "MAX(high), MIN(cores), SUM(certain)", longest_ms)
    return [
        Episode(since, until, resolution, {LOAD: Worst(worst, cores)}, least_by_load_ms=round(least))
        for since, until, worst, cores, least in told
    ]


def _by_means(rows: _Rows, which: str, resolution: int, longest_ms: int) -> list[Episode]:
    """The runs of two minutes, or of longer buckets, in which a mean reached its limit."""
    width = max(round(MEAN_SECONDS * 1000), rows.length_ms)
    means = [
        f"CASE WHEN SUM({rows.weight(name)}) >= {LEAST_MS:d} THEN SUM({rows.total(name)}) / SUM({rows.weight(name)}) END"
        for name in MEANS
    ]
    columns = ", ".join(f"{mean} AS {name}" for mean, name in zip(means, MEANS, strict=True))
    groups = (
        f"SELECT MIN({rows.since}) AS since, MAX({rows.until}) AS until, SUM({rows.ms}) AS certain, {columns} "
        f"{which} AND {rows.extreme(CORES, 'low')} > 0 GROUP BY {rows.time} - {rows.time} %% {width:d}"
    )
    over = {name: f"{name} >= {LIMITS[name]!r}" for name in MEANS}
    inner = f"SELECT * FROM ({groups}) AS grouped WHERE {' OR '.join(over.values())}"  # noqa: S608
    worst = ", ".join(f"MAX({name}) FILTER (WHERE {over[name]})" for name in MEANS)
    return [
        Episode(since, until, resolution, _worst(values), least_by_means_ms=least)
        for since, until, least, *values in _runs(inner, f"SUM(certain), {worst}", longest_ms)
    ]


def _worst(values: list[float | None]) -> dict[str, Worst]:
    return {
        name: Worst(round(value, 6), LIMITS[name])
        for name, value in zip(MEANS, values, strict=True)
        if value is not None
    }


def _runs(inner: str, told: str, longest_ms: int) -> list[Any]:
    """Since and until of each run of the rows that `inner` selects, and what else is told of it, oldest first."""
    apart = min(longest_ms, HOLD_MS)
    return _all(
        f"WITH picked AS ({inner}), beside AS (SELECT *, LAG(until) OVER (ORDER BY until) AS before FROM picked), "  # noqa: S608
        f"numbered AS (SELECT *, SUM(CASE WHEN since - before < {apart:d} THEN 0 ELSE 1 END) "
        f"OVER (ORDER BY until ROWS UNBOUNDED PRECEDING) AS run FROM beside) "
        f"SELECT MIN(since), MAX(until), {told} FROM numbered GROUP BY run ORDER BY 1"
    )


def _known(rows: _Rows, which: str) -> tuple[int, int] | None:
    """When the first row that can be judged begins, and the last one ends."""
    judged = f"{which} AND {rows.is_judged} ORDER BY {rows.time}"
    first = _all(f"SELECT {rows.since} {judged} LIMIT 1")
    last = _all(f"SELECT {rows.until} {judged} DESC LIMIT 1")
    return (first[0][0], last[0][0]) if first else None


def _holes(rows: _Rows, which: str, longest_ms: int) -> list[tuple[int, int]]:
    """Between which rows that can be judged more lies than two readings may be apart."""
    return _all(
        f"SELECT before, since FROM (SELECT {rows.since} AS since, LAG({rows.until}) OVER (ORDER BY {rows.time}) AS before "  # noqa: S608
        f"{which} AND {rows.is_judged}) AS beside WHERE since - before > {longest_ms:d} ORDER BY 1"
    )


def _thin(rows: _Rows, which: str, longest_ms: int) -> list[tuple[int, int, int]]:
    """The buckets in which more lacks than that, and how much."""
    lacking = f"{rows.length_ms:d} - weight"
    return _all(
        f"SELECT {rows.time}, {rows.until}, {lacking} {which} AND {lacking} > {longest_ms:d} ORDER BY 1"
    )


def _all(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [])
        rows: list[Any] = cursor.fetchall()
    return rows
