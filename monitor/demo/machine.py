"""Made-up machine: what it would measure at any time, from what goes on at that time.

Nothing here was ever measured; noise comes from `chance`, numbers in [0, 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import mul, truediv
from typing import cast

from monitor.demo.rhythm import CORES, Load
from monitor.history.domain import steps
from monitor.history.domain.tiers import Row, Summary
from monitor.metrics.catalogue import CATALOGUE, NAMES, Family, Kind, Unit
from monitor.metrics.reading import Reading

Chance = Callable[[], float]
Told = tuple[int, float, float, list[float | None]]  # at_ms, covered, gap (s), values in catalogue order

MEMORY_BYTES = 16 * 2**30
LEVELS = frozenset(metric.name for metric in CATALOGUE.values() if metric.kind is Kind.LEVEL)
"""Known even where no time was covered."""

FACTORS = tuple(steps.FACTORS.values())
TASKS = tuple(at for at, metric in enumerate(CATALOGUE.values()) if metric.unit is Unit.TASKS)
SPREADS = {Unit.PERCENT: 0.45, Unit.LOAD: 0.12, Unit.TASKS: 0.9, Unit.CORES: 0.0, Unit.BYTES: 0.004}
RATE_SPREAD = 0.8
STILL = {Family.MEMORY: 0.004, Family.FILE_SYSTEMS: 0.0005}
"""What moves slowly, whatever its unit: within a bucket it is nearly what it is in the mean."""


@dataclass(slots=True)
class Damped:
    """The three load averages, each following the tasks at its own pace."""

    load1: float
    load5: float
    load15: float

    def follow(self, tasks: float, seconds: float) -> None:
        """Let `seconds` pass with so many tasks."""
        self.load1 += (tasks - self.load1) * -math.expm1(-seconds / 60)
        self.load5 += (tasks - self.load5) * -math.expm1(-seconds / 300)
        self.load15 += (tasks - self.load15) * -math.expm1(-seconds / 900)


def measured(load: Load, damped: Damped, seconds: float, jitter: float, chance: Chance) -> dict[str, float]:
    """One reading, all metrics in catalogue order; `jitter` 1 is a second's noise, less for a mean of `seconds`."""
    run = load.demand * (1 + 0.5 * jitter * (chance() + chance() - 1))
    if chance() < 0.01 * jitter:
        run += 1.5  # a short job
    busy = 100 * min(run, CORES) / CORES
    waiting = min(100 - busy, load.dump * (18 + 14 * jitter * (chance() - 0.5)) + 3 * load.archive)
    blocked = load.dump * 3 * chance()
    damped.follow(run + blocked, seconds)
    steal = 0.01 * busy * chance()
    system = busy * (0.18 + 0.08 * jitter * chance())
    stalled = min(
        100.0, load.dump * (34 + 30 * jitter * (chance() - 0.5)) + 6 * load.archive + 0.6 * chance()
    )
    squeezed = max(0.0, load.memory - 0.72) * 90 * chance()
    used = round(MEMORY_BYTES * load.memory)
    backup = 9e7 * load.dump + 5e7 * load.archive
    traffic = load.demand * (0.6 + 0.8 * jitter * chance())
    return {
        "cpu_percent": busy,
        "cpu_user_percent": max(0.0, busy - system - steal),
        "cpu_system_percent": system,
        "cpu_iowait_percent": waiting,
        "cpu_steal_percent": steal,
        "cpu_busiest_core_percent": busy + (100 - busy) * min(1.0, run) * (0.2 + 0.4 * chance()),
        "load1": damped.load1,
        "load5": damped.load5,
        "load15": damped.load15,
        "tasks_running": run,
        "tasks_blocked": blocked,
        "cpu_effective_cores": CORES,
        "pressure_cpu_some_percent": min(100.0, max(0.0, run - CORES) * 22 + busy * 0.06 * chance()),
        "pressure_io_some_percent": stalled,
        "pressure_io_full_percent": stalled * 0.6,
        "pressure_memory_some_percent": squeezed,
        "pressure_memory_full_percent": squeezed * 0.4,
        "memory_used_bytes": used,
        "memory_available_bytes": MEMORY_BYTES - used,
        "memory_available_percent": 100 * (1 - used / MEMORY_BYTES),
        "swap_used_bytes": round(load.memory * 40) * 2**22,
        "swap_bytes_per_second": squeezed * 2e5,
        "disk_fullest_percent": max(file_systems(load).values()),
        "disk_read_bytes_per_second": 4e4 * traffic + backup * (0.7 + 0.6 * jitter * chance()),
        "disk_write_bytes_per_second": 2e5 * traffic + 2.2e5 * load.filling + load.dump * 4e6 * chance(),
        "network_received_bytes_per_second": 1.5e5 * traffic + 2000 * chance(),
        "network_sent_bytes_per_second": 6e5 * traffic + 0.7 * backup + 2000 * chance(),
        "self_cpu_percent": 0.28 + 0.1 * jitter * chance(),
        "self_rss_bytes": 62_000_000 + 4096 * round(chance() * 20),
    }


def file_systems(load: Load) -> dict[str, float]:
    """How full each file system is, in percent, by where it is mounted."""
    return {"/": 58 + 3 * load.dump + 4 * load.memory, "/srv": 61 + 32 * load.filled}


def counted(values: dict[str, float], known: bool = True) -> list[int | None]:
    """Values in steps, as the sampler would tell them; rates are None where no time was covered."""
    counts = list(map(round, map(mul, values.values(), FACTORS)))
    for at in TASKS:  # whole ones, though their steps are finer
        counts[at] = (counts[at] + 50) // 100 * 100
    if known:
        return [*counts]
    return [count if name in LEVELS else None for name, count in zip(NAMES, counts, strict=True)]


def valued(counts: Sequence[int | None]) -> list[float | None]:
    """Steps as values, both in catalogue order."""
    if None not in counts:
        return list(map(truediv, cast("Sequence[int]", counts), FACTORS))
    return [None if count is None else count / factor for count, factor in zip(counts, FACTORS, strict=True)]


def together(readings: Iterable[Told], seconds: float) -> Iterator[Reading]:
    """Readings in turns of so many seconds, each turn as one reading of their means; what covers no time stays alone."""
    turn: list[Told] = []
    covered = 0.0
    for one in readings:
        if turn and (covered >= seconds or not covered or not one[1]):
            yield _mean(turn)
            turn, covered = [], 0.0
        turn.append(one)
        covered += one[1]
    if turn:
        yield _mean(turn)


def _mean(turn: Sequence[Told]) -> Reading:
    columns = zip(*(values for _, _, _, values in turn), strict=True)
    means = [None if None in column else sum(column) / len(column) for column in columns]
    covered = sum(one[1] for one in turn)
    return Reading(turn[-1][0], covered, turn[0][2], dict(zip(NAMES, means, strict=True)))


def bucket(values: dict[str, float], weight_ms: int, chance: Chance) -> Row:
    """Summaries of a time that was not made second by second: a mean, and extremes around it."""
    row: list[Summary | None] = []
    for name in NAMES:
        mean = values.get(name)
        if mean is None:
            row.append(None)
            continue
        unit = CATALOGUE[name].unit
        share = STILL.get(CATALOGUE[name].family, SPREADS.get(unit, RATE_SPREAD))
        spread = share * abs(mean) * (0.6 + 0.4 * chance())
        low, high = max(0.0, mean - spread), mean + spread
        if unit is Unit.PERCENT:
            high = min(100.0, high)
        row.append(steps.summary(name, mean * weight_ms, weight_ms, low, high))
    return tuple(row)
