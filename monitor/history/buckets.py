"""Bucket queries: the database adds up samples and rollups, and says where data begin, end and lack.

Plain SQL for SQLite and PostgreSQL alike: over thousands of rows the ORM's converters cost more than the query.
Table and column names come from the models, values are parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import F, Window
from django.db.models.functions import Lag

from monitor.history.domain import steps, tiers
from monitor.history.domain.bucketing import Bucket, Gap
from monitor.history.domain.tiers import PARTS
from monitor.history.models import Sample, column
from monitor.history.rollups import TABLES
from monitor.hosts.models import Host
from monitor.metrics.catalogue import CATALOGUE

Found = dict[int, Bucket]
SAMPLES = Sample._meta.db_table
SINCE = "taken_at_ms - covered_ms"  # from when on a sample speaks
WEIGHT = f"CASE WHEN covered_ms > {tiers.LEAST_WEIGHT_MS} THEN covered_ms ELSE {tiers.LEAST_WEIGHT_MS} END"


def of_samples(host: Host, metrics: Sequence[str], start_ms: int, end_ms: int, width: int) -> Found:
    """The buckets of `width` seconds that hold samples of [start, end), by start.

    A value weighs the time that it speaks for, and LEAST_WEIGHT_MS where that is none, as in the tiers.
    """
    columns = [
        f"SUM({name} * {WEIGHT}), SUM({WEIGHT}) FILTER (WHERE {name} IS NOT NULL), MIN({name}), MAX({name})"
        for name in _checked(metrics)
    ]
    reach = f"MIN({SINCE}), MAX(taken_at_ms), SUM(covered_ms)"
    return _grouped(SAMPLES, "taken_at_ms", [reach, *columns], (host, start_ms, end_ms), width)


def of_rollups(
    host: Host, resolution: int, metrics: Sequence[str], start_ms: int, end_ms: int, width: int
) -> Found:
    """The same from a tier, whose buckets begin in [start, end); `width` is a multiple of its resolution."""
    columns = [_summed(name) for name in _checked(metrics)]
    table = TABLES[resolution]._meta.db_table
    length = resolution * 1000
    reach = f"MIN(start_ms), MAX(start_ms) + {length:d}, COUNT(*) * {length:d}"
    return _grouped(table, "start_ms", [reach, *columns], (host, start_ms, end_ms), width)


def means(
    host: Host, resolution: int, metrics: Sequence[str], start_ms: int, end_ms: int
) -> list[tuple[float | None, ...]]:
    """Start and weight (ms) of each bucket of a tier in [start, end), then each metric's mean and own weight.

    An own weight is None where it is that of the bucket.
    """
    columns = [f"{_mean(name)}, {column(name, 'weight')}" for name in _checked(metrics)]
    sql = (
        f"SELECT start_ms, weight, {', '.join(columns)} FROM {TABLES[resolution]._meta.db_table} "  # noqa: S608
        "WHERE host_id = %s AND start_ms >= %s AND start_ms < %s ORDER BY start_ms"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [host.pk, start_ms, end_ms])
        found: list[tuple[float | None, ...]] = cursor.fetchall()
    return found


def oldest(host: Host) -> dict[int, int | None]:
    """The time (ms) of the oldest row of each tier, 0 being the samples; None where it is empty."""
    found = _row(
        f"(SELECT MIN({time}) FROM {table} WHERE host_id = {host.pk:d})"  # noqa: S608
        for table, time in _tables((0, *tiers.RESOLUTIONS))
    )
    return dict(zip((0, *tiers.RESOLUTIONS), found, strict=True))


def around(host: Host, tier: int, start_ms: int, end_ms: int) -> tuple[int | None, int | None]:
    """The last time with data before `start_ms` and the first from `end_ms` on, by the samples and by a tier."""
    resolutions = sorted({0, tier})
    before = _row(
        f"(SELECT MAX({time}) FROM {table} WHERE host_id = {host.pk:d} AND {time} < {start_ms:d})"  # noqa: S608
        for table, time in _tables(resolutions)
    )
    after = _row(
        f"(SELECT {SINCE if table == SAMPLES else time} FROM {table} "  # noqa: S608
        f"WHERE host_id = {host.pk:d} AND {time} >= {end_ms:d} ORDER BY {time} LIMIT 1)"
        for table, time in _tables(resolutions)
    )
    ends = [
        min(at + resolution * 1000, start_ms)
        for at, resolution in zip(before, resolutions, strict=True)
        if at is not None
    ]
    return max(ends, default=None), min((at for at in after if at is not None), default=None)


def far_apart(host: Host, start_ms: int, end_ms: int, longest_step_ms: int) -> list[Gap]:
    """Neighbouring samples of [start, end] between which more than the longest step is spoken for by neither."""
    before = Window(Lag("taken_at_ms"), order_by=F("taken_at_ms").asc())
    span = Sample.objects.filter(host=host, taken_at_ms__gte=start_ms, taken_at_ms__lte=end_ms)
    far = span.annotate(before=before, since=F("taken_at_ms") - F("covered_ms"))
    found = far.filter(before__lt=F("since") - longest_step_ms).order_by("taken_at_ms")
    return list(found.values_list("before", "since"))


def _mean(metric: str) -> str:
    """The mean value of a metric in one bucket, null where it is unknown."""
    total, weight = column(metric, "total"), column(metric, "weight")
    return f"{total} / COALESCE({weight}, weight) / {steps.FACTORS[metric]!r}"


def _summed(metric: str) -> str:
    """Total (value x ms), weight (ms), low and high value of a metric, from the steps that a tier holds."""
    total, weight, low, high = (column(metric, part) for part in PARTS)
    factor = steps.FACTORS[metric]
    return (
        f"SUM({total}) / {factor!r}, SUM(COALESCE({weight}, weight)) FILTER (WHERE {total} IS NOT NULL), "
        f"MIN({low}) / {factor!r}, MAX({high}) / {factor!r}"
    )


def _grouped(table: str, time: str, columns: Sequence[str], span: tuple[Host, int, int], width: int) -> Found:
    """One query over the index of host and time; `columns` begin with the first three of a Bucket."""
    host, start_ms, end_ms = span
    sql = (
        f"SELECT {time} - {time} %% {width * 1000:d} AS bucket, {', '.join(columns)} FROM {table} "  # noqa: S608
        f"WHERE host_id = %s AND {time} >= %s AND {time} < %s GROUP BY 1 ORDER BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [host.pk, start_ms, end_ms])
        rows = cursor.fetchall()
    return {row[0]: Bucket(row[1], row[2], row[3], row[4:]) for row in rows}


def _row(expressions: Any) -> tuple[int | None, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(expressions)}")
        found: tuple[int | None, ...] = cursor.fetchone()
    return found


def _tables(resolutions: Sequence[int]) -> list[tuple[str, str]]:
    return [
        (TABLES[one]._meta.db_table, "start_ms") if one else (SAMPLES, "taken_at_ms") for one in resolutions
    ]


def _checked(metrics: Sequence[str]) -> Sequence[str]:
    """The names as they are, for they become SQL: only the catalogue's may."""
    return [CATALOGUE[name].name for name in metrics]
