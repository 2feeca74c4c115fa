"""Reading of usage: the database adds up the rows of a tier, by consumer and by bucket.

Plain SQL for SQLite and PostgreSQL alike, as of the samples. Names come from the models, values are parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import connection

from monitor.hosts.models import Host
from monitor.metrics.usage import HIGHEST, Used
from monitor.usage.domain.courses import Amount, Bucket
from monitor.usage.domain.ranking import Sum
from monitor.usage.domain.tiers import MINUTE, TIERS
from monitor.usage.models import Usage, UsageBucket

ROWS, BUCKETS = Usage._meta.db_table, UsageBucket._meta.db_table
PACK = 1 << 31
"""A highest value and when its bucket began, in minutes, are compared as one number, of equals the first is greatest."""

OF_TIER = "host_id = %s AND tier = %s AND start >= %s AND start < %s"
AT_STARTS = "host_id = %s AND tier = %s AND start"
MAY_BE_UNKNOWN = frozenset({"read_kib", "written_kib"})
Pending = list[tuple[int, int, int]]
Row = tuple[Amount, tuple[Amount, ...], tuple[int, ...]]
"""What the rows of one bucket have of one kind of use: all together, some consumers each; how many of theirs do not know."""


def _whole(expression: str) -> str:
    """A sum as a whole number: PostgreSQL makes decimals of them."""
    return f"CAST({expression} AS BIGINT)"


SUMS = ", ".join(_whole(f"{'MAX' if name in HIGHEST else 'SUM'}({name})") for name in Used._fields)


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a host: those of a tier that begin in [first, end), in minutes since the epoch; only: at these starts."""

    host_id: int
    tier: int
    first: int
    end: int
    only: tuple[int, ...] | None = None

    @property
    def where(self) -> str:
        """The condition, for both tables."""
        return OF_TIER if self.only is None else f"{AT_STARTS} IN ({_listed(self.only)})"

    @property
    def values(self) -> list[int]:
        """What stands in the condition."""
        span = [self.first, self.end] if self.only is None else []
        return [self.host_id, self.tier, *span]


def oldest(host: Host, table: str = BUCKETS) -> dict[int, int | None]:
    """The start of the oldest bucket of each tier, both in minutes; None where it is empty."""
    columns = ", ".join(
        f"(SELECT MIN(start) FROM {table} WHERE host_id = {host.pk:d} AND tier = {tier:d})"  # noqa: S608
        for tier in TIERS
    )
    return dict(zip(TIERS, _rows(f"SELECT {columns}", [])[0], strict=True))


def pending(host: Host, first: int, end: int) -> Pending:
    """The minutes of [first, end) that the coarser tiers do not hold yet, and how much is in them by now."""
    # + 0: by the index of what is not taken, not by all that is kept
    sql = (
        f"SELECT start, covered_ms, machine_cpu_ms FROM {BUCKETS} WHERE host_id + 0 = %s "  # noqa: S608
        f"AND tier + 0 = {MINUTE:d} AND NOT is_taken AND start + 0 >= %s AND start + 0 < %s ORDER BY start"
    )
    return _rows(sql, [host.pk, first, end])


def sums(part: Part, peak: str | None) -> dict[int, Sum]:
    """What each consumer used in all buckets together, by key, with the bucket in which one field was highest."""
    highest = f"MAX({_whole(peak)} * {PACK:d} + {PACK - 1:d} - start)" if peak else "0"
    sql = f"SELECT consumer_id, {highest}, {SUMS} FROM {ROWS} WHERE {part.where} GROUP BY consumer_id"  # noqa: S608
    rows = _rows(sql, part.values)
    return {row[0]: Sum(Used._make(row[2:]), row[1] // PACK, PACK - 1 - row[1] % PACK) for row in rows}


def others(part: Part) -> Used:
    """What all buckets together hold of others."""
    [row] = _rows(f"SELECT {SUMS} FROM {BUCKETS} WHERE {part.where}", part.values)  # noqa: S608
    named = zip(Used._fields, row, strict=True)
    return Used._make(value if name in MAY_BE_UNKNOWN else value or 0 for name, value in named)


def spoken_for(part: Part) -> tuple[int, int]:
    """The time that all buckets together speak for, and the machine's CPU time in it, both in ms."""
    columns = ", ".join(_whole(f"SUM({name})") for name in ("covered_ms", "machine_cpu_ms"))
    [(covered, machine)] = _rows(f"SELECT {columns} FROM {BUCKETS} WHERE {part.where}", part.values)  # noqa: S608
    return covered or 0, machine or 0


def buckets(part: Part, field: str, chosen: Sequence[int]) -> list[Bucket]:
    """Its buckets, oldest first, with one field of `Used`: of others, of all by name, and of each of the `chosen`."""
    rows = _courses(part, field, chosen)
    sql = f"SELECT start, covered_ms, not_seen_ms, {field} FROM {BUCKETS} WHERE {part.where} ORDER BY start"  # noqa: S608
    none: Row = (None, (None,) * len(chosen), (0,) * len(chosen))
    return [Bucket._make((*row, *rows.get(row[0], none))) for row in _rows(sql, part.values)]


def held(part: Part, chosen: Sequence[int]) -> dict[int, int]:
    """The MiB seconds of each of the `chosen` that has rows in it, by key."""
    if not chosen:
        return {}
    sql = (
        f"SELECT consumer_id, {_whole('SUM(memory_mib_s)')} FROM {ROWS} WHERE {part.where} "  # noqa: S608
        f"AND consumer_id IN ({_listed(chosen)}) GROUP BY consumer_id"
    )
    return dict(_rows(sql, part.values))


def first_at(host: Host, tier: int, field: str, wanted: Mapping[int, tuple[int, range]]) -> dict[int, int]:
    """The first bucket of a tier in which one field of a consumer has a value: `wanted` are that, and where to look."""
    one = (
        f"SELECT consumer_id, MIN(start) FROM {ROWS} WHERE host_id = %s AND tier = %s "  # noqa: S608
        f"AND start >= %s AND start < %s AND consumer_id = %s AND {field} = %s GROUP BY consumer_id"
    )
    values = [[host.pk, tier, where.start, where.stop, key, value] for key, (value, where) in wanted.items()]
    return dict(_rows(" UNION ALL ".join([one] * len(values)), list(chain(*values)))) if values else {}


def _courses(part: Part, field: str, chosen: Sequence[int]) -> dict[int, Row]:
    """What the rows of each bucket tell, by its start."""
    each = [_whole(f"SUM({field}) FILTER (WHERE consumer_id = {key:d})") for key in chosen]
    unknown = chosen if field in MAY_BE_UNKNOWN else ()
    lacking = [f"COUNT(*) FILTER (WHERE consumer_id = {key:d} AND {field} IS NULL)" for key in unknown]
    columns = ", ".join(["start", _whole(f"SUM({field})"), *each, *lacking])
    sql = f"SELECT {columns} FROM {ROWS} WHERE {part.where} GROUP BY start"  # noqa: S608
    until = 2 + len(chosen)
    known = () if unknown else (0,) * len(chosen)
    return {row[0]: (row[1], row[2:until], row[until:] or known) for row in _rows(sql, part.values)}


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(f"{one:d}" for one in numbers)


def _rows(sql: str, values: Sequence[int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
