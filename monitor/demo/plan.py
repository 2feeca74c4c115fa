"""Plan of the made-up machine: when it is not sampled and why, and when someone loads it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.metrics.gaps import GapSpec, Kind
from monitor.metrics.quantities import span

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
RECENT_MS = 2 * DAY_MS
GAP_EVERY_MS = 6 * DAY_MS + 7 * HOUR_MS + 11 * MINUTE_MS
TEST_EVERY_MS = 17 * DAY_MS + 5 * HOUR_MS
LENGTHS_MS = {
    Kind.SAMPLER_DOWN: 4 * MINUTE_MS,
    Kind.STORAGE_FAILING: 12 * MINUTE_MS,
    Kind.REBOOTED: 3 * MINUTE_MS,
    Kind.SUSPENDED: 35 * MINUTE_MS,
    Kind.CLOCK_STEPPED: 90_000,
}


@dataclass(frozen=True, slots=True)
class LoadSpan:
    """A load test that ran to its end."""

    start_ms: int
    seconds: int
    workers: int

    @property
    def end_ms(self) -> int:
        """When it ended."""
        return self.start_ms + self.seconds * 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """The events between two times, each list in order; they do not touch one another."""

    start_ms: int
    end_ms: int
    gaps: tuple[GapSpec, ...]
    tests: tuple[LoadSpan, ...]

    def within(self, start_ms: int, end_ms: int) -> Plan:
        """The same with only what touches [start, end): asked for every second of it, it answers sooner."""
        gaps = tuple(gap for gap in self.gaps if gap.start_ms < end_ms and start_ms < gap.end_ms)
        tests = tuple(test for test in self.tests if test.start_ms < end_ms and start_ms < test.end_ms)
        return replace(self, gaps=gaps, tests=tests)

    def gap_at(self, at_ms: int) -> GapSpec | None:
        """The gap that `at_ms` lies inside of; its start and end are samples."""
        return next((gap for gap in self.gaps if gap.start_ms < at_ms < gap.end_ms), None)

    def known_ms(self, start_ms: int, end_ms: int) -> int:
        """How much of [start, end) lies in no gap and in the plan."""
        end_ms = min(end_ms, self.end_ms)
        lost = (min(end_ms, gap.end_ms) - max(start_ms, gap.start_ms) for gap in self.gaps)
        return max(0, end_ms - start_ms - sum(length for length in lost if length > 0))

    def workers_at(self, at_ms: int) -> int:
        """Workers of the load test that runs then."""
        return next((test.workers for test in self.tests if test.start_ms <= at_ms < test.end_ms), 0)


def plan(start_ms: int, end_ms: int, workers: int) -> Plan:
    """Every kind of gap once in the last two days and in turn before, a load test every 17 days and one lately."""
    recent = min(RECENT_MS, end_ms - start_ms)
    kinds = list(Kind)
    gaps = [_gap(end_ms - round(recent * (0.86 - 0.18 * index)), kind) for index, kind in enumerate(kinds)]
    at_ms, index = end_ms - RECENT_MS - GAP_EVERY_MS // 3, 0
    while at_ms - DAY_MS > start_ms:
        gaps.append(_gap(at_ms, kinds[index % len(kinds)]))
        at_ms, index = at_ms - GAP_EVERY_MS, index + 1
    test_times = [
        end_ms - round(recent * 0.41),
        *range(end_ms - RECENT_MS - DAY_MS, start_ms, -TEST_EVERY_MS),
    ]
    tests = [LoadSpan(_minute(at_ms), 180, workers) for at_ms in test_times]
    gaps.sort(key=lambda gap: gap.start_ms)
    free = [test for test in tests if all(_apart(test, gap) for gap in gaps)]
    return Plan(start_ms, end_ms, tuple(gaps), tuple(sorted(free, key=lambda test: test.start_ms)))


def _gap(start_ms: int, kind: Kind) -> GapSpec:
    start_ms = _minute(start_ms)
    length = LENGTHS_MS[kind]
    note = f"The clock was set forward by {span(length / 1000)}." if kind is Kind.CLOCK_STEPPED else ""
    return GapSpec(start_ms, start_ms + length, kind, note)


def _apart(test: LoadSpan, gap: GapSpec) -> bool:
    return test.end_ms + 5 * MINUTE_MS < gap.start_ms or gap.end_ms + MINUTE_MS < test.start_ms


def _minute(at_ms: int) -> int:
    return at_ms - at_ms % MINUTE_MS
