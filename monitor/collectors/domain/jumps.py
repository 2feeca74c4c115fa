"""Jumps of the load: a reading that is far above those just before it, from which on somebody else may be at work."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

RECENT_SECONDS = 10.0
LEAST_SECONDS = 2.0
"""Of readings that there must be before one can be a jump."""

JUMPS = {
    "cpu_percent": 20.0,
    "pressure_cpu_some_percent": 25.0,
    "pressure_io_some_percent": 25.0,
    "pressure_memory_some_percent": 10.0,
}
"""By how many percentage points."""

LOAD, CORES = "load1", "cpu_effective_cores"
LOAD_JUMP, LOAD_JUMP_OF_CORES = 0.5, 0.2
"""By how much, and by which share of the cores: in the few seconds after the kernel counted, load moves by a twelfth."""

Values = Mapping[str, float | None]


class Jumps:
    """Holds each reading against the mean of those of the last seconds."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, Values]] = deque()

    def see(self, covered: float, values: Values) -> bool:
        """Take in a reading that speaks for `covered` seconds, 0 after a gap; whether it jumped up."""
        if covered <= 0:
            self._recent.clear()
            return False
        jumped = any(self._is_above(name, values, by) for name, by in JUMPS.items())
        by = max(LOAD_JUMP, LOAD_JUMP_OF_CORES * (values.get(CORES) or 1.0))
        jumped = self._is_above(LOAD, values, by) or jumped
        self._recent.append((covered, values))
        while sum(seconds for seconds, _ in self._recent) - self._recent[0][0] >= RECENT_SECONDS:
            self._recent.popleft()
        return jumped

    def _is_above(self, name: str, values: Values, by: float) -> bool:
        value = values.get(name)
        known = [(seconds, was) for seconds, each in self._recent if (was := each.get(name)) is not None]
        weight = sum(seconds for seconds, _ in known)
        if value is None or weight < LEAST_SECONDS:
            return False
        return value - sum(seconds * was for seconds, was in known) / weight >= by
