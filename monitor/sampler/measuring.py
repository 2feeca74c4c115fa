"""Measuring of this host: at each tick a report of its reading, the gaps before it, its processes and its facts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from monitor.collectors.collection import Collection
from monitor.collectors.cores import effective_cores
from monitor.collectors.domain.scanning import Pace
from monitor.collectors.host import booted_at, identity
from monitor.collectors.processes import own_scanner
from monitor.collectors.scans import Scans
from monitor.metrics.catalogue import CATALOGUE, Unit
from monitor.metrics.gaps import Clocks, GapSpec, before_first_reading, between_readings
from monitor.metrics.reading import Reading, longest_step, split_step
from monitor.metrics.report import HostFacts, Report
from monitor.sampler import clocks

logger = logging.getLogger(__name__)
FACTS_SECONDS = 20.0
DECIMALS = {Unit.PERCENT: 2, Unit.LOAD: 2, Unit.CORES: 2}


class Measuring:
    """Measures one host, `interval` seconds apart.

    newest_ms, booted_before: when the last reading of an earlier sampler was taken, and in which boot; None and "" where
    nobody knows.
    """

    def __init__(
        self,
        interval: float,
        newest_ms: int | None = None,
        booted_before: str = "",
        read_clocks: Callable[[], Clocks] = clocks.read,
    ) -> None:
        self.collection = Collection()
        self.scans = Scans(own_scanner(settings.LOADMON_COMMAND_LINES), interval)
        self.collect_seconds = 0.0
        """That the last reading took."""
        self._interval = interval
        self._newest_ms = newest_ms
        self._booted_before = booted_before
        self._read_clocks = read_clocks
        self._before = read_clocks()
        self._is_first = True
        self._started_at = timezone.now()
        self._facts_due = 0.0
        self._told_failing: dict[str, str] = {}

    def begin(self) -> None:
        """Take the counters' baseline, so that the first reading already has rates."""
        self.collection.collect(None)
        self._before = self._read_clocks()

    def report(self, pace: Pace) -> Report:
        """Work on a scan where one is due at `pace`, then read the host.

        The scan comes first, so that what it finds goes out with this reading and delays none. Where the load jumps, one
        follows the reading at once: what was before then lies in a look of its own.
        """
        snapshot = self.scans.tick(self._read_clocks().wall_ms, pace)
        reading, gaps = self._read()
        snapshot = self.scans.follow(reading) or snapshot
        return Report(reading, tuple(gaps), snapshot, self._facts_where_due(), self.scans.shares())

    def facts(self) -> HostFacts:
        """What this host is."""
        cores, me = effective_cores(), identity()
        return HostFacts(
            boot_id=me.boot_id,
            booted_at=booted_at(),
            effective_cores=cores.count,
            cores_reason=cores.reason,
            interval=self._interval,
            sampler_started_at=self._started_at,
            machine_id=me.machine_id,
            memory_reason=self.collection.reasons.get("memory", ""),
            failing=dict(self.collection.failing),
        )

    def _read(self) -> tuple[Reading, list[GapSpec]]:
        before, now = self._before, self._read_clocks()
        covered, gap = split_step(now.boottime - before.boottime, self._interval)
        gaps = between_readings(before, now, longest_step(self._interval)) if not self._is_first else []
        if self._is_first and self._newest_ms is not None:  # by the wall clock: nobody looked
            gap = max(0.0, (now.wall_ms - self._newest_ms) / 1000 - covered)
            gaps = self._gaps_before_first(self._newest_ms, now.wall_ms)
        self._before, self._is_first = now, False
        values = self._collect(covered)
        found = self.collection
        return Reading(now.wall_ms, covered, gap, values, found.members, found.parts), gaps

    def _gaps_before_first(self, newest_ms: int, now_ms: int) -> list[GapSpec]:
        same_boot = self._booted_before in ("", identity().boot_id)
        return before_first_reading(newest_ms, now_ms, same_boot, longest_step(self._interval))

    def _collect(self, covered: float) -> dict[str, float | None]:
        began = time.perf_counter()
        values = self.collection.collect(covered or None)
        self.collect_seconds = time.perf_counter() - began
        return {name: rounded(name, value) for name, value in values.items()}

    def _facts_where_due(self) -> HostFacts | None:
        now = self._before.monotonic
        if now < self._facts_due and self.collection.failing == self._told_failing:
            return None
        self._facts_due, self._told_failing = now + FACTS_SECONDS, dict(self.collection.failing)
        try:
            return self.facts()
        except Exception:  # the reading is taken already, and must not be lost for them
            logger.exception("the facts of this host cannot be read")
            return None


def rounded(name: str, value: float | None) -> float | None:
    """Two decimals for percentages, loads and cores, none for bytes and tasks: what the sources can tell."""
    return None if value is None else round(value, DECIMALS.get(CATALOGUE[name].unit, 0))
