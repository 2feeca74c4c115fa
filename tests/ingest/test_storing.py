"""Storing what was accepted: the facts of the host, and which row is which reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.ingest.backlog import Waiting
from monitor.ingest.storing import Store
from monitor.metrics.report import HostFacts
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
