"""Memory within limits, and with a cache that can be given back: what is left is never more than there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain.counters import Memory
from monitor.collectors.domain.memory import Limit, with_cache, within

GIB = 2**30
MACHINE = Memory(used=8 * GIB, available=24 * GIB, swap_used=5)


def test_a_cache_that_can_be_given_back_is_available():
    assert with_cache(MACHINE, 3 * GIB) == Memory(5 * GIB, 27 * GIB, 5)


def test_a_cache_never_makes_more_available_than_there_is():
    assert with_cache(MACHINE, 99 * GIB) == Memory(0, 32 * GIB, 5)


@pytest.mark.parametrize("cache", [None, 0])
def test_without_a_cache_nothing_changes(cache):
    assert with_cache(MACHINE, cache) == MACHINE


def test_a_container_has_what_its_limit_leaves_and_what_it_can_give_back():
    found = within(MACHINE, [Limit(2 * GIB, 1.5 * GIB, 0.25 * GIB)])
    assert (found.total, found.available, found.used, found.swap_used) == (2 * GIB, 0.75 * GIB, 1.25 * GIB, 5)
    assert found.available_percent == 37.5


def test_of_several_limits_the_least_total_and_the_least_left_count():
    limits = [Limit(2 * GIB, 1 * GIB), Limit(4 * GIB, 3.9 * GIB)]
    found = within(MACHINE, limits)
    assert (found.total, found.available) == (2 * GIB, pytest.approx(0.1 * GIB))
    assert found.reason == "container: 2 GiB of 32 GiB"


def test_a_container_has_no_more_than_the_machine_has():
    full = Memory(31.5 * GIB, 0.5 * GIB)
    assert within(full, [Limit(2 * GIB, 0)]).available == 0.5 * GIB


@pytest.mark.parametrize("limits", [[], [Limit(32 * GIB, 0)], [Limit(64 * GIB, 0)]])
def test_a_limit_that_is_no_less_than_the_machine_is_none(limits):
    assert within(MACHINE, limits) == MACHINE


def test_where_memory_is_not_known_no_limit_makes_it_known():
    assert within(Memory(swap_used=5), [Limit(GIB, 0)]) == Memory(swap_used=5)


AMOUNTS = st.integers(0, 2**50)
LIMITS = st.lists(st.builds(Limit, AMOUNTS, AMOUNTS, AMOUNTS), max_size=4)


@given(AMOUNTS, AMOUNTS, AMOUNTS, LIMITS)
def test_what_is_used_and_what_is_left_are_the_whole_and_never_negative(used, available, cache, limits):
    machine = Memory(used, available)
    found = within(with_cache(machine, cache), limits)
    assert found.used >= 0
    assert found.available >= 0
    assert found.used + found.available == found.total <= machine.total
