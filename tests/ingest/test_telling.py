"""Telling of readings: once with their id, or without one where storing takes long."""

from __future__ import annotations

import json

import pytest

from monitor.ingest.backlog import Judged, Waiting
from monitor.ingest.storing import Written
from monitor.ingest.telling import Teller
from monitor.metrics.windows import MEAN_METRICS
from tests.stages.ingest import reading

EVENTS = []


@pytest.fixture
def teller() -> Teller:
    """One that waits half a second."""
    EVENTS.clear()
    return Teller(EVENTS.append, 0.5)


def waiting(second: int = 1) -> Waiting:
    return Waiting(
        reading(second), [], dict.fromkeys(MEAN_METRICS), [], judged=Judged((), {}, {}), since=100.0
    )


def ids() -> list[int | None]:
    return [json.loads(event["text"])["id"] for event in EVENTS]


def test_what_is_stored_in_time_is_told_once(teller: Teller) -> None:
    item = waiting()
    assert teller.remind("db-01", item, 100.1, is_failing=False) == pytest.approx(0.4)
    teller.tell_stored("db-01", item, Written([], 7, 6))
    teller.remind("db-01", item, 101.0, is_failing=False)
    assert ids() == [7]


def test_what_takes_long_goes_out_without_an_id_first_and_with_it_later(teller: Teller) -> None:
    item = waiting()
    for now in (100.5, 100.7):
        assert teller.remind("db-01", item, now, is_failing=False) == 1.0
    teller.tell_stored("db-01", item, Written([], 7, 6))
    assert ids() == [None, 7]


def test_nothing_is_waited_for_while_storing_fails(teller: Teller) -> None:
    teller.remind("db-01", waiting(), 100.0, is_failing=True)
    assert ids() == [None]
