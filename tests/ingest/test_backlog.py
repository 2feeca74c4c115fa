"""The backlog: bounded, in order, and what a dropped reading leaves to the next."""

from __future__ import annotations

import pytest

from monitor.ingest.backlog import Backlog, Waiting
from monitor.metrics.gaps import GapSpec, Kind
from tests.stages.ingest import reading


def waiting(second: int, *outcomes: str, gaps: tuple[GapSpec, ...] = ()) -> Waiting:
    """A reading with things that stand in for outcomes and findings."""
    return Waiting(reading(second), list(outcomes), {}, list(gaps), [f"of {one}" for one in outcomes])


@pytest.fixture
def backlog() -> Backlog:
    """One with room for three."""
    return Backlog(3)


def add(backlog: Backlog, *items: Waiting) -> None:
    for item in items:
        backlog.add(item)


def seconds(backlog: Backlog) -> list[int]:
    return [item.at_ms // 1000 for item in backlog]


def test_what_waits_longest_is_stored_first(backlog: Backlog) -> None:
    add(backlog, waiting(1), waiting(2), waiting(3))
    assert [item.at_ms for item in backlog.oldest(2)] == [1000, 2000]
    assert backlog.newest.at_ms == 3000
    backlog.stored(2, 7)
    assert seconds(backlog) == [3]


def test_over_the_bound_the_oldest_goes_and_is_counted(backlog: Backlog) -> None:
    add(backlog, *(waiting(second) for second in range(1, 6)))
    assert (seconds(backlog), backlog.dropped) == ([3, 4, 5], 2)


def test_the_count_begins_anew_once_nothing_waits(backlog: Backlog) -> None:
    add(backlog, *(waiting(second) for second in range(1, 6)))
    backlog.stored(2, 7)
    assert backlog.dropped == 2
    backlog.stored(1, 7)
    assert backlog.dropped == 0


def test_the_next_reading_inherits_changes_and_findings_in_order(backlog: Backlog) -> None:
    add(backlog, waiting(1, "fired"), waiting(2), waiting(3, "resolved"), waiting(4), waiting(5), waiting(6))
    heir = next(iter(backlog))
    assert (heir.outcomes, heir.findings) == (["fired", "resolved"], ["of fired", "of resolved"])


def test_a_loss_is_one_gap_from_the_last_stored_reading_on(backlog: Backlog) -> None:
    add(backlog, waiting(1))
    backlog.stored(1, 7)
    add(backlog, *(waiting(second) for second in range(2, 8)))
    assert next(iter(backlog)).gaps == [GapSpec(1000, 5000, Kind.STORAGE_FAILING)]


def test_the_gaps_of_a_dropped_reading_are_kept_beside_the_loss(backlog: Backlog) -> None:
    asleep = GapSpec(500, 1000, Kind.SUSPENDED)
    add(backlog, waiting(1, gaps=(asleep,)), waiting(2), waiting(3), waiting(4))
    assert next(iter(backlog)).gaps == [asleep, GapSpec(1000, 2000, Kind.STORAGE_FAILING)]


def test_a_loss_never_ends_before_it_begins_where_the_clock_was_set_back(backlog: Backlog) -> None:
    add(backlog, waiting(10), waiting(2), waiting(3), waiting(4))
    assert next(iter(backlog)).gaps == [GapSpec(2000, 2000, Kind.STORAGE_FAILING)]


def test_one_that_is_forgotten_counts_as_no_loss(backlog: Backlog) -> None:
    add(backlog, waiting(1), waiting(2))
    backlog.forget(backlog.oldest(1)[0])
    assert (seconds(backlog), backlog.dropped) == ([2], 0)


def test_what_is_in_hand_is_never_dropped_and_the_next_in_line_inherits(backlog: Backlog) -> None:
    add(backlog, waiting(1), waiting(2))
    in_hand = backlog.oldest(2)
    add(backlog, waiting(3, "fired"), waiting(4), waiting(5))
    assert (seconds(backlog), backlog.dropped) == ([1, 2, 5], 2)
    assert [item.at_ms for item in in_hand] == [1000, 2000]
    assert backlog.newest is not None
    assert backlog.newest.outcomes == ["fired"]
    assert backlog.newest.gaps == [GapSpec(2000, 5000, Kind.STORAGE_FAILING)]
    backlog.stored(2, 7)
    assert seconds(backlog) == [5]


def test_what_was_put_back_is_dropped_like_the_others_in_one_gap(backlog: Backlog) -> None:
    add(backlog, waiting(1), waiting(2), waiting(3))
    backlog.oldest(3)
    add(backlog, waiting(4))
    assert seconds(backlog) == [1, 2, 3, 4]
    backlog.put_back()
    add(backlog, waiting(5))
    assert seconds(backlog) == [3, 4, 5]
    assert next(iter(backlog)).gaps == [GapSpec(1000, 3000, Kind.STORAGE_FAILING)]
