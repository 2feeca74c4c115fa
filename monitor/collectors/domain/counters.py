"""Counters and levels of sources as values: CPU times, tasks, memory, disks, traffic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """Seconds since boot.

    `user` holds niced and guest time, `system` interrupts; None: this kernel does not count it.
    """

    user: float
    system: float
    idle: float
    iowait: float | None = None
    steal: float | None = None


@dataclass(frozen=True, slots=True)
class CpuReading:
    """All cores together, each core by its name, and tasks (None where the system does not tell)."""

    total: CpuTimes
    cores: Mapping[str, CpuTimes]
    running: int | None = None
    blocked: int | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes; None for what the system does not tell. reason: why the total is less than the machine's, else ""."""

    used: float | None = None
    available: float | None = None
    swap_used: float | None = None
    reason: str = ""

    @property
    def total(self) -> float | None:
        """All memory; None where the system does not tell."""
        return None if self.used is None or self.available is None else self.used + self.available

    @property
    def available_percent(self) -> float | None:
        """Share of all memory that can still be had, 0..100."""
        if self.total is None or self.available is None or self.total <= 0:
            return None
        return 100.0 * self.available / self.total


@dataclass(frozen=True, slots=True)
class Swapped:
    """Bytes moved to swap and back since boot; None where the system does not tell.

    compressed: those of each device of compressed memory (zram), which `total` holds too; None where they are not
    told. is_compressed_alone: there is no swap but such, so nothing of `total` left memory.
    """

    total: float | None
    compressed: Mapping[str, float] | None = field(default_factory=dict)
    is_compressed_alone: bool = False


@dataclass(frozen=True, slots=True)
class Disks:
    """Bytes since boot, by disk; busy: milliseconds in which it had something to do, of none where that is not told."""

    read: Mapping[str, float] = field(default_factory=dict)
    written: Mapping[str, float] = field(default_factory=dict)
    busy: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes since boot, by interface."""

    received: Mapping[str, float] = field(default_factory=dict)
    sent: Mapping[str, float] = field(default_factory=dict)
