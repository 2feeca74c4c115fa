"""Dividing a counter among those that were seen: exact, and never more than it is for long."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain.dividing import divided

SECONDS = st.floats(0, 100)


@given(SECONDS, st.lists(st.tuples(SECONDS, SECONDS), max_size=8), st.floats(0, 1), st.floats(0, 1))
def test_the_shares_and_the_rest_come_to_what_was_counted_and_what_is_owed(counted, wanted, owed, slack):
    found = divided(counted, wanted, owed, slack)
    assert abs(sum(found.shares) + found.rest - (counted - owed + found.owed)) < 1e-6
    assert found.owed <= max(slack, owed) + 1e-6
    assert min([*found.shares, found.rest, found.owed]) >= 0


def test_who_came_and_went_has_what_nobody_else_used():
    assert divided(10.0, [(3.0, 1.0), (2.0, 0.0)]) == ([4.0, 2.0], 4.0, 0.0)


def test_children_that_ended_elsewhere_have_no_more_than_is_left():
    assert divided(10.0, [(6.0, 300.0), (2.0, 100.0)]) == ([7.5, 2.5], 0.0, 0.0)


def test_what_was_used_elsewhere_before_a_process_joined_is_not_charged():
    assert divided(1.0, [(15.0, 0.0)]) == ([1.0], 0.0, 0.0)


def test_a_little_more_than_was_counted_is_charged_and_settled_at_the_next_look():
    first = divided(1.0, [(1.02, 0.0)], slack=0.05)
    assert (first.shares, first.rest) == ([1.02], 0.0)
    assert divided(1.0, [(0.5, 0.0)], first.owed, 0.05).rest == 1.0 - first.owed - 0.5
