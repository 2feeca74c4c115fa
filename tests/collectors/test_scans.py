"""The scans of a sampler: when they begin, how long a slice is, and what a failure costs."""

from tests.stages.scans import Stage


def test_the_second_scan_follows_at_once_for_the_first_knows_no_cpu():
    assert Stage().run(50) == [1.0, 3.0, 18.0, 33.0, 48.0]


def test_near_an_alert_they_come_every_two_seconds():
    assert Stage().run(9, watchful=True) == [1.0, 3.0, 5.0, 7.0, 9.0]


def test_a_scan_of_thousands_takes_slices_of_a_tenth_of_a_second_and_many_ticks():
    stage = Stage(processes=1000)
    assert stage.scans.slice_seconds == 0.1
    assert stage.run(5) == []
    assert 10 <= stage.run(30)[0] <= 20


def test_a_slice_is_a_fifth_of_a_short_interval():
    assert Stage(interval=0.2).scans.slice_seconds == 0.2 * 0.2


def test_dear_scans_come_seldom():
    assert Stage(cost=0.1).run(40, watchful=True) == [1.0, 11.0, 21.0, 31.0]


def test_a_scan_that_fails_is_logged_once_and_tried_again(caplog):
    stage = Stage()
    working = stage.source.pids
    stage.source.pids = lambda: (_ for _ in ()).throw(OSError(5, "Input/output error"))
    assert stage.run(20) == []
    assert len(caplog.records) == 1
    stage.source.pids = working
    assert len(stage.run(20)) >= 1
