"""Databases of the time when a bucket was four rows of floats: moved bucket by bucket, killed or not, none lost."""

import importlib
import os
import signal
import sqlite3
from contextlib import closing

import pytest

from monitor.history.domain import steps
from monitor.history.domain.tiers import of_extremes, packed
from tests.stages.servers import Site, until

BEFORE = "0008"
BUCKETS = 3000
MINUTE_MS = 60_000
migration = importlib.import_module("monitor.migrations.0010_rollups_in_steps")


def test_a_row_is_what_rolling_up_makes_of_the_same_numbers():
    names = ("cpu_percent", "load1", "memory_used_bytes", "network_sent_bytes_per_second", "self_rss_bytes")
    parts = [
        (720_000.0, 30.0, 60_000 * 2**30, None, 59_000 * 4096.0 + 7),
        (60_000.0, 1.0, 60_000.0, None, 59_000.0),
        (3.0, 30.0, 2.0**29, None, 4096.0),
        (25.5, 30.0, 2.0**31, None, 4096.0),
    ]
    summaries = [
        None
        if total is None
        else of_extremes(
            steps.count(name, total), int(weight), steps.count(name, low), steps.count(name, high)
        )
        for name, total, weight, low, high in zip(names, *parts, strict=True)
    ]
    assert list(migration.row(names, parts)) == packed(tuple(summaries))


def test_steps_are_those_of_the_time_of_the_migration():
    assert all(migration.factor(name) == factor for name, factor in steps.FACTORS.items())


def old_rows(bucket: int) -> list[tuple[float, ...]]:
    """(host, start, statistic, cpu_percent, load1, memory_used_bytes) of the four rows of one bucket."""
    cpu, load, memory = bucket % 100 + 0.25, bucket % 7 + 0.5, (bucket + 1) * 2**20
    weight = 60_000 if bucket % 10 else 59_999
    start = bucket * MINUTE_MS
    return [
        (1, start, 0, cpu * weight, load * 60_000, memory * 60_000),
        (1, start, 1, weight, 60_000, 60_000),
        (1, start, 2, cpu - 0.25, load, memory),
        (1, start, 3, cpu + 0.5, load, memory),
    ]


@pytest.fixture
def old_site():
    """A site as it was before, with minutes of one host."""
    with Site() as site:
        site.manage("migrate", "monitor", BEFORE, "-v0", "--skip-checks")
        with closing(sqlite3.connect(site.data / "loadmon.sqlite3")) as database:
            database.execute(
                "insert into monitor_host (id, name, created_at, boot_id, cores_reason, interval)"
                " values (1, 'db-01', '2026-01-01', '', '', 1)"
            )
            database.executemany(
                "insert into monitor_minuterollup (host_id, start_ms, statistic, cpu_percent, load1, memory_used_bytes)"
                " values (?, ?, ?, ?, ?, ?)",
                [row for bucket in range(BUCKETS) for row in old_rows(bucket)],
            )
            database.commit()
        yield site


@pytest.mark.processes
def test_a_migration_that_was_killed_goes_on_where_it_was_and_loses_nothing(old_site):
    moving = old_site.start("migrate", "manage.py", "migrate", "--skip-checks")
    has_new = "select 1 from sqlite_schema where name = 'monitor_oldminuterollup'"
    until(lambda: old_site.query(has_new) and count(old_site, "monitor_minuterollup") > 0, "the first batch")
    os.kill(moving.pid, signal.SIGKILL)
    moving.wait()
    moved = count(old_site, "monitor_minuterollup")
    assert 4 * moved + count(old_site, "monitor_oldminuterollup") == 4 * BUCKETS
    old_site.manage("migrate", "-v0", "--skip-checks")
    found = old_site.query(
        "select start_ms, weight, cpu_percent_total, coalesce(cpu_percent_weight, weight), cpu_percent_low,"
        " cpu_percent_high, load1_total, memory_used_bytes_high, network_sent_bytes_per_second_total"
        " from monitor_minuterollup order by start_ms"
    )
    assert found == [expected(bucket) for bucket in range(BUCKETS)]
    assert not old_site.query(has_new)


def count(site: Site, table: str) -> int:
    [(rows,)] = site.query(f"select count(*) from {table}")
    return rows


def expected(bucket: int) -> tuple[float | None, ...]:
    total, weight, low, high = old_rows(bucket)
    cpu = (round(total[3] * 100), weight[3], low[3] * 100, high[3] * 100)
    return (bucket * MINUTE_MS, 60_000, *cpu, total[4] * 100, high[5] / 1024, None)
