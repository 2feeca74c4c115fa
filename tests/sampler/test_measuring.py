"""Measuring of a host: what a report holds, and which gaps it tells of."""

from __future__ import annotations

import pytest

from monitor.collectors.collection import Collection
from monitor.collectors.domain.scanning import Pace
from monitor.collectors.host import identity
from monitor.metrics.catalogue import NAMES
from monitor.metrics.members import Members
from monitor.metrics.report import Report
from monitor.sampler.measuring import Measuring, rounded
from tests.factories import NOW_MS
from tests.stages.clocks import SettableClocks


@pytest.fixture
def clocks() -> SettableClocks:
    return SettableClocks()


def begun(clocks: SettableClocks, newest_ms: int | None = None, booted_before: str = "") -> Measuring:
    """Measuring every second, ready for its first report."""
    measuring = Measuring(1.0, newest_ms, booted_before, clocks)
    measuring.scans._work_clock = lambda: 0.0  # a slice is never over: on a busy machine it would be
    measuring.begin()
    return measuring


def report(
    measuring: Measuring, clocks: SettableClocks, after: float = 1.0, pace: Pace = Pace.CALM
) -> Report:
    clocks.pass_by(after)
    return measuring.report(pace)


def test_a_report_has_a_value_or_none_for_every_metric(clocks: SettableClocks) -> None:
    one = report(begun(clocks), clocks)
    assert set(one.reading.values) == set(NAMES)
    assert (one.reading.taken_at_ms, one.reading.covered, one.reading.gap) == (NOW_MS + 1000, 1.0, 0.0)
    assert one.gaps == ()


def test_a_scan_goes_out_with_the_reading_that_follows_it(clocks: SettableClocks) -> None:
    measuring = begun(clocks)
    scans = [report(measuring, clocks).snapshot for _ in range(3)]
    found = [one for one in scans if one is not None]
    assert found
    assert all(one.at_ms <= clocks.wall_ms for one in found)


def test_the_facts_come_with_the_first_report_and_every_twenty_seconds(clocks: SettableClocks) -> None:
    measuring = begun(clocks)
    seconds = [second for second in range(1, 43) if report(measuring, clocks).facts is not None]
    assert seconds == [1, 21, 41]


def test_facts_that_cannot_be_read_cost_no_reading(
    clocks: SettableClocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring = begun(clocks)
    monkeypatch.setattr(measuring, "facts", lambda: 1 / 0)
    found = report(measuring, clocks)
    assert (found.facts, len(found.reading.values)) == (None, len(NAMES))


def test_the_facts_are_those_of_this_host(clocks: SettableClocks) -> None:
    facts = begun(clocks).facts()
    assert (facts.boot_id, facts.machine_id) == (identity().boot_id, identity().machine_id)
    assert facts.interval == 1.0
    assert facts.effective_cores > 0


def test_a_clock_that_was_set_is_told_as_a_gap_and_the_reading_is_whole(clocks: SettableClocks) -> None:
    measuring = begun(clocks)
    report(measuring, clocks)
    clocks.set_by(-600)
    one = report(measuring, clocks)
    assert [str(gap.kind) for gap in one.gaps] == ["clock_stepped"]
    assert (one.reading.covered, one.reading.gap) == (1.0, 0.0)


def test_a_suspend_is_told_as_one(clocks: SettableClocks) -> None:
    measuring = begun(clocks)
    report(measuring, clocks)
    clocks.suspend(600)
    one = report(measuring, clocks)
    assert [str(gap.kind) for gap in one.gaps] == ["suspended"]
    assert (one.reading.covered, one.reading.gap) == (0.0, 601.0)


@pytest.mark.parametrize(("booted_before", "kind"), [("", "sampler_down"), ("another", "rebooted")])
def test_the_first_report_tells_of_the_time_since_an_earlier_sampler(
    clocks: SettableClocks, booted_before: str, kind: str
) -> None:
    measuring = begun(clocks, NOW_MS - 60_000, booted_before)
    one = report(measuring, clocks)
    assert [(str(gap.kind), gap.start_ms, gap.end_ms) for gap in one.gaps] == [
        (kind, NOW_MS - 60_000, NOW_MS + 1000)
    ]
    assert one.reading.gap == 60.0
    assert report(measuring, clocks).gaps == ()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("cpu_percent", 12.3456, 12.35), ("load1", 0.126, 0.13), ("memory_used_bytes", 10.4, 10.0),
     ("tasks_running", None, None)],
)  # fmt: skip
def test_values_are_rounded_to_what_their_sources_can_tell(
    name: str, value: float | None, told: float | None
) -> None:
    assert rounded(name, value) == told


class Disks:
    """A collector of two file systems."""

    name = "filesystems"
    metrics: tuple[str, ...] = ("disk_fullest_percent",)
    members = {"disk_fullest_percent": Members({"/": 24.0, "/data": 95.0})}

    def collect(self, elapsed: float | None) -> dict[str, float | None]:
        return {"disk_fullest_percent": 95.0}


def test_a_reading_tells_what_its_sums_and_maxima_are_made_of(clocks: SettableClocks) -> None:
    measuring = begun(clocks)
    measuring.collection = Collection([Disks()])
    assert report(measuring, clocks).reading.members == Disks.members


def test_a_look_at_once_is_of_the_moment_of_the_reading_and_comes_with_it(
    clocks: SettableClocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring = begun(clocks)
    percents = iter([38.0] * 10 + [100.0])
    monkeypatch.setattr(measuring.collection, "collect", lambda elapsed: {"cpu_percent": next(percents)})
    now = iter(range(100, 200))
    monkeypatch.setattr(measuring.scans, "_clock", lambda: float(next(now)))
    for _ in range(10):
        report(measuring, clocks)
    one = report(measuring, clocks)
    assert one.snapshot is not None
    assert one.snapshot.at_ms == one.reading.taken_at_ms


def test_a_collector_that_fails_or_is_well_again_is_among_the_facts_at_once(clocks: SettableClocks) -> None:
    measuring = begun(clocks)
    report(measuring, clocks)
    assert report(measuring, clocks).facts is None
    for failing in ({"cpu": "The cpu collector failed: /proc/stat is empty."}, {}):
        measuring.collection.failing = dict(failing)
        measuring.collection.collect = lambda seconds: {}  # type: ignore[method-assign]
        facts = report(measuring, clocks).facts
        assert facts is not None
        assert facts.failing == failing
        assert report(measuring, clocks).facts is None


def test_the_facts_say_why_memory_is_bounded(clocks: SettableClocks) -> None:
    measuring = begun(clocks)
    measuring.collection.reasons = {"memory": "container: 2 GiB of 32 GiB"}
    assert measuring.facts().memory_reason == "container: 2 GiB of 32 GiB"
    measuring.collection.reasons = {}
    assert measuring.facts().memory_reason == ""
