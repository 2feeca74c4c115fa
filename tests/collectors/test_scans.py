"""The scans of a sampler: when they begin, how long a slice is, and what a failure costs."""

from monitor.collectors.domain.scanning import Pace
from monitor.collectors.processes import Scanner
from monitor.collectors.scans import Scans
from monitor.metrics.reading import Reading
from monitor.metrics.usage import GroupShare, Kind
from tests.stages.scans import Made, Stage


def test_the_second_scan_follows_at_once_for_the_first_knows_no_cpu():
    assert Stage().run(50) == [1.0, 3.0, 15.0, 30.0, 45.0]  # and then where a quarter of a minute begins


def test_a_clock_that_is_set_or_stands_still_keeps_no_scan_away():
    stage = Stage()
    stage.run(15)
    stage.off_ms = -3_600_000
    assert stage.run(30) == [17.0, 30.0, 45.0]
    stage.off_ms = None
    assert stage.run(60) == [47.0, 65.0, 83.0, 101.0]


def test_near_an_alert_they_come_every_two_seconds():
    assert Stage().run(9, pace=Pace.WATCHFUL) == [1.0, 3.0, 5.0, 7.0, 9.0]


def test_a_look_at_once_waits_for_nothing_but_a_second_since_the_last():
    stage = Stage()
    stage.run(20)
    assert stage.run(3, pace=Pace.AT_ONCE) == [21.0, 22.0, 23.0]
    assert stage.scans.tick(0, Pace.AT_ONCE) is None  # in the same tick
    assert stage.run(6) == []  # the next calm one is due where a quarter of a minute begins
    assert stage.run(1) == [30.0]


def test_a_look_follows_a_jump_at_once_and_more_come_for_some_seconds():
    stage = Stage()
    assert stage.run(25)[-1] == 15.0
    assert stage.run(1, cpu_percent=100.0) == [26.0]
    assert stage.run(10, cpu_percent=38.0) == [28.0, 30.0, 32.0, 34.0]
    assert stage.run(25, cpu_percent=38.0) == [45.0, 60.0]


def test_a_jump_with_a_look_that_was_due_is_followed_by_none():
    stage = Stage()
    stage.run(32)
    assert stage.run(1, cpu_percent=100.0) == [33.0]
    assert stage.scans.follow(Reading(0, 1.0, 0.0, {"cpu_percent": 100.0})) is None


def test_jumps_cost_no_more_than_other_looks():
    stage = Stage(cost=0.1)
    assert [stage.run(1, cpu_percent=percent) for percent in (38.0, 38.0, 38.0, 100.0, 100.0)] == [
        [1.0],
        [],
        [],
        [],
        [],
    ]


def test_looks_at_once_cost_no_more_than_others():
    stage = Stage(cost=0.05)
    assert stage.run(20, pace=Pace.AT_ONCE) == [1.0, 6.0, 11.0, 16.0]


def test_a_scan_of_thousands_takes_slices_of_a_tenth_of_a_second_and_many_ticks():
    stage = Stage(processes=1000)
    assert stage.scans.slice_seconds == 0.1
    assert stage.run(5) == []
    assert 10 <= stage.run(30)[0] <= 20


def test_a_slice_is_a_fifth_of_a_short_interval():
    assert Stage(interval=0.2).scans.slice_seconds == 0.2 * 0.2


def test_dear_scans_come_seldom():
    assert Stage(cost=0.1).run(40, pace=Pace.WATCHFUL) == [1.0, 11.0, 21.0, 31.0]


def test_a_scan_that_fails_is_logged_once_and_tried_again(caplog):
    stage = Stage()
    working = stage.source.pids
    stage.source.pids = lambda: (_ for _ in ()).throw(OSError(5, "Input/output error"))
    assert stage.run(20) == []
    assert len(caplog.records) == 1
    stage.source.pids = working
    assert len(stage.run(20)) >= 1


def test_who_is_at_work_among_the_groups_is_told_without_a_scan():
    shares = (GroupShare(Kind.SERVICE, "nginx.service", "", 40.0),)

    class Groups:
        def look(self, at):
            yield None

        def plots(self):
            return None

        def shares(self):
            return shares

    assert Scans(Scanner(Made(), groups=Groups()), 1.0).shares() == shares
    assert Scans(Scanner(Made()), 1.0).shares() is None
