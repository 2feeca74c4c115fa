"""Which alerts name a consumer: those whose evidence blames its processes for what the alert is about."""

import pytest

from monitor.alerts import suspects
from monitor.metrics.usage import Consumer, Kind
from tests.factories import NOW_MS, make_alert, make_host
from tests.stages.snapshots import document, row

pytestmark = pytest.mark.django_db

BACKUP = Consumer(Kind.SERVICE, "backup.service")
MAKE = Consumer(Kind.PROGRAM, "make", "ann")
BUSY = {"cpu__busy": 97.0, "load1": 8.0, "seen_percent": 390.0, "machine_cpu_percent": 390.0}
HOUR_MS = 3_600_000


def alert_with(host, *moments, at_ms=NOW_MS, metric="cpu_percent", until_ms=None, **fields):
    """An alert whose evidence of some moments is a document."""
    made = make_alert(host, at_ms, until_ms, metric=metric)
    for moment in moments or ("onset",):
        made.evidence.create(
            moment=moment, at=made.fired_at, value=97.0, sentence="x", document=document(**(BUSY | fields))
        )
    return made


def named(host, *consumers, start_ms=NOW_MS - HOUR_MS, end_ms=NOW_MS + HOUR_MS):
    return suspects.naming(host, consumers, start_ms, end_ms)


def test_the_alerts_are_told_whose_evidence_blames_a_process_of_the_consumer(host):
    mine = alert_with(host, by_cpu=[row("rsync", 380.0, unit="backup.service")], until_ms=NOW_MS + 1000)
    theirs = alert_with(host, by_cpu=[row("make", 380.0, unit=None, user="ann")], until_ms=NOW_MS + 1000)
    assert named(host, BACKUP) == [mine]
    assert named(host, MAKE) == [theirs]
    assert named(host, MAKE._replace(user="bob")) == []


def test_who_is_in_sight_and_not_to_blame_is_not_named(host):
    alert_with(
        host,
        by_cpu=[row("make", 380.0, unit=None), row("rsync", 2.0, pid=2, unit="backup.service")],
        by_memory=[row("rsync", 2.0, pid=2, rss=2**30, unit="backup.service")],
    )
    assert named(host, BACKUP) == []


def test_who_waits_is_named_where_the_disk_is_the_cause(host):
    made = alert_with(
        host,
        metric="pressure_io_full_percent",
        pressure__io_some=60.0,
        pressure__io_full=55.0,
        disk__read_bytes_per_second=5e7,
        tasks__blocked=3.0,
        blocked=[row("rsync", unit="backup.service", waits_in="io_schedule", threads=3)],
    )
    assert named(host, BACKUP) == [made]


@pytest.mark.parametrize("metric", ["disk_fullest_percent", "sampler_silent_seconds"])
def test_nobody_is_named_by_an_alert_that_processes_have_no_part_in(host, metric):
    alert_with(host, metric=metric, by_cpu=[row("rsync", 380.0, unit="backup.service")])
    assert named(host, BACKUP) == []


def test_the_recovery_names_nobody(host):
    alert_with(host, "recovery", by_cpu=[row("rsync", 380.0, unit="backup.service")])
    assert named(host, BACKUP) == []


def test_only_alerts_of_the_host_that_stood_in_the_span_are_told(host):
    busy = {"by_cpu": [row("rsync", 380.0, unit="backup.service")]}
    alert_with(make_host("other"), **busy)
    alert_with(host, at_ms=NOW_MS - 9 * HOUR_MS, until_ms=NOW_MS - 8 * HOUR_MS, **busy)
    long = alert_with(host, at_ms=NOW_MS - 7 * HOUR_MS, until_ms=NOW_MS, **busy)
    assert named(host, BACKUP) == [long]


def test_a_name_that_is_new_each_time_is_known_by_what_stays(host):
    made = alert_with(host, by_cpu=[row("python", 380.0, unit="run-r0123abcd4567ef89.scope")])
    assert named(host, Consumer(Kind.SERVICE, "run.scope")) == [made]


def test_damaged_evidence_names_nobody(host):
    made = make_alert(host, NOW_MS)
    made.evidence.create(
        moment="onset", at=made.fired_at, value=1.0, sentence="x", document={"by_cpu": ["backup.service", 7]}
    )
    assert named(host, BACKUP) == []


def test_only_the_newest_evidence_is_looked_at(host, monkeypatch):
    monkeypatch.setattr(suspects, "MOST_LOOKED_AT", 2)
    busy = {"by_cpu": [row("rsync", 380.0, unit="backup.service")]}
    made = [alert_with(host, at_ms=NOW_MS + at, until_ms=NOW_MS + 9000, **busy) for at in range(4)]
    assert named(host, BACKUP) == [made[3], made[2]]
