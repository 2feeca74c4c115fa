"""Wall clock of the notifier: whether somebody set it, and for how long it has gone in order."""

from __future__ import annotations

import math
from datetime import datetime

from monitor.alerts.domain.nodata import Looked
from monitor.metrics.times import at_ms
from monitor.runtime.clock import boottime


class WallClock:
    """Watches the wall clock by the clock of the boot, which nobody can set."""

    def __init__(self) -> None:
        self.looked: Looked | None = None
        """The last look."""
        self._began, self.set_at = boottime(), -math.inf

    def look(self, now: datetime) -> tuple[bool, bool]:
        """Whether it was set since the last look, and whether back."""
        before, self.looked = self.looked, Looked(at_ms(now) or 0, boottime())
        was_set = self.looked.was_set(before)
        if was_set:
            self.set_at = self.looked.boottime
        return was_set, self.looked.was_set_back(before)

    def since_set(self) -> float:
        """Seconds since it was set; infinite where nobody has set it."""
        return boottime() - self.set_at

    def in_order(self) -> float:
        """Seconds for which it is known to go in order: since we began, or since it was set."""
        return boottime() - max(self._began, self.set_at)
