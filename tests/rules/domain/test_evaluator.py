"""Rules over readings: firing, replaying, thresholds by cores."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.metrics.reading import Reading
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.spec import RuleSpec
from monitor.rules.domain.states import Change, State, Status
from tests.stages.examples import examples

CPU = RuleSpec(1, "CPU", "cpu_percent", "warning", 120, 75, 65, 0, 60, False)
LOAD = RuleSpec(2, "Load", "load1", "warning", 0, 1.0, 0.8, 30, 60, True)
MEMORY = RuleSpec(
    3, "Memory", "memory_available_percent", "warning", 0, 10, 15, 0, 60, False, comparison="below"
)


def readings(pairs, *, cores=2.0, start=0):
    return [
        Reading(
            1000 * (start + i), 1.0, 0.0, {"cpu_percent": cpu, "load1": load, "cpu_effective_cores": cores}
        )
        for i, (cpu, load) in enumerate(pairs)
    ]


def changes(evaluator, series):
    return [(r.taken_at_ms, o.rule.name, o.change) for r in series for o in evaluator.evaluate(r)]


def test_the_load_rule_compares_with_the_effective_cores():
    evaluator = Evaluator([LOAD])
    assert changes(evaluator, readings([(0, 2.0)] * 31)) == [(30_000, "Load", Change.FIRED)]
    assert changes(Evaluator([LOAD]), readings([(0, 2.0)] * 100, cores=4.0)) == []


def test_the_load_rule_is_unknown_until_the_cores_are_known():
    assert changes(Evaluator([LOAD]), readings([(0, 9.0)] * 100, cores=None)) == []


def test_the_cpu_rule_judges_the_mean_of_two_minutes():
    series = readings([(0, 0)] * 120 + [(100, 0)] * 90)
    assert changes(Evaluator([CPU]), series) == [(209_000, "CPU", Change.FIRED)]


def test_an_outcome_tells_the_absolute_threshold_and_the_value():
    evaluator = Evaluator([LOAD])
    outcome = next(o for r in readings([(0, 3.5)] * 31) for o in evaluator.evaluate(r))
    assert (outcome.value, outcome.condition.threshold, outcome.condition.clear) == (3.5, 2.0, 1.6)


def test_the_two_minute_means_are_unknown_at_first():
    evaluator = Evaluator([])
    evaluator.evaluate(readings([(10, 1)])[0])
    assert set(evaluator.means().values()) == {None}


def test_the_two_minute_means_are_there_even_without_rules():
    evaluator = Evaluator([])
    for reading in readings([(10, 1.5)] * 120):
        evaluator.evaluate(reading)
    assert evaluator.means()["cpu_percent"] == 10
    assert evaluator.means()["load1"] == 1.5


def test_an_alert_stands_until_it_resolves_and_full_disks_do_not_count():
    disk = RuleSpec(3, "Disk", "disk_fullest_percent", "warning", 0, 90, 85, 0, 0, False)
    evaluator = Evaluator([LOAD, disk])
    for reading in readings([(0, 9.0)] * 32):
        evaluator.evaluate(reading)
    assert evaluator.is_open()
    for reading in readings([(0, 0.1)] * 70, start=32):
        evaluator.evaluate(reading)
    evaluator.evaluate(Reading(200_000, 1.0, 0.0, {"disk_fullest_percent": 99.0}))
    assert evaluator.statuses[3].is_open
    assert not evaluator.is_open()


def test_a_replay_never_fires_but_the_next_live_reading_does():
    evaluator = Evaluator([LOAD])
    series = readings([(0, 5.0)] * 60)
    for reading in series:
        evaluator.replay(reading, [LOAD.id])
    assert evaluator.statuses[LOAD.id].state is State.PENDING
    assert changes(evaluator, readings([(0, 5.0)], start=60)) == [(60_000, "Load", Change.FIRED)]


pairs = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from([0.0, 70.0, 100.0])),
        st.one_of(st.none(), st.sampled_from([0.5, 1.7, 3.0])),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=examples(60), deadline=None)
@given(pairs, st.integers(0, 400))
def test_a_replay_stands_where_the_first_run_stood(blocks, cut):
    """Cut a run anywhere, replay what was stored since each rule's last change, and it goes on the same."""
    series = readings([pair for pair in blocks for _ in range(15)])
    cut = min(cut, len(series))
    whole = Evaluator([CPU, LOAD])
    last_change, opened = {}, {}
    for reading in series[:cut]:
        for outcome in whole.evaluate(reading):
            last_change[outcome.rule.id] = reading.taken_at_ms
            opened[outcome.rule.id] = outcome.status
    resumed = Evaluator([CPU, LOAD], {rule: status for rule, status in opened.items() if status.is_open})
    for reading in series[:cut]:
        since = [rule.id for rule in (CPU, LOAD) if reading.taken_at_ms > last_change.get(rule.id, -1)]
        resumed.replay(reading, since)
    assert changes(resumed, series[cut:]) == changes(whole, series[cut:])


def test_a_replay_stops_just_short_of_firing_and_the_next_live_reading_fires():
    evaluator, series = Evaluator([LOAD]), readings([(0, 3.0)] * 40)
    for reading in series[:39]:
        evaluator.replay(reading, [LOAD.id])
    assert evaluator.statuses[LOAD.id].state is State.PENDING
    assert changes(evaluator, series[39:]) == [(39_000, "Load", Change.FIRED)]


def test_a_replay_leaves_the_critical_levels_alone_that_are_not_asked_for():
    rule = replace(CPU, window_seconds=0, critical_threshold=95.0, critical_clear_threshold=85.0)
    evaluator = Evaluator([rule], {rule.id: Status(State.FIRING, 0, value=80.0, peak=80.0)})
    (reading,) = readings([(99, 0)])
    evaluator.replay(reading, [rule.id], [])
    assert evaluator.criticals[rule.id] == Status()
    evaluator.replay(reading, [], [rule.id])
    assert evaluator.criticals[rule.id].state is State.PENDING


# How near rules are to firing, in whichever direction they fire.


def near(*rules, **values):
    evaluator = Evaluator(rules)
    evaluator.evaluate(Reading(1000, 1.0, 0.0, {"cpu_effective_cores": 4.0, **values}))
    return evaluator.nearness()


def test_a_load_of_half_the_cores_is_half_way_to_the_cores():
    assert near(LOAD, load1=2.0) == 0.5
    assert near(LOAD, load1=6.0) == 1.5


def test_a_rule_that_fires_below_comes_nearer_as_the_value_falls():
    assert near(MEMORY, memory_available_percent=40.0) == 0.25
    assert near(MEMORY, memory_available_percent=8.0) == 1.25


def test_the_nearest_of_several_rules_counts():
    assert near(LOAD, MEMORY, load1=0.4, memory_available_percent=20.0) == 0.5


def test_what_is_unknown_is_far():
    assert near(LOAD, load1=None) == 0.0
    assert near() == 0.0
    assert Evaluator([LOAD]).nearness() == 0.0


def test_a_disk_that_has_been_nearly_full_for_days_says_nothing_of_this_minute():
    disk = replace(LOAD, metric="disk_fullest_percent", threshold=90.0, clear_threshold=87.0, per_core=False)
    assert near(disk, disk_fullest_percent=89.0) == 0.0


# Whether one may fire with the next reading.


def may_fire(rule, values, seconds=1.5, metric="load1"):
    evaluator = Evaluator([rule])
    for second, value in enumerate(values):
        evaluator.evaluate(Reading(1000 * second, 1.0, 0.0, {"cpu_effective_cores": 2.0, metric: value}))
    return evaluator.may_fire_within(seconds)


def test_a_rule_that_waits_may_fire_when_its_wait_ends():
    rule = replace(LOAD, for_seconds=10)
    assert [may_fire(rule, [3.0] * count) for count in (1, 9, 10, 11)] == [False, False, True, False]
    assert not may_fire(rule, [1.0] * 20)


def test_a_rule_without_a_wait_may_fire_where_its_value_goes_on_as_it_rose():
    rule = replace(LOAD, for_seconds=0)
    assert may_fire(rule, [1.0, 1.5])
    assert not may_fire(rule, [1.0, 1.4])
    assert not may_fire(rule, [1.9])
    assert not may_fire(rule, [1.99, 1.98])
    assert not may_fire(rule, [None, None])


def test_what_stands_already_fires_no_more():
    assert not may_fire(replace(LOAD, for_seconds=0), [3.0, 3.0, 3.0])
