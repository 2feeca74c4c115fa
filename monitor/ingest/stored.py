"""What storing what waits has led to, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.alerts.models import Alert


@dataclass(slots=True)
class Stored:
    """What storing led to; the durations are for the benchmark. is_..._told: it was stored anew, for others to show."""

    samples: int = 0
    alerts: list[Alert] = field(default_factory=list)
    is_busy_told: bool = False
    is_gap_told: bool = False
    stored_at: float = 0.0  # time.time() after the commit
    pushed_at: float = 0.0  # time.time() after the last publish
    store_seconds: float = 0.0
    push_seconds: float = 0.0
