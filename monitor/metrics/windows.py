"""Sliding windows over the last seconds of a metric: time-weighted mean and extreme, unknown unless enough was observed.

Everything is added up in whole milliseconds and millionths, so that sums are exact: a window that slid for a year, one
that was filled anew after a restart and one of a back-test hold the very same mean.
"""

from __future__ import annotations

from collections import deque

MEAN_SECONDS = 120.0

MEAN_METRICS = ("cpu_percent", "load1", "pressure_io_full_percent", "pressure_memory_full_percent")

LEAST_COVERAGE_PERCENT = 80
LEAST_COVERAGE = LEAST_COVERAGE_PERCENT / 100
MILLIONTHS = 1_000_000


class Window:
    """The mean of one metric over the last `seconds` of elapsed time, suspended and missing time included."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._length = round(seconds * 1000)
        self._least = LEAST_COVERAGE_PERCENT * self._length
        self._pieces: deque[tuple[int, int, int]] = deque()  # (end, covered ms, value in millionths)
        self._now = self._known = self._sum = 0

    def add(self, covered: float, gap: float, value: float | None) -> None:
        """Move on by `covered` + `gap` seconds; `value` speaks for the covered part, None for nothing."""
        length = round(covered * 1000)
        self.push(length, length + round(gap * 1000), value)

    def push(self, length: int, passed: int, value: float | None) -> None:
        """The same in milliseconds: `passed` of them, of which `value` speaks for the last `length`."""
        now = self._now = self._now + passed
        if value is not None and length > 0:
            self._append(length, round(value * MILLIONTHS))
        pieces, oldest = self._pieces, now - self._length
        while pieces and pieces[0][0] <= oldest:
            _, gone, lost = pieces.popleft()
            self._known -= gone
            self._sum -= gone * lost

    def coverage(self) -> float:
        """The share of the window, 0 to 1, that a known value speaks for."""
        return min(1.0, (self._known - self._outside()) / self._length)

    def value(self) -> float | None:
        """What is judged of the window; None while less than 80 % of it is covered."""
        return self.mean()

    def mean(self) -> float | None:
        """The time-weighted mean, or None while less than 80 % of the window is covered."""
        known, total = self._known, self._sum
        if known:
            end, covered, value = self._pieces[0]
            outside = covered - (end - self._now + self._length)
            if outside > 0:
                known -= outside
                total -= outside * value
        return total / (known * MILLIONTHS) if 100 * known >= self._least else None

    def _append(self, length: int, value: int) -> None:
        self._pieces.append((self._now, length, value))
        self._known += length
        self._sum += length * value

    def _outside(self) -> int:
        """Milliseconds of the oldest piece that the window has left behind already."""
        if not self._pieces:
            return 0
        end, covered, _ = self._pieces[0]
        return max(covered - (end - (self._now - self._length)), 0)


class ExtremeWindow(Window):
    """The highest value of the last seconds, or the lowest."""

    def __init__(self, seconds: float, lowest: bool = False) -> None:
        super().__init__(seconds)
        self._sign = -1 if lowest else 1
        self._ranked: deque[tuple[int, int]] = deque()  # (end, signed value), each worse than all that follow

    def value(self) -> float | None:
        """The extreme, or None while less than 80 % of the window is covered."""
        if 100 * (self._known - self._outside()) < self._least:
            return None
        self._forget()
        return self._sign * self._ranked[0][1] / MILLIONTHS

    def _append(self, length: int, value: int) -> None:
        super()._append(length, value)
        ranked, signed = self._ranked, self._sign * value
        while ranked and ranked[-1][1] <= signed:
            ranked.pop()
        ranked.append((self._now, signed))
        self._forget()

    def _forget(self) -> None:
        ranked, oldest = self._ranked, self._now - self._length
        while ranked and ranked[0][0] <= oldest:
            ranked.popleft()
