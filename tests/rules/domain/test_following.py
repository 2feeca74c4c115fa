"""Following of members through the evaluator: what vanished keeps its alert from resolving, and nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.metrics.members import Members
from monitor.metrics.reading import Reading
from monitor.rules.domain.aggregates import Statistic
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.domain.spec import RuleSpec
from tests.stages.examples import examples

Values = Mapping[str, float]
DISK = RuleSpec(1, "Disk full", "disk_fullest_percent", "warning", 0, 85, 80, 0, 2, False,
                critical_threshold=95, critical_clear_threshold=92)  # fmt: skip
CORE = RuleSpec(2, "One core", "cpu_busiest_core_percent", "info", 10, 85, 80, 0, 2, False)
NETWORK = RuleSpec(3, "Network", "network_received_bytes_per_second", "warning", 0, 100, 80, 0, 2, False)
CLEAR = 80.0
ENDS = ("resolved", "ended_unseen")


def reading(second: int, rule: RuleSpec, values: Values | None, adds_up: bool = False) -> Reading:
    """One second in which each member had what `values` say; None: nobody could measure."""
    if values is None:
        return Reading(1000 * second, 1.0, 0.0, {rule.metric: None})
    told = (sum(values.values()) if adds_up else max(values.values())) if values else None
    return Reading(1000 * second, 1.0, 0.0, {rule.metric: told}, {rule.metric: Members(values, adds_up)})


def changes(rule: RuleSpec, *steps: Values | None) -> list[tuple[int, str, tuple[str, ...]]]:
    """(second, change, names) of each change that the steps, a second each, lead to."""
    evaluator, adds_up = Evaluator([rule]), rule is NETWORK
    return [
        (second, one.change.value, one.names)
        for second, values in enumerate(steps)
        for one in evaluator.evaluate(reading(second, rule, values, adds_up))
    ]


def test_a_full_disk_that_is_unmounted_does_not_resolve_its_alert_until_it_is_seen_calm():
    full, gone, freed = {"/": 24.0, "/data": 94.0}, {"/": 24.0}, {"/": 24.0, "/data": 30.0}
    assert changes(DISK, *[full] * 3, *[gone] * 600, full, freed, freed, freed) == [
        (0, "fired", ()),
        (7, "unseen", ("/data",)),
        (603, "seen_again", ("/data",)),
        (604, "recovering", ()),
        (606, "resolved", ()),
    ]


def test_one_that_is_calm_when_it_is_mounted_again_ended_while_nobody_could_see_it():
    full, gone, freed = {"/": 24.0, "/data": 94.0}, {"/": 24.0}, {"/": 24.0, "/data": 30.0}
    found = changes(DISK, full, *[gone] * 60, freed)
    assert found[2:] == [(61, "seen_again", ("/data",)), (61, "ended_unseen", ())]


def test_an_alert_stands_of_what_is_left_where_that_reaches_the_threshold_alone():
    both, one, calm = {"/a": 90.0, "/b": 94.0}, {"/a": 90.0}, {"/a": 10.0}
    evaluator = Evaluator([DISK])
    for second, values in enumerate([both, *[one] * 9, *[calm] * 9]):
        assert [each.change for each in evaluator.evaluate(reading(second, DISK, values))] in (
            [], ["fired"], ["unseen"],
        )  # fmt: skip
        if values is one:
            assert evaluator.statuses[1].value == 90.0
    assert [(each["name"], each["gone_at"]) for each in evaluator.members[1]] == [("/b", 1000)]


def test_the_critical_level_does_not_step_down_because_the_critical_one_is_gone():
    found = changes(DISK, {"/a": 90.0, "/b": 97.0}, *[{"/a": 90.0}] * 20)
    assert [change for _, change, _ in found] == ["fired", "unseen"]
    found = changes(DISK, {"/a": 90.0, "/b": 97.0}, *[{"/a": 90.0, "/b": 90.0}] * 20)
    assert [change for _, change, _ in found] == ["fired", "stepped_down"]


def test_a_critical_level_of_another_metric_follows_the_members_of_that_one():
    rule = replace(CORE, window_seconds=0, critical_metric=DISK.metric, critical_threshold=95.0,
                   critical_clear_threshold=92.0)  # fmt: skip
    evaluator, found = Evaluator([rule]), []
    for second in range(20):
        disks = {"/": 24.0, "/data": 97.0} if second < 3 else {"/": 24.0}
        values = {CORE.metric: 99.0, DISK.metric: max(disks.values())}
        members = {CORE.metric: Members({"cpu0": 99.0}), DISK.metric: Members(disks)}
        found += evaluator.evaluate(Reading(1000 * second, 1.0, 0.0, values, members))
    assert [(one.change, one.severity) for one in found] == [("fired", "critical")]


def test_a_core_that_is_taken_offline_leaves_the_mean_of_its_window_unknown():
    hot, calm = {"cpu0": 5.0, "cpu1": 99.0}, {"cpu0": 5.0}
    found = changes(CORE, *[hot] * 12, None, *[calm] * 60, None, *[{"cpu0": 5.0, "cpu1": 6.0}] * 20)
    assert found[:3] == [(7, "fired", ()), (17, "unseen", ("cpu1",)), (74, "seen_again", ("cpu1",))]
    assert [change for _, change, _ in found[3:]] == ["ended_unseen"]
    assert found[3][0] == 84, "its window must speak of both cores again"


def test_a_sum_without_one_interface_does_not_resolve_what_that_one_caused():
    both, one = {"eth0": 90.0, "eth1": 15.0}, {"eth1": 15.0}
    assert [change for _, change, _ in changes(NETWORK, both, None, *[one] * 60)] == ["fired", "unseen"]


def test_a_sum_resolves_where_it_would_be_calm_with_the_interface_that_is_gone_too():
    found = changes(NETWORK, {"eth0": 90.0, "eth1": 15.0}, None, *[{"eth0": 60.0}] * 9)
    assert [change for _, change, _ in found] == ["fired", "recovering", "resolved"]


def test_an_interface_that_carried_next_to_nothing_is_not_what_the_alert_is_of():
    found = changes(
        NETWORK, {"eth0": 120.0, "eth1": 1.0}, None, *[{"eth0": 120.0}] * 9, *[{"eth0": 10.0}] * 9
    )
    assert [change for _, change, _ in found] == ["fired", "recovering", "resolved"]


def test_what_only_waits_to_fire_starts_anew_without_its_member():
    rule = replace(DISK, for_seconds=5)
    assert changes(rule, *[{"/": 24.0, "/data": 94.0}] * 3, *[{"/": 24.0}] * 9) == []


def test_an_alert_about_a_low_value_is_not_kept_by_what_vanished():
    rule = replace(DISK, comparison="below", threshold=30.0, clear_threshold=40.0, critical_threshold=None,
                   critical_clear_threshold=None)  # fmt: skip
    found = changes(rule, {"/a": 20.0, "/b": 10.0}, *[{"/a": 50.0}] * 9)
    assert [change for _, change, _ in found] == ["fired", "recovering", "resolved"]


def test_a_share_of_time_is_kept_by_a_member_that_was_beyond_the_level():
    rule = replace(
        CORE, window_seconds=4, statistic=Statistic.SHARE, level=90.0, threshold=50.0, clear_threshold=25.0
    )
    hot, calm = {"cpu0": 5.0, "cpu1": 99.0}, {"cpu0": 5.0}
    assert [change for _, change, _ in changes(rule, *[hot] * 6, *[calm] * 60)] == ["fired", "unseen"]
    assert [change for _, change, _ in changes(rule, *[hot] * 6, *[hot | {"cpu1": 50.0}] * 60)] == [
        "fired", "recovering", "resolved",
    ]  # fmt: skip


def test_a_reading_that_tells_no_members_is_judged_by_its_value():
    evaluator = Evaluator([DISK])
    found = []
    for second, value in enumerate([90.0] * 3 + [20.0] * 4):
        found += evaluator.evaluate(Reading(1000 * second, 1.0, 0.0, {DISK.metric: value}))
    assert [one.change for one in found] == ["fired", "recovering", "resolved"]


def test_a_restart_while_the_member_is_gone_changes_nothing():
    evaluator = Evaluator([DISK])
    for second, values in enumerate([{"/": 24.0, "/data": 94.0}, *[{"/": 24.0}] * 9]):
        evaluator.evaluate(reading(second, DISK, values))
    anew = Evaluator([DISK], evaluator.statuses, evaluator.criticals, evaluator.members)
    for second in range(10, 60):  # stored readings know no members
        anew.replay(Reading(1000 * second, 1.0, 0.0, {DISK.metric: 24.0}), [1])
    assert anew.statuses[1].state == "firing"
    found = [one for second in range(60, 90) for one in anew.evaluate(reading(second, DISK, {"/": 24.0}))]
    assert found == []
    (back, ended) = anew.evaluate(reading(90, DISK, {"/": 24.0, "/data": 30.0}))
    assert (back.change, ended.change) == ("seen_again", "ended_unseen")


NAMES = ("a", "b", "c")
SEEDS = st.integers(0, 2**63)


def any_rule(chance: Random) -> tuple[RuleSpec, bool]:
    """A rule over a set, and whether the set adds up."""
    adds_up, window = chance.random() < 0.4, chance.choice((0, 0, 3, 10))
    statistic = chance.choice((Statistic.MEAN, Statistic.MAX)) if window else Statistic.MEAN
    rule = RuleSpec(1, "Any", "disk_fullest_percent", "warning", window, 100.0, CLEAR, chance.choice((0, 2)),
                    chance.choice((0, 2, 6)), False, statistic=statistic)  # fmt: skip
    return rule, adds_up


def any_past(chance: Random) -> list[Values | None]:
    """Members that come, go and change, in stretches."""
    found: list[Values | None] = []
    for _ in range(chance.randint(2, 25)):
        there = [name for name in NAMES if chance.random() < 0.7]
        values = {name: chance.choice((0.0, 10.0, 50.0, 79.9, 80.0, 120.0)) for name in there}
        found += [None if chance.random() < 0.1 else values] * chance.randint(1, 12)
    return found


@settings(max_examples=examples(2000), deadline=None)
@given(SEEDS)
def test_an_alert_never_resolves_while_what_was_not_calm_is_unseen(seed):
    chance = Random(seed)
    rule, adds_up = any_rule(chance)
    evaluator, last, there, is_open = Evaluator([rule]), dict[str, float](), set[str](), False
    for second, values in enumerate(any_past(chance)):
        if chance.random() < 0.05:
            evaluator = Evaluator([rule], evaluator.statuses, evaluator.criticals, evaluator.members)
        outcomes = evaluator.evaluate(reading(second, rule, values, adds_up))
        if values is not None:
            last, there = (last | values if is_open else dict(values)), set(values)
        is_open = is_open or any(one.change == "fired" for one in outcomes)
        for one in outcomes:
            if one.change not in ENDS:
                continue
            gone = [value for name, value in last.items() if name not in there]
            material = [value for value in gone if value >= 0.05 * CLEAR]
            known = max([0.0, *gone]) if not adds_up else one.value + sum(material)
            assert known < CLEAR, (second, last, values)
            is_open, last = False, {name: last[name] for name in there}


@settings(max_examples=examples(1000), deadline=None)
@given(SEEDS)
def test_where_nothing_vanishes_members_change_nothing(seed):
    chance = Random(seed)
    rule, adds_up = any_rule(chance)
    past = [None if values is None else dict.fromkeys(NAMES, 0.0) | values for values in any_past(chance)]
    told, untold = Evaluator([rule]), Evaluator([rule])
    for second, values in enumerate(past):
        full = reading(second, rule, values, adds_up)
        found = [(one.change, one.value) for one in told.evaluate(full)]
        assert found == [(one.change, one.value) for one in untold.evaluate(replace(full, members={}))]


@settings(max_examples=examples(1000), deadline=None)
@given(SEEDS)
def test_once_all_are_seen_calm_the_alert_ends(seed):
    chance = Random(seed)
    rule, adds_up = any_rule(chance)
    evaluator = Evaluator([rule])
    past = any_past(chance)
    for second, values in enumerate([*past, *[dict.fromkeys(NAMES, 1.0)] * 60]):
        evaluator.evaluate(reading(second, rule, values, adds_up))
    assert not evaluator.statuses[1].is_open
    assert evaluator.members == {}


@pytest.mark.parametrize("rule", [DISK, CORE, NETWORK])
def test_an_outcome_tells_what_its_alert_is_of_the_worst_first(rule):
    evaluator = Evaluator([rule])
    values = {"a": 20.0, "b": 99.0, "c": 90.0}
    found = [
        one
        for second in range(12)
        for one in evaluator.evaluate(reading(second, rule, values, rule is NETWORK))
    ]
    named = [each["name"] for each in found[0].members]
    assert named == (["b", "c", "a"] if rule is NETWORK else ["b", "c"])
