"""Time-weighted means over the last seconds, unknown unless enough of the window was observed."""

from __future__ import annotations

from collections import deque

LEAST_COVERAGE = 0.8


class Window:
    """The mean of one metric over the last `seconds` of elapsed time, suspended and missing time included."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._pieces: deque[tuple[float, float, float]] = deque()  # (end, covered, value)
        self._now = 0.0

    def add(self, covered: float, gap: float, value: float | None) -> None:
        """Move on by `covered` + `gap` seconds; `value` speaks for the covered part, None for nothing."""
        self._now += covered + gap
        if value is not None and covered > 0:
            self._pieces.append((self._now, covered, value))
        oldest = self._now - self.seconds
        while self._pieces and self._pieces[0][0] <= oldest:
            self._pieces.popleft()

    def coverage(self) -> float:
        """The share of the window, 0 to 1, that a known value speaks for."""
        return min(1.0, sum(covered for covered, _ in self._inside()) / self.seconds)

    def mean(self) -> float | None:
        """The time-weighted mean, or None while less than 80 % of the window is covered."""
        inside = self._inside()
        known = sum(covered for covered, _ in inside)
        if known < LEAST_COVERAGE * self.seconds - 1e-9:
            return None
        return sum(covered * value for covered, value in inside) / known

    def _inside(self) -> list[tuple[float, float]]:
        """Each piece as (covered seconds inside the window, value); the oldest may lie half outside."""
        oldest = self._now - self.seconds
        return [(min(covered, end - oldest), value) for end, covered, value in self._pieces]
