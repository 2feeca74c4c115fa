"""Accounts of a machine's use: who used what between two looks, that nothing is lost, made up or told twice."""

import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain import tallies
from monitor.metrics.usage import NOTHING, Consumer, Kind
from tests.stages.machine import Machine, Watched, summed

LOADMON = Consumer(Kind.LOADMON, "loadmon")
GONE = Consumer(Kind.SESSION, "gone again")


def program(name):
    return Consumer(Kind.PROGRAM, name, "anna")


def service(name):
    return Consumer(Kind.SERVICE, f"{name}.service")


def watched(**options):
    """A machine that was looked at once, at a quarter of a minute."""
    one = Watched(Machine(**options))
    one.scan()
    return one


def compiling():
    """The same with a make and its cc, of which the second look saw 10 s of work."""
    one = watched()
    one.machine.start(6, 1, "make")
    one.machine.start(7, 6, "cc")
    one.machine.work(7, 1000)
    one.after(15.0)
    return one


def compiled():
    """The same after cc worked for 2 s more and ended, and make waited for it."""
    one = compiling()
    one.machine.work(7, 200)
    one.machine.end(7)
    one.after(15.0)
    return one


def change(machine, chance, joins=False):
    """Something that happens on a machine, as chance has it; `joins`: processes move from group to group, too."""
    pid = chance.choice(list(machine.living))
    what = chance.random()
    if what < 0.5:
        machine.work(pid, chance.randrange(60))
    elif what < 0.75:
        group = chance.choice(["", "", "web", "db"])
        machine.start(
            chance.randrange(2, 30), pid, chance.choice("abc"), group, is_hidden=chance.random() < 0.1
        )
    elif what < 0.9 and pid != 1:
        machine.end(pid, waited=chance.random() < 0.8)
    elif joins:
        machine.living[pid].group = chance.choice(["", "web"])
    else:
        machine.living[pid].name = chance.choice("abc")


KINDS_OF_MACHINES = [{}, {"groups": True}, {"groups": True, "is_root_counted": False}]


def lived(seed, joins=False, **options):
    """A machine on which much happened, some of it before a scan that was missed or while the clock was set."""
    chance, one = random.Random(seed), watched(**options)
    for _ in range(40):
        for _ in range(chance.randrange(12)):
            change(one.machine, chance, joins)
            one.machine.pass_by(0.05)
        one.machine.interrupts += chance.randrange(3)
        if chance.random() < 0.7:
            one.after(
                chance.choice([1.0, 2.0, 15.0, 40.0]), chance.choice([None, None, None, -3600.0, 7200.0])
            )
    one.after(15.0)
    return one


def told(one):
    return sum(account.machine_cpu_ms for account in one.accounts)


@pytest.mark.parametrize("options", KINDS_OF_MACHINES)
@given(seed=st.integers(0, 2**32))
def test_whatever_happens_the_rows_add_up_to_what_the_machine_was_busy(options, seed):
    one = lived(seed, **options)
    assert told(one) == 10 * (one.machine.busy + one.machine.interrupts)
    for account in one.accounts:
        assert account.end_ms - account.start_ms == account.covered_ms
        assert summed(account) + account.not_seen_ms == account.machine_cpu_ms


@given(seed=st.integers(0, 2**32))
def test_who_moves_from_group_to_group_makes_no_more_of_it_than_the_two_counts_may_differ(seed):
    one = lived(seed, joins=True, groups=True)
    assert told(one) == 10 * (one.machine.busy + one.machine.interrupts)
    surplus = sum(summed(account) + account.not_seen_ms for account in one.accounts) - told(one)
    assert 0 <= surplus <= 1000 * (0.05 + 30 * 0.02)


@given(seed=st.integers(0, 2**32))
def test_a_service_is_told_exactly_what_its_group_counted(seed):
    one = lived(seed, joins=True, groups=True)
    for name in ("web", "db"):
        assert one.used(service(name)) == 10 * one.machine.counted.get(name, 0)


def test_a_process_is_told_with_what_it_used_between_its_start_and_the_first_look():
    one = watched()
    one.machine.start(7, 1, "ffmpeg")
    one.machine.work(7, 1200)
    one.after(15.0)
    assert one.used(program("ffmpeg")) == 12_000


def test_a_process_that_nobody_saw_before_brings_no_past():
    one = watched()
    one.machine.start(7, 1, "ffmpeg", is_hidden=True)
    one.machine.work(7, 1200)
    one.after(15.0)
    one.machine.living[7].is_hidden = False
    one.machine.work(7, 300)
    account = one.after(15.0)
    assert (one.used(program("ffmpeg")), account.not_seen_ms) == (0, 3_000)


def test_what_ended_is_told_once_though_its_parent_is_charged_with_all_of_it():
    one = compiled()
    assert (one.used(program("cc")), one.used(program("make"))) == (10_000, 2_000)


def test_what_its_adopter_is_charged_with_is_told_once():
    one = compiling()
    one.machine.work(1, 1000)
    one.machine.end(6)  # before its child, which the first process waits for
    one.machine.end(7)
    one.after(15.0)
    assert (one.used(program("cc")), one.used(program("init"))) == (10_000, 10_000)


def test_another_process_of_the_same_number_is_another_one():
    one = watched()
    one.machine.start(7, 1, "old")
    one.machine.work(7, 900)
    one.after(15.0)
    one.machine.end(7, waited=False)
    one.machine.start(7, 1, "new")
    one.machine.work(7, 1000)
    one.after(15.0)
    assert (one.used(program("old")), one.used(program("new"))) == (9_000, 10_000)
    newest = one.accounts[-1].used
    assert (newest[program("new")].started, newest[program("old")].ended) == (1, 1)


def test_who_came_and_went_in_a_group_is_told_as_gone_again():
    one = watched(groups=True)
    one.machine.start(6, 1, "bash")
    one.after(15.0)
    for pid in range(100, 300):
        one.machine.start(pid, 6, "cc")
        one.machine.work(pid, 1)
        one.machine.end(pid, waited=pid % 2 == 0)
    account = one.after(15.0)
    assert one.used(program("bash")) == 1_000  # for whom it waited
    assert (one.used(GONE), account.not_seen_ms) == (1_000, 0)


def test_of_a_group_in_which_not_all_are_seen_nobody_is_said_to_have_gone():
    one = watched(groups=True)
    one.machine.start(6, 1, "bash", is_hidden=True)
    one.after(15.0)
    one.machine.work(6, 100)
    one.machine.living[6].is_hidden = False
    account = one.after(15.0)
    assert (one.used(GONE), account.not_seen_ms) == (0, 1_000)


@pytest.mark.parametrize(("is_listed", "gone", "not_seen"), [(True, 1_000, 0), (False, 0, 1_000)])
def test_what_tasks_of_another_namespace_used_is_not_told_as_gone(is_listed, gone, not_seen):
    one = watched(groups=True, is_listed=is_listed, tasks_beyond=5)
    one.machine.busy += 100
    one.machine.counted[""] = one.machine.counted.get("", 0) + 100
    account = one.after(15.0)
    assert (one.used(GONE), account.not_seen_ms) == (gone, not_seen)


def test_loadmon_is_told_by_itself_whatever_group_it_is_in_and_not_there_as_well():
    one = Watched(Machine(groups=True), own_pid=11)
    machine = one.machine
    for pid, parent, name, group in (
        (10, 1, "loadmon", "apps"),
        (11, 10, "loadmon-sampler", "apps"),
        (12, 10, "loadmon-web", "apps"),
        (13, 12, "sh", ""),
        (14, 1, "other", "apps"),
        (15, 11, "loadmon-burn", "apps"),
    ):
        machine.start(pid, parent, name, group)
    one.scan()
    for pid in range(10, 16):
        machine.work(pid, 100)
    one.after(15.0)
    assert one.used(LOADMON) == 4_000
    assert one.used(service("apps")) == 1_000
    assert one.used(Consumer(Kind.LOADMON, "load test")) == 1_000
    assert one.accounts[-1].not_seen_ms == 0


def test_a_group_that_holds_nothing_but_loadmon_is_loadmons_whole():
    one = Watched(Machine(groups=True), own_pid=11)
    one.machine.start(11, 1, "loadmon-sampler", "apps")
    one.scan()
    one.machine.work(11, 100)
    one.machine.start(12, 11, "git", "apps")
    one.machine.work(12, 50)
    one.machine.end(12, waited=False)
    one.after(15.0)
    assert (one.used(LOADMON), one.used(service("apps"))) == (1_500, 0)


def test_who_only_calls_itself_like_loadmon_is_not():
    one = watched()
    one.machine.start(7, 1, "loadmon-sampler")
    one.machine.work(7, 100)
    one.after(15.0)
    assert (one.used(LOADMON), one.used(program("loadmon-sampler"))) == (0, 1_000)


def test_interrupts_are_a_consumer_of_their_own():
    one = watched()
    one.machine.interrupts += 50
    account = one.after(15.0)
    assert (one.used(Consumer(Kind.KERNEL, "interrupts")), account.not_seen_ms) == (500, 0)


def test_interrupts_that_are_in_the_time_of_processes_already_are_not_told_again():
    one = watched()
    one.machine.interrupts += 50
    one.machine.work(1, 1000)
    one.machine.busy -= 50
    account = one.after(15.0)
    assert (summed(account), account.machine_cpu_ms) == (10_000, 10_000)


def test_where_the_machine_counts_too_little_the_next_account_settles_it():
    one = watched()
    one.machine.work(1, 1000)
    one.machine.busy -= 30
    short = one.after(15.0)
    one.machine.busy += 80
    account = one.after(15.0)
    assert (short.machine_cpu_ms, summed(short), short.not_seen_ms) == (9_700, 10_000, 0)
    assert (account.machine_cpu_ms, summed(account), account.not_seen_ms) == (800, 0, 500)


def test_where_tasks_are_charged_with_time_that_was_stolen_from_them_the_rows_still_add_up():
    one = watched()
    one.machine.start(7, 1, "ffmpeg")
    for _ in range(30):
        one.machine.work(1, 901)
        one.machine.work(7, 300)
        one.machine.busy -= 600
        one.after(15.0)
    assert 0 <= sum(summed(account) for account in one.accounts) - told(one) <= 1000 * (os.cpu_count() or 1)
    assert summed(one.accounts[-1]) == one.accounts[-1].machine_cpu_ms == 6_010
    assert one.accounts[-1].used[program("ffmpeg")].cpu_ms == 6_010 * 300 // 1_201


def test_scans_in_between_are_part_of_the_account_of_the_quarter_minute():
    one = watched()
    for _ in range(7):
        one.machine.work(1, 10)
        assert one.after(2.0) is None
    one.machine.work(1, 190)
    account = one.after(2.0)
    assert (account.covered_ms, account.used[program("init")].cpu_ms) == (16_000, 2_600)
    assert account.used[program("init")].highest_permille == 950  # of the shortest look


def test_an_account_ends_when_its_scan_began_and_lasted_as_the_clock_says_that_nobody_sets():
    one = watched()
    began = one.machine.wall_ms
    account = one.after(15.0, wall=3600.0)
    assert (account.end_ms, account.start_ms) == (began + 3_600_000, began + 3_585_000)


def test_what_was_known_before_a_gap_is_not_lost_and_nothing_is_told_of_it():
    one = watched()
    one.machine.work(1, 100)
    assert one.after(2.0) is None
    before = one.machine.wall_ms
    one.machine.work(1, 5000)
    account = one.after(3600.0)
    assert (account.end_ms, account.covered_ms, account.machine_cpu_ms) == (before, 2_000, 1_000)
    one.machine.work(1, 100)
    assert one.after(15.0).machine_cpu_ms == 1_000


def test_nothing_is_told_of_a_time_in_which_the_machine_slept():
    one = watched()
    one.machine.work(1, 100)
    one.machine.asleep = 20.0
    assert one.after(30.0) is None
    one.machine.work(1, 100)
    assert one.after(15.0).machine_cpu_ms == 1_000


def test_scans_that_are_far_apart_make_long_accounts():
    one = watched()
    one.machine.work(1, 9000)
    assert one.after(120.0).used[program("init")].cpu_ms == 90_000


def test_a_clock_that_stands_still_makes_accounts_too():
    one = watched()
    assert [one.after(10.0, wall=0.0) is not None for _ in range(6)] == [False, False, True] * 2


def test_without_the_machines_own_count_there_is_no_account():
    one = watched()
    one.machine.busy = -5  # it went back
    assert one.after(15.0) is None


def test_more_consumers_than_can_be_named_are_told_together(monkeypatch):
    monkeypatch.setattr(tallies, "MOST_CONSUMERS", 3)
    one = watched()
    for pid in range(10, 30):
        one.machine.start(pid, 1, "job-" + chr(ord("a") + pid - 10))
        one.machine.work(pid, 10)
    account = one.after(15.0)
    assert (len(account.used), account.others.cpu_ms, account.others.processes) == (3, 1_800, 18)
    assert summed(account) == account.machine_cpu_ms


def test_what_processes_wrote_is_told_once_though_the_kernel_adds_it_to_their_parents():
    one = compiled()
    wrote = {
        name: sum(account.used.get(program(name), NOTHING).written_kib or 0 for account in one.accounts)
        for name in ("cc", "make")
    }
    assert wrote == {"cc": 1000, "make": 200}


def test_what_nobody_may_know_of_disks_is_unknown():
    one = watched(is_secret=True)
    one.machine.start(7, 1, "secret")
    one.machine.work(7, 10)
    used = one.after(15.0).used[program("secret")]
    assert (used.read_kib, used.written_kib) == (None, None)
