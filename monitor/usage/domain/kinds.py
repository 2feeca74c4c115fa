"""Kinds of use that consumers are ranked and drawn by: where each is stored, and the unit that it is told in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

By = Literal["cpu", "memory", "read", "written", "waiting"]
Unit = Literal["cores", "bytes", "bytes_per_second", "percent"]


@dataclass(frozen=True, slots=True)
class KindOfUse:
    """One kind of use: the field of `metrics.usage.Used` that adds up, its unit, and the factor to it.

    A mean in `unit` is the sum times `factor` over the milliseconds that it speaks for. highest: the field that tells the
    most at one look, and its factor to the unit; None where no look tells it.
    """

    field: str
    unit: Unit
    factor: float
    highest: tuple[str, float] | None = None
    may_be_unknown: bool = False

    @property
    def peak(self) -> str | None:
        """The field that tells the most at one look; None where no look tells it."""
        return self.highest[0] if self.highest else None

    def mean(self, amount: float, covered_ms: int) -> float:
        """What `amount` over so much time is in `unit`."""
        return round(amount * self.factor / covered_ms, 6)


MIB, KIB = 2.0**20, 2.0**10
KINDS: dict[By, KindOfUse] = {
    "cpu": KindOfUse("cpu_ms", "cores", 1.0, ("highest_permille", 0.001)),
    "memory": KindOfUse("memory_mib_s", "bytes", 1000 * MIB, ("memory_highest_mib", MIB)),
    "read": KindOfUse("read_kib", "bytes_per_second", 1000 * KIB, may_be_unknown=True),
    "written": KindOfUse("written_kib", "bytes_per_second", 1000 * KIB, may_be_unknown=True),
    "waiting": KindOfUse("waiting_ms", "percent", 100.0),
}
