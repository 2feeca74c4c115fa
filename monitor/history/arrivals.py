"""Arrivals: a host's samples in the order of storing, which no clock can change, found without reading other hosts' rows.

Two ways lead there, both bounded. First a few rows of the table, by its primary key: there lies what a host that is
sampled now has stored last. Else the host's own entries in the index of host and time, which hold the ids too: a host that
never was sampled has none, one that fell silent no more than are kept. `+ 0` hides a column from the planner of SQLite,
which would else walk all of the one for the sake of the other.

Plain SQL for SQLite and PostgreSQL alike; every number in it is our own and whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from monitor.history.models import Sample
from monitor.hosts.models import Host

NEAR_ROWS = 1000
"""So many rows of the table are looked through before the index is asked."""
SAMPLES = Sample._meta.db_table
Row = tuple[Any, ...]


def newest(hosts: Collection[Host], columns: Sequence[str]) -> dict[int, Row]:
    """`columns` of the sample that was stored last of each of `hosts` that has any, by the host's id."""
    wanted = {host.pk for host in hosts}
    near = _rows(f"SELECT MAX(id) FROM ({_end(NEAR_ROWS)}) AS near GROUP BY host_id", columns)  # noqa: S608
    found = {host_id: row for host_id, *row in near if host_id in wanted}
    if wanted - found.keys():
        others = ", ".join(f"{host_id:d}" for host_id in wanted - found.keys())
        far = f"SELECT MAX(id) FROM {SAMPLES} WHERE host_id IN ({others}) GROUP BY host_id"  # noqa: S608
        found |= {host_id: row for host_id, *row in _rows(far, columns)}
    return {host_id: tuple(row) for host_id, row in found.items()}


def last(host: Host, most: int, columns: Sequence[str]) -> list[Row]:
    """`columns` of the `most` samples of `host` that were stored last, in the order of storing."""
    end = _end(max(NEAR_ROWS, 2 * most))
    near = f"SELECT id FROM ({end}) AS near WHERE host_id = {host.pk:d} ORDER BY id DESC LIMIT {most:d}"  # noqa: S608
    far = f"SELECT id FROM {SAMPLES} WHERE host_id = {host.pk:d} ORDER BY id + 0 DESC LIMIT {most:d}"  # noqa: S608
    found = _rows(near, columns)
    if len(found) < most:
        found = _rows(far, columns)
    return [row[1:] for row in found]


def after(host: Host, after_id: int, most: int, columns: Sequence[str]) -> list[Row]:
    """`columns` of the first `most` samples that `host` stored after the one with id `after_id`, oldest first."""
    until = after_id + max(NEAR_ROWS, 2 * most)
    near = (
        f"SELECT id FROM {SAMPLES} WHERE id > {after_id:d} AND id <= {until:d} AND host_id + 0 = {host.pk:d} "  # noqa: S608
        f"ORDER BY id LIMIT {most:d}"
    )
    far = (
        f"SELECT id FROM {SAMPLES} WHERE host_id = {host.pk:d} AND id + 0 > {after_id:d} "  # noqa: S608
        f"ORDER BY id + 0 LIMIT {most:d}"
    )
    found = _rows(near, columns)
    if len(found) < most and Sample.objects.filter(pk__gt=until).exists():
        found = _rows(far, columns)
    return [row[1:] for row in found]


def since(host: Host, after_id: int) -> tuple[int, int] | None:
    """The earliest time (ms) and the newest id of what `host` stored after the sample `after_id`; None if nothing."""
    ends = _ends(host, after_id)
    return None if ends is None else (ends[0], ends[2])


def times_since(host: Host, after_id: int) -> tuple[int, int] | None:
    """The earliest and the latest time (ms) of what `host` stored after the sample `after_id`; None if nothing."""
    ends = _ends(host, after_id)
    return None if ends is None else (ends[0], ends[1])


def _ends(host: Host, after_id: int) -> tuple[int, int, int] | None:
    """The earliest and the latest time (ms) and the newest id of what `host` stored after the sample `after_id`."""
    until = after_id + NEAR_ROWS
    near = f"id > {after_id:d} AND id <= {until:d} AND host_id + 0 = {host.pk:d}"
    far = f"host_id = {host.pk:d} AND id + 0 > {after_id:d}"
    ends = f"SELECT MIN(taken_at_ms), MAX(taken_at_ms), MAX(id), (SELECT MAX(id) FROM {SAMPLES}) FROM {SAMPLES} WHERE "  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(ends + near)
        first_ms, last_ms, newest_id, last_id = cursor.fetchone()
        if (last_id or 0) > until:
            cursor.execute(ends + far)
            first_ms, last_ms, newest_id, _ = cursor.fetchone()
    return None if newest_id is None else (first_ms, last_ms, newest_id)


def _end(rows: int) -> str:
    """The last rows of the table, of whichever host."""
    return f"SELECT id, host_id FROM {SAMPLES} ORDER BY id DESC LIMIT {rows:d}"  # noqa: S608


def _rows(ids: str, columns: Sequence[str]) -> list[Row]:
    """The host's id and `columns` of the samples whose ids a query gives, in the order of storing."""
    samples = Sample.objects.filter(pk__in=RawSQL(ids, ())).order_by("pk")  # noqa: S611
    return list(samples.values_list("host_id", *columns))
