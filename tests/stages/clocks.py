"""Clocks that a test sets: the wall clock as people do, and the others by letting time pass."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.metrics.gaps import Clocks
from tests.factories import NOW_MS


@dataclass
class SettableClocks:
    """Calls give what the clocks show; all begin at made-up times."""

    wall_ms: int = NOW_MS
    boottime: float = 50_000.0
    monotonic: float = 40_000.0

    def __call__(self) -> Clocks:
        return Clocks(self.wall_ms, self.boottime, self.monotonic)

    def pass_by(self, seconds: float) -> None:
        """Let time pass for all of them."""
        self.wall_ms += round(seconds * 1000)
        self.boottime += seconds
        self.monotonic += seconds

    def set_by(self, seconds: float) -> None:
        """Set the wall clock forward, or back."""
        self.wall_ms += round(seconds * 1000)

    def suspend(self, seconds: float) -> None:
        """Let the machine sleep."""
        self.pass_by(seconds)
        self.monotonic -= seconds
