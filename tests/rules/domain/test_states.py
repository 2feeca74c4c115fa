"""The alert state machine, by values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.domain.states import Change, Condition, Observation, State, Status, step, step_critical

LOAD = Condition(threshold=2.0, clear=1.6, pending_for=30, hold=60)
AT_ONCE = Condition(threshold=75.0, clear=65.0, pending_for=0, hold=0)


def run(condition, values, *, seconds=10.0, gaps=(), start=Status()):  # noqa: B008
    """Feed values 10 s apart; return the final status and [(index, change)]."""
    status, changes = start, []
    for index, value in enumerate(values):
        gap = dict(gaps).get(index, 0.0)
        covered = 0.0 if gap else seconds
        status, change = step(condition, status, Observation(1000 * index, covered, gap, value))
        if change:
            changes.append((index, change))
    return status, changes


def test_a_value_at_the_threshold_fires_after_its_wait():
    status, changes = run(LOAD, [2.0, 2.0, 2.0, 2.0])
    assert changes == [(3, Change.FIRED)]
    assert status.state is State.FIRING
    assert status.started_at_ms == 0


def test_a_value_just_below_the_threshold_never_fires():
    assert run(LOAD, [1.999] * 20)[1] == []


def test_without_a_wait_the_first_value_fires():
    assert run(AT_ONCE, [10, 75])[1] == [(1, Change.FIRED)]


def test_a_dip_during_the_wait_starts_it_again():
    assert run(LOAD, [2, 2, 2, 1, 2, 2, 2, 2])[1] == [(7, Change.FIRED)]


@pytest.mark.parametrize(("gap", "fires"), [(3600.0, True), (3600.001, False)])
def test_a_wait_goes_on_after_a_gap_of_an_hour_and_begins_anew_after_a_longer_one(gap, fires):
    waiting, _ = step(LOAD, Status(), Observation(0, 10.0, 0.0, 2.0))
    _, change = step(LOAD, waiting, Observation(1, 30.0, gap, 2.0))
    assert (change is Change.FIRED) is fires


def test_a_critical_level_that_is_gone_steps_down_only_at_a_value_that_is_known():
    firing = Status(State.FIRING, 0, value=3.0, peak=3.0)
    assert step_critical(None, firing, Observation(1, 1.0, 0.0, None), firing) == (firing, None)
    known = Observation(1, 1.0, 0.0, 3.0)
    assert step_critical(None, firing, known, firing) == (Status(), Change.STEPPED_DOWN)


def test_it_resolves_only_after_the_whole_hold_below_the_clear_value():
    _, changes = run(LOAD, [2, 2, 2, 2] + [1.5] * 7)
    assert changes == [(3, Change.FIRED), (4, Change.RECOVERING), (10, Change.RESOLVED)]


def test_a_value_at_the_clear_threshold_does_not_clear():
    status, changes = run(LOAD, [2, 2, 2, 2] + [1.6] * 20)
    assert changes == [(3, Change.FIRED)]
    assert status.state is State.FIRING


def test_a_relapse_during_the_hold_is_the_same_alert():
    _, changes = run(LOAD, [2, 2, 2, 2, 1, 1, 1.7])
    assert changes == [(3, Change.FIRED), (4, Change.RECOVERING), (6, Change.RELAPSED)]


def test_unknown_values_freeze_a_firing_alert():
    status, changes = run(LOAD, [2, 2, 2, 2] + [None] * 100)
    assert changes == [(3, Change.FIRED)]
    assert status.state is State.FIRING


def test_unknown_values_do_not_count_as_waiting():
    status, changes = run(LOAD, [2, 2, None, None, None, 2])
    assert changes == []
    assert status.held == 20


def test_a_gap_does_not_count_as_waiting():
    status, changes = run(LOAD, [2, 2, 2], gaps=[(1, 600.0)])
    assert changes == []
    assert status.held == 10


def test_a_wait_is_forgotten_after_an_hour_without_a_look():
    status, _ = run(LOAD, [2, 2, 2], gaps=[(2, 4000.0)])
    assert status.state is State.PENDING
    assert status.held == 0
    assert status.started_at_ms == 2000


def test_an_end_that_nobody_saw_is_recorded_as_such():
    status, changes = run(LOAD, [2, 2, 2, 2, 0.1], gaps=[(4, 7200.0)])
    assert changes[-1] == (4, Change.ENDED_UNSEEN)
    assert status.state is State.INACTIVE


def test_a_gap_shorter_than_the_hold_lets_the_hold_decide():
    _, changes = run(LOAD, [2, 2, 2, 2, 0.1], gaps=[(4, 30.0)])
    assert changes[-1] == (4, Change.RECOVERING)


def test_an_alert_that_still_fires_after_a_gap_stays_one_alert():
    status, changes = run(LOAD, [2, 2, 2, 2, 5], gaps=[(4, 7200.0)])
    assert changes == [(3, Change.FIRED)]
    assert status.peak == 5


def test_the_peak_is_the_highest_value_since_the_condition_first_held():
    assert run(LOAD, [9, 2, 2, 2, 3])[0].peak == 9


def test_a_clear_value_above_the_threshold_is_refused():
    with pytest.raises(ValueError, match="clear 80 lies above threshold 75"):
        Condition(75, 80, 0, 0)


observations = st.lists(
    st.tuples(
        st.one_of(st.none(), st.floats(0, 4, allow_nan=False)),
        st.sampled_from([0.0, 1.0, 5.0, 30.0]),
        st.sampled_from([0.0, 0.0, 0.0, 6.0, 90.0, 5000.0]),
        st.integers(-3_600_000, 3_600_000),
    ),
    max_size=60,
)
conditions = st.builds(
    Condition, st.sampled_from([2.0, 3.0]), st.sampled_from([0.5, 2.0]), st.sampled_from([0.0, 30.0]),
    st.sampled_from([0.0, 60.0]),
)  # fmt: skip


def series(raw):
    return [Observation(1_700_000_000_000 + at, covered, gap, value) for value, covered, gap, at in raw]


@given(conditions, observations)
def test_an_alert_never_fires_twice_without_resolving_between(condition, raw):
    open_alerts, status = 0, Status()
    for seen in series(raw):
        status, change = step(condition, status, seen)
        open_alerts += (change is Change.FIRED) - (change in (Change.RESOLVED, Change.ENDED_UNSEEN))
        assert open_alerts in (0, 1)
        assert (open_alerts == 1) == status.is_open


@given(conditions, observations)
def test_nothing_changes_while_the_value_is_unknown(condition, raw):
    status = Status()
    for seen in series(raw):
        before = status
        status, change = step(condition, status, seen)
        if seen.value is None:
            assert change is None
            assert status.state is before.state
            assert status.held == before.held


@given(conditions, observations)
def test_the_wall_clock_changes_no_decision(condition, raw):
    shifted = [Observation(7, seen.covered, seen.gap, seen.value) for seen in series(raw)]
    changes = []
    for run_of in (series(raw), shifted):
        status, found = Status(), []
        for seen in run_of:
            status, change = step(condition, status, seen)
            found.append((status.state, change))
        changes.append(found)
    assert changes[0] == changes[1]


@given(conditions, observations)
def test_firing_needs_the_whole_wait_observed(condition, raw):
    status, seen_for = Status(), 0.0
    for seen in series(raw):
        before = status
        status, change = step(condition, status, seen)
        if before.state is not State.PENDING:
            seen_for = 0.0
        elif seen.value is not None:
            seen_for += seen.covered
        if change is Change.FIRED:
            assert seen.value is not None
            assert seen.value >= condition.threshold
            assert seen_for >= condition.pending_for or condition.pending_for == 0


@pytest.mark.parametrize(("value", "share"), [(-1.0, 0.0), (0.0, 1.0), (5.0, 1.0)])
def test_a_threshold_of_nothing_does_no_harm(value, share):
    assert Condition(0.0, 0.0, 0.0, 0.0).share_reached(value) == share


def test_a_value_of_nothing_does_no_harm_where_low_is_bad():
    assert Condition(10.0, 15.0, 0.0, 0.0, below=True).share_reached(0.0) == 1.0
