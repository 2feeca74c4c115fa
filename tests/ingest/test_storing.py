"""Storing what was accepted: the facts of the host, and which row is which reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.ingest.backlog import Waiting
from monitor.ingest.door import Door
from monitor.ingest.storing import Store
from monitor.metrics.parts import Kind, Part, PartAccount, PartNow, PartUsed
from monitor.metrics.report import HostFacts, Report
from monitor.usage.models import PartUsage
from tests.factories import make_host
from tests.stages.ingest import reading

pytestmark = pytest.mark.django_db
FACTS = HostFacts(
    boot_id="a1", booted_at=datetime(2026, 1, 1, tzinfo=UTC), effective_cores=3.0, cores_reason="3 of 4",
    interval=5.0, sampler_started_at=datetime(2026, 1, 2, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture
def host() -> Host:
    return make_host(sampler_stopped_at=datetime(2026, 1, 1, 12, tzinfo=UTC))


def test_the_facts_are_in_the_row_and_the_sampler_runs(host: Host) -> None:
    Store(host).learn(FACTS)
    host.refresh_from_db()
    assert (host.boot_id, host.effective_cores, host.interval) == ("a1", 3.0, 5.0)
    assert (host.sampler_started_at, host.sampler_stopped_at) == (FACTS.sampler_started_at, None)


def test_the_store_knows_the_facts_itself_and_changes_nobody_s_host(host: Host) -> None:
    store = Store(host)
    store.learn(FACTS)
    assert (store.host.interval, host.interval) == (5.0, 1.0)


def test_facts_without_news_are_not_stored_again(
    host: Host, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    store = Store(host)
    store.learn(FACTS)
    with django_assert_num_queries(0):  # type: ignore[operator]
        store.learn(replace(FACTS))
    with django_assert_num_queries(1):  # type: ignore[operator]
        store.learn(replace(FACTS, effective_cores=2.0))


@pytest.mark.parametrize(
    ("changes", "same"), [({}, True), ({"covered_ms": 999}, False), ({"load1": None}, False)]
)
def test_a_row_is_a_reading_where_all_of_its_values_are_the_same(
    host: Host, changes: dict[str, float | None], same: bool
) -> None:
    values = {"covered_ms": 1000} | reading(1).values | changes
    store = Store(host)
    Sample.objects.create(host=host, taken_at_ms=1000, **values)
    assert store.is_stored(Waiting(reading(1), [], {}, [])) is same


def test_what_each_part_moved_adds_up_to_what_the_machine_did_in_the_same_minute(host: Host) -> None:
    door = Door(host, lambda _event: None, 1.0)
    disks = [Part(Kind.DISK, name) for name in ("sda", "sdb")]
    for second in range(1, 130):
        rates = {part: float(1000 * second + 7 * number) for number, part in enumerate(disks)}
        one = reading(second, disk_read_bytes_per_second=sum(rates.values()))
        parts = {part: PartNow(in_per_second=rate, out_per_second=0.0) for part, rate in rates.items()}
        door.accept(Report(replace(one, parts=parts)))
    stored = PartUsage.objects.filter(tier=1, start=1)
    assert sum(row.in_bytes or 0 for row in stored) == sum(
        row.disk_read_bytes_per_second or 0.0
        for row in Sample.objects.filter(taken_at_ms__gt=60_000, taken_at_ms__lte=120_000)
    )
    assert {row.part.name: row.seen_ms for row in stored.select_related("part")} == {
        "sda": 60_000,
        "sdb": 60_000,
    }
    door.leave()
    assert sum(row.seen_ms for row in PartUsage.objects.filter(tier=360)) == 2 * 129_000


def test_parts_that_cannot_be_stored_stop_no_sample(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise ValueError("no such part")

    monkeypatch.setattr("monitor.usage.parts.add", fail)
    told = (PartAccount(1, Part(Kind.DISK, "sda"), PartUsed(1000, in_bytes=1)),)
    Store(host).write([Waiting(reading(1), [], {}, [], parts=told)], None, None)
    assert Sample.objects.count() == 1
