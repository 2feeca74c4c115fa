"""Passing of time as rows: one for each who looks and each host, kept over restarts."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from monitor.history import passing
from monitor.history.models import Passing
from monitor.hosts.models import Host
from tests.factories import make_host
from tests.stages.clocks import SettableClocks

pytestmark = pytest.mark.django_db


def watch(host: Host, clocks: SettableClocks, seconds: int) -> Passing:
    """Look at the clocks every 20 s, as a sampler does that is started anew each time."""
    for _ in range(seconds // 20):
        clocks.pass_by(20)
        passing.look(host, host, "one", clocks())
    return passing.look(host, host, "one", clocks())


def test_what_was_seen_is_stored_with_each_look() -> None:
    host, clocks = make_host(), SettableClocks()
    row = watch(host, clocks, 3600 + 600)
    assert passing.credit(row, 0) == passing.credit(row, 3600) == 1_160_000  # the first look only began
    assert Passing.objects.count() == 1


def test_the_host_of_a_row_costs_no_query(django_assert_num_queries: Any) -> None:
    host, clocks = make_host(), SettableClocks()
    row = watch(host, clocks, 40)
    with django_assert_num_queries(0):
        assert row.host == host


def test_what_is_spent_on_one_tier_is_gone_from_that_one_alone() -> None:
    host, clocks = make_host(), SettableClocks()
    row = watch(host, clocks, 3600 + 600)
    passing.spend(row, 60, 80_000)
    for known in (row, Passing.objects.get()):
        assert [passing.credit(known, tier) for tier in passing.FIELDS] == [
            1_160_000,
            1_080_000,
            1_160_000,
            1_160_000,
        ]


def test_what_one_host_may_lose_does_not_hang_on_another() -> None:
    host, clocks = make_host(), SettableClocks()
    watch(host, clocks, 7200)
    row = passing.look(host, make_host("left"), "one", clocks())
    assert passing.credit(row, 0) == 0


def test_doubt_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    host, clocks = make_host(), SettableClocks()
    watch(host, clocks, 600)
    clocks.set_by(86_400)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            passing.look(host, host, "one", clocks())
    assert [record.getMessage() for record in caplog.records] == [
        "the clock was set by 86400 s: nothing of db-01 goes for its age until time has passed for an hour"
    ]
