"""The age of what a clock told: how long ago a time is, where that can be known.

Clocks are set. A time that lies ahead was told by a clock that has been set back since: its age is unknown, and what is
unknown is not fresh.
"""

from __future__ import annotations

from monitor.metrics.reading import longest_step


def age(then_ms: int | None, now_ms: int, interval: float) -> float | None:
    """Seconds from `then_ms` to `now_ms` on a host that is sampled every `interval` seconds.

    None where there is no such time, or it lies more than a step of the sampler ahead; a little ahead is now.
    """
    if then_ms is None:
        return None
    seconds = (now_ms - then_ms) / 1000
    return None if seconds < -longest_step(interval) else max(0.0, seconds)
