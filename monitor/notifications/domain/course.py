"""Course of what a rule judges over some minutes: whether it rises, falls, or neither, by the slope of all of its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STEADY_SHARE = 0.05
"""Of the threshold, or of the first value: a smaller change is none."""

FEWEST = 6
LEAST_COVERED = 0.8


@dataclass(frozen=True, slots=True)
class Course:
    """Values of some minutes: the first, the lowest and highest, and by how much the line through all of them rises."""

    first: float
    last: float
    low: float
    high: float
    rise: float

    def way(self, threshold: float) -> int | None:
        """1 where it rises, -1 where it falls, 0 where it stays; None where it goes up and down.

        It rises or falls where both the line through all values and their ends do, by more than a dead band.
        """
        band = STEADY_SHARE * max(abs(threshold), abs(self.first))
        if self.high - self.low < 2 * band and abs(self.rise) < band and abs(self.last - self.first) < band:
            return 0
        if min(self.rise, self.last - self.first) >= band:
            return 1
        return -1 if max(self.rise, self.last - self.first) <= -band else None


def course(points: Sequence[tuple[float, float]], seconds: float) -> Course | None:
    """The course of `points`, (seconds, value) with time rising, over the last `seconds`; None where too few are known."""
    if len(points) < FEWEST or points[-1][0] - points[0][0] < LEAST_COVERED * seconds:
        return None
    values = [value for _, value in points]
    middle = sum(at for at, _ in points) / len(points)
    mean = sum(values) / len(values)
    spread = sum((at - middle) ** 2 for at, _ in points)
    slope = sum((at - middle) * (value - mean) for at, value in points) / spread
    length = points[-1][0] - points[0][0]
    return Course(values[0], values[-1], min(values), max(values), slope * length)
