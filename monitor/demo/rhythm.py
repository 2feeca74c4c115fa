"""Rhythm of the made-up machine: what it has to do at any time, and what slowly grows on it.

Daily and weekly rhythm in UTC, reports above the cores on Monday morning, a dump of the database each night with I/O
pressure, a backup on Tuesday at 3 that no alert tells of, busy episodes by chance, load tests; for a week up to the
end one service grows, for four days a file system fills.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

CORES = 4.0
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MONDAY_MS = 4 * DAY_MS  # 1970-01-05
WEEKDAYS = (1.1, 1.0, 1.0, 0.95, 0.85, 0.25, 0.18)  # how busy, Monday first
EPISODE_MS = 6 * HOUR_MS
EPISODE_CHANCE = 0.12
GROWS_MS, FILLS_MS = 7 * DAY_MS, 4 * DAY_MS
ARCHIVE_CORES, DUMP_CORES = 2.3, 0.7
TUESDAY = 1
MASK = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Load:
    """What goes on at one moment.

    basic, office, reports, episode, test: work in cores. people: how much of a full office (0 to 1.1). dump, archive: how
    much of each backup (0 to 1, of a large dump a little more). wander: how much memory caches happen to hold (0 to 1).
    grown: how far the growing service has come (0 to 1). filled: how far the file system has (0 to 1); filling: 1 while
    it does.
    """

    basic: float
    office: float = 0.0
    reports: float = 0.0
    episode: float = 0.0
    test: float = 0.0
    people: float = 0.0
    dump: float = 0.0
    archive: float = 0.0
    wander: float = 0.0
    grown: float = 0.0
    filled: float = 0.0
    filling: float = 0.0

    @property
    def demand(self) -> float:
        """All work together, in cores."""
        steady = self.basic + self.office + self.reports + self.episode + self.test
        return steady + DUMP_CORES * self.dump + ARCHIVE_CORES * self.archive

    @property
    def memory(self) -> float:
        """How full the memory is (0 to 1)."""
        backups = 0.08 * self.dump + 0.06 * self.archive
        return 0.35 + 0.2 * self.people + 0.15 * self.wander + 0.1 * self.grown + backups


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What one made-up machine does, by its seed and the end of its history."""

    seed: int
    end_ms: int

    def at(self, at_ms: int, test_workers: int = 0) -> Load:
        """What goes on at one time."""
        seed = self.seed
        day, hour = _weekday_and_hour(at_ms)
        office = _rising(hour, 8.0, 0.5) * _rising(-hour, -17.5, 0.7) * (1 - 0.3 * _bump(hour, 12.5, 0.6))
        trend = 0.85 + 0.3 * _wander(seed + 1, at_ms, 30 * DAY_MS)
        reports = 0.0
        if day == 0:
            week = (at_ms - MONDAY_MS) // (7 * DAY_MS)
            reports = CORES * (0.75 + 0.5 * _unit(seed + 2, week)) * _bump(hour, 8.7, 0.45)
        people = office * WEEKDAYS[day]
        fills = self.end_ms - FILLS_MS <= at_ms
        return Load(
            basic=CORES * 0.06 * trend,
            office=CORES * 0.5 * people * (0.6 + 0.8 * _wander(seed, at_ms, HOUR_MS)) * trend,
            reports=reports,
            episode=_episode(at_ms, seed),
            test=float(test_workers),
            people=people,
            dump=_between(hour, 2.0, 2.7) * (0.5 + 0.7 * _unit(seed + 8, at_ms // DAY_MS)),
            archive=_between(hour, 3.0, 3.8) if day == TUESDAY else 0.0,
            wander=_wander(seed + 3, at_ms, 2 * DAY_MS),
            grown=max(0.0, 1 - (self.end_ms - at_ms) / GROWS_MS),
            filled=max(0.0, 1 - (self.end_ms - at_ms) / FILLS_MS),
            filling=1.0 if fills else 0.0,
        )


def _weekday_and_hour(at_ms: int) -> tuple[int, float]:
    passed = (at_ms - MONDAY_MS) % (7 * DAY_MS)
    return passed // DAY_MS, passed % DAY_MS / HOUR_MS


def _episode(at_ms: int, seed: int) -> float:
    """Cores' worth of a job that some cells of six hours hold, for 6 to 40 minutes."""
    cell, into = divmod(at_ms, EPISODE_MS)
    if _unit(seed + 4, cell) >= EPISODE_CHANCE:
        return 0.0
    length = 60_000 * (6 + 34 * _unit(seed + 5, cell))
    begins = (EPISODE_MS - length) * _unit(seed + 6, cell)
    return CORES * (0.4 + 0.7 * _unit(seed + 7, cell)) if begins <= into < begins + length else 0.0


def _wander(seed: int, at_ms: int, period_ms: int) -> float:
    """A smooth way between numbers of [0, 1), a new one each period."""
    cell, into = divmod(at_ms, period_ms)
    share = (1 - math.cos(math.pi * into / period_ms)) / 2
    return _unit(seed, cell) * (1 - share) + _unit(seed, cell + 1) * share


def _unit(seed: int, index: int) -> float:
    """A number of [0, 1) that looks like chance (splitmix64)."""
    mixed = (index * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03) & MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
    return ((mixed ^ (mixed >> 31)) >> 11) / 2**53


def _between(hour: float, begin: float, end: float) -> float:
    """1 between two hours of a day and 0 elsewhere, with short slopes."""
    share = _rising(hour, begin, 0.03) * _rising(-hour, -end, 0.03)
    return share if share > 0.01 else 0.0


def _rising(hour: float, middle: float, width: float) -> float:
    return 1 / (1 + math.exp(min(60.0, (middle - hour) / width)))


def _bump(hour: float, middle: float, width: float) -> float:
    return math.exp(-(((hour - middle) / width) ** 2))
