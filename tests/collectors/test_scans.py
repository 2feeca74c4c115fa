"""The scans of a sampler: when they begin, how long a slice is, and what a failure costs."""

from monitor.collectors.processes import Scanner
from monitor.collectors.scans import Scans
from tests.collectors.domain.test_usage import seen
from tests.collectors.test_processes import Made, Ticking


class Stage:
    """Scans with a clock that the test moves, over made-up processes."""

    def __init__(self, processes=1, interval=1.0, cost=0.0):
        self.now = 0.0
        self.cost = 0.0
        self.each = cost
        self.source = Made(*(seen(pid) for pid in range(processes)))
        self.scans = Scans(
            Scanner(self.source, own_pid=1, throttled=lambda: None, fullest=lambda: None),
            interval,
            clock=lambda: self.now,
            work_clock=Ticking(),
            cost_clock=self.spent,
        )

    def spent(self):
        self.cost += self.each
        return self.cost

    def run(self, seconds, watchful=False):
        """The times of the snapshots that so many ticks of a second complete."""
        times = []
        for _ in range(seconds):
            self.now += 1.0
            self.source.at = 100.0 + self.now
            if self.scans.tick(round(self.now * 1000), watchful) is not None:
                times.append(self.now)
        return times


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
