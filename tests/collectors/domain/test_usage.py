"""Who used what between two scans: pids that are given again, children that came and went, and who matters."""

import pytest

from monitor.collectors.domain.usage import TOP, Usage, grouped, mattering, usages
from monitor.metrics.snapshot import Details
from tests.stages.scans import seen


def by_pid(*processes):
    return {one.pid: one for one in processes}


@pytest.mark.parametrize("before", [seen(7, 0.0), None])
def test_a_process_whose_counter_jumps_beyond_all_cpu_time_that_there_was_is_unknown(before):
    earlier = {} if before is None else {7: before}
    now = seen(7, 9e6, started=1.0 if before else 150.0)
    assert usages(earlier, {7: now}, since=100.0, most=22.0)[7].own is None
    assert usages({7: now}, {7: seen(7, 9e6 + 3, started=now.started)}, since=100.0, most=22.0)[7].own == 3


def test_cpu_is_what_was_used_since_the_scan_before():
    assert usages(by_pid(seen(7, 10.0)), by_pid(seen(7, 13.5)), 90.0)[7] == Usage(3.5)


def test_at_the_first_scan_nobody_knows():
    assert usages({}, by_pid(seen(7, 10.0)), None)[7].own is None


def test_a_pid_that_was_given_again_is_another_process():
    before, now = by_pid(seen(7, 500.0, started=1.0)), by_pid(seen(7, 2.0, started=95.0))
    assert usages(before, now, 90.0)[7].own == 2.0


def test_a_process_that_was_started_since_used_all_its_time_since():
    assert usages({}, by_pid(seen(7, 2.0, started=92.0)), 90.0)[7].own == 2.0


def test_of_an_old_process_that_was_not_seen_before_nobody_knows():
    assert usages({}, by_pid(seen(7, 2000.0, started=5.0)), 90.0)[7].own is None


@pytest.mark.parametrize("owed", [{}, {7: 2.0}])
@pytest.mark.parametrize("child", [[], [seen(8, cpu=3.0, parent=7)]])
def test_the_same_value_is_told_like_one_that_is_alike(child, owed):
    was = seen(7, 10.0, children=5.0)
    before = by_pid(was, *child)
    same, alike = by_pid(was), by_pid(was._replace(pid=7))
    assert usages(before, same, 90.0, owed) == usages(before, alike, 90.0, owed)


def test_a_counter_that_went_back_is_no_negative_use():
    assert usages(by_pid(seen(7, 10.0)), by_pid(seen(7, 9.0)), 90.0)[7].own == 0.0


def test_children_that_came_and_went_are_told_by_what_their_parent_was_charged_with():
    before, now = by_pid(seen(7, children=4.0)), by_pid(seen(7, children=9.0))
    assert usages(before, now, 90.0)[7].short_lived == 5.0


def test_what_an_ended_child_had_used_long_before_is_not_counted_again():
    before = by_pid(seen(7, children=4.0), seen(8, cpu=60.0, parent=7))
    now = by_pid(seen(7, children=65.0))
    assert usages(before, now, 90.0)[7].short_lived == pytest.approx(1.0)


def test_what_a_whole_branch_had_used_goes_to_the_ancestor_that_lives():
    before = by_pid(seen(7, children=4.0), seen(8, parent=7), seen(9, cpu=100.0, parent=8))
    now = by_pid(seen(7, children=105.0))
    assert usages(before, now, 90.0)[7].short_lived == pytest.approx(1.0)


def test_ended_processes_that_are_each_others_parents_lead_nowhere():
    assert usages(by_pid(seen(8, 1.0, parent=9), seen(9, 1.0, parent=8)), by_pid(seen(7)), 90.0).keys() == {7}


def test_a_child_that_its_parent_is_charged_with_one_scan_later_is_not_counted_then():
    before = by_pid(seen(7, children=4.0), seen(8, cpu=100.0, parent=7))
    between = by_pid(seen(7, children=4.0))
    first = usages(before, between, 90.0)[7]
    assert (first.short_lived, first.owed) == (0.0, 100.0)
    later = usages(between, by_pid(seen(7, children=105.0)), 92.0, {7: first.owed})[7]
    assert (later.short_lived, later.owed) == (1.0, 0.0)
    assert usages(between, between, 92.0, {7: first.owed})[7].owed == 0.0


def test_more_than_there_was_to_use_is_not_told():
    before = by_pid(seen(7), seen(8, cpu=100.0, parent=7))
    now = by_pid(seen(7, children=100.5), seen(8, cpu=100.5, parent=7))  # it ended right after it was read
    assert usages(before, now, 90.0, most=4.0)[7].short_lived == 0.0


def test_the_busy_the_large_the_running_and_the_waiting_matter():
    idle = [seen(pid) for pid in range(100, 400)]
    now = by_pid(*idle, seen(1, 9.0), seen(2, rss_bytes=10**9), seen(3, state="D"), seen(4, state="R"))
    used = dict.fromkeys(now, Usage(0.0)) | {1: Usage(9.0)}
    chosen = {one.pid for one in mattering(now, used)}
    assert {1, 2, 3, 4} <= chosen
    assert len(chosen) <= 4 + TOP


def test_of_ten_thousand_processes_few_matter():
    now = by_pid(*(seen(pid, pid / 1e4, rss_bytes=pid, state="R") for pid in range(10_000)))
    chosen = mattering(now, {pid: Usage(pid / 1e4) for pid in now})
    assert len(chosen) < 150
    assert chosen[0].pid == 9_999


def test_groups_are_containers_else_units_else_users():
    now = by_pid(*(seen(pid, rss_bytes=10) for pid in (1, 2, 3, 4, 5)))
    details = {
        1: Details("nginx.service", "unit", "www"),
        2: Details("nginx.service", "unit", "www"),
        3: Details("docker abc", "container", "root"),
        4: Details(None, "", "anna"),
    }
    used = dict.fromkeys(now, Usage(0.0)) | {1: Usage(1.0, 0.5), 2: Usage(2.0)}
    groups = {group.name: group for group in grouped(now.values(), used, details, {3: 2})}
    assert set(groups) == {"nginx.service", "docker abc", "anna"}
    nginx = groups["nginx.service"]
    assert (nginx.kind, nginx.cpu_seconds, nginx.rss_bytes, nginx.processes) == ("unit", 3.5, 20, 2)
    assert (groups["docker abc"].kind, groups["docker abc"].blocked) == ("container", 2)
    assert groups["anna"].kind == "user"
