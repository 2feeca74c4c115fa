"""Storage: what the history takes on disk, tier by tier, and what it will take, read without counting any large table."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Max, Min

from monitor.database import file as database_file
from monitor.history import retention, sizelimit
from monitor.history.retention import TIERS
from monitor.hosts.models import Host

DAY_MS = 86_400_000
LEAST_PACE_MS = 60_000
ENOUGH_ROWS = 100


@dataclass(frozen=True, slots=True)
class Size:
    """Rows and bytes of one table with its indexes; `exact` is False for an estimate."""

    rows: int
    bytes: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of all hosts; 0 is the samples. shortened: the size limit takes from it, younger than it is kept."""

    resolution: int
    size: Size
    oldest_ms: int | None
    kept_ms: int
    bytes_a_day: float
    shortened: bool

    @property
    def full_bytes(self) -> float:
        """Its bytes once it is as long as it is kept, at the pace of the last day."""
        return max(self.bytes_a_day * self.kept_ms / DAY_MS, 0.0)


@dataclass(frozen=True, slots=True)
class Beside:
    """Tables whose rows go with those of the tiers; full_bytes: once every tier is full."""

    name: str
    size: Size
    oldest_ms: int | None
    bytes_a_day: float
    full_bytes: float


Measure = Callable[[type[models.Model]], Size]


@dataclass(frozen=True, slots=True)
class Storage:
    """All of it; None where it cannot be told. database_bytes leaves out freed pages, file_bytes counts them."""

    tiers: list[Tier]
    beside: list[Beside]
    database_bytes: int
    file_bytes: int | None
    wal_bytes: int | None
    free_disk_bytes: int | None
    limit_bytes: int
    method: str

    @property
    def other_bytes(self) -> int:
        """Alerts, accounts, sessions and the rest."""
        return max(0, self.database_bytes - sum(one.size.bytes for one in self._tables))

    @property
    def full_bytes(self) -> float:
        """Bytes in all once every tier is full."""
        return self.other_bytes + sum(max(one.full_bytes, 0.0) for one in self._tables)

    @property
    def bytes_a_day(self) -> float:
        """Bytes that a day adds while nothing is pruned."""
        return sum(one.bytes_a_day for one in self._tables)

    @property
    def _tables(self) -> list[Tier | Beside]:
        return [*self.tiers, *self.beside]

    @property
    def can_shorten(self) -> bool:
        """Whether the size limit is kept at all."""
        return sizelimit.can_shorten()

    @property
    def over_limit(self) -> bool:
        """Whether history is being shortened."""
        return self.database_bytes > self.limit_bytes


def look(beside: Callable[[Measure], list[Beside]] = lambda measure: []) -> Storage:
    """Measure; `beside` measures tables that go with the tiers."""
    measure, method = _measure()
    database = sizelimit.database_bytes() or _server_bytes()
    limit = round(settings.LOADMON_MAX_DATABASE_SIZE * 1_000_000)
    hosts = list(Host.objects.all())
    oldest = {tier: _oldest(hosts, tier) for tier in TIERS}
    shortens = sizelimit.can_shorten() and database > limit
    victim = next(
        (tier for tier in TIERS if shortens and any(sizelimit.can_lose(host, tier) for host in hosts)), None
    )
    sizes = {tier: measure(retention.rows_of(tier).model) for tier in TIERS}
    widths = _widths(sizes)
    found = [_tier(hosts, tier, sizes[tier], widths[tier], oldest[tier], tier == victim) for tier in TIERS]
    path = _file()
    return Storage(
        tiers=found,
        beside=beside(measure),
        database_bytes=database,
        file_bytes=_length(path),
        wal_bytes=_length(path and path.with_name(f"{path.name}-wal")),
        free_disk_bytes=shutil.disk_usage(path.parent).free if path else None,
        limit_bytes=limit,
        method=method,
    )


def _widths(sizes: dict[int, Size]) -> dict[int, float]:
    """Bytes of a row of each tier; one of few rows counts like the next finer: half-empty pages tell nothing."""
    widths: dict[int, float] = {}
    finer = 0.0
    for tier, size in sizes.items():
        finer = size.bytes / size.rows if size.rows >= ENOUGH_ROWS else finer
        widths[tier] = finer or (size.bytes / size.rows if size.rows else 0.0)
    return widths


def _tier(
    hosts: list[Host], tier: int, size: Size, width: float, oldest: int | None, shortened: bool
) -> Tier:
    a_day = sum(_rows_of_a_day(host, tier) for host in hosts) * width
    return Tier(tier, size, oldest, retention.kept_ms(tier), a_day, shortened)


def _rows_of_a_day(host: Host, tier: int) -> int:
    """Rows that a day brings at the pace of the host's newest day; of a coarser tier as many as its buckets can be."""
    samples = _rows_of_last_day(host, 0)
    if not tier:
        return samples
    known = _rows_of_last_day(host, tier)
    return known or (DAY_MS // (tier * 1000) if samples else 0)


def _rows_of_last_day(host: Host, tier: int) -> int:
    """Rows of the host's newest day, counted in the index; a shorter history goes on at its pace."""
    field, rows = retention.time_of(tier), retention.rows_of(tier).filter(host=host)
    newest = rows.order_by(f"-{field}").values_list(field, flat=True).first()
    oldest = retention.oldest_ms(host, tier)
    if newest is None or oldest is None:
        return 0
    count = rows.filter(**{f"{field}__gt": newest - DAY_MS}).count()
    known = min(DAY_MS, newest - oldest)
    return round(count * DAY_MS / known) if known >= LEAST_PACE_MS else 0


def _oldest(hosts: list[Host], tier: int) -> int | None:
    known = [at for at in (retention.oldest_ms(host, tier) for host in hosts) if at is not None]
    return min(known, default=None)


def _measure() -> tuple[Measure, str]:
    """How tables can be measured on this database, and how that is called."""
    if connection.vendor == "postgresql":
        return _by_postgres, "sizes as PostgreSQL tells them, rows estimated"
    if connection.vendor == "sqlite" and _has_dbstat():
        return _by_dbstat, "counted page by page (dbstat)"
    return _by_ids, "estimated from ids: this SQLite has no dbstat"


def _has_dbstat() -> bool:
    with connection.cursor() as cursor:
        options = {row[0] for row in cursor.execute("PRAGMA compile_options").fetchall()}
    return "ENABLE_DBSTAT_VTAB" in options


def _by_dbstat(table: type[models.Model]) -> Size:
    """Bytes of the table with its index; the index has one cell for each row, on inner pages too."""
    name = table._meta.db_table
    with connection.cursor() as cursor:
        names = [
            row[0]
            for row in cursor.execute("SELECT name FROM sqlite_schema WHERE tbl_name = %s", [name]).fetchall()
        ]
        parts = {
            one: cursor.execute(
                "SELECT pgsize, ncell FROM dbstat WHERE name = %s AND aggregate = 1", [one]
            ).fetchone()
            for one in names
        }
    found = {one: part for one, part in parts.items() if part}
    own = found.get(name, (0, 0))[1]  # of a table without a rowid, which has no index
    rows = min((cells for one, (_, cells) in found.items() if one != name), default=own)
    return Size(int(rows), sum(int(size) for size, _ in found.values()), True)


def _by_ids(table: type[models.Model]) -> Size:
    """As many rows as ids in use, counted where there are none; bytes by the columns' widths."""
    if isinstance(table._meta.pk, models.CompositePrimaryKey):
        rows = table._default_manager.count()
        return Size(rows, rows * 3 * len(table._meta.get_fields()), False)
    span = table._default_manager.aggregate(first=Min("pk"), last=Max("pk"))
    rows = 0 if span["first"] is None else span["last"] - span["first"] + 1
    return Size(rows, rows * 8 * len(table._meta.get_fields()), False)


def _by_postgres(table: type[models.Model]) -> Size:
    name = table._meta.db_table
    row = _one("SELECT pg_total_relation_size(%s), reltuples FROM pg_class WHERE relname = %s", [name, name])
    return Size(max(0, int(row[1])), int(row[0]), False)


def _server_bytes() -> int:
    return (
        int(_one("SELECT pg_database_size(current_database())")[0])
        if connection.vendor == "postgresql"
        else 0
    )


def _one(statement: str, arguments: list[Any] | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchone()


def _file() -> Path | None:
    return database_file.path() if database_file.is_plain() else None


def _length(path: Path | None) -> int | None:
    return path.stat().st_size if path is not None and path.exists() else None
