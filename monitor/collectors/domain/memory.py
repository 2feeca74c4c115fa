"""Memory that a machine really has: with the part of ZFS's cache that can be given back, and within a container's limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.collectors.domain.counters import Memory
from monitor.metrics.catalogue import Unit
from monitor.metrics.quantities import quantity


@dataclass(frozen=True, slots=True)
class Limit:
    """The memory limit of one control group, and what is charged to it, in bytes.

    can_be_freed: of what is charged, files that can be read again and slabs of the kernel that can be given back.
    """

    most: float
    used: float
    can_be_freed: float = 0.0

    @property
    def available(self) -> float:
        """What can still be had below the limit without swapping."""
        return min(self.most, max(0.0, self.most - self.used + min(self.used, self.can_be_freed)))


def with_cache(memory: Memory, cache: float | None) -> Memory:
    """`memory` with the bytes of a cache that the kernel does not count as available, though they can be given back."""
    total = memory.total
    if total is None or memory.available is None or not cache:
        return memory
    available = min(total, memory.available + cache)
    return replace(memory, used=total - available, available=available)


def within(memory: Memory, limits: Iterable[Limit]) -> Memory:
    """`memory` of a machine within the limits of a container: the least total, and the least that can be had.

    With the reason: "container: 2 GiB of 32 GiB".
    """
    total, available = memory.total, memory.available
    if total is None or available is None:
        return memory
    binding = _binding(limits, total)
    if not binding:
        return memory
    most = min(limit.most for limit in binding)
    available = min(most, available, *(limit.available for limit in binding))
    reason = f"container: {quantity(most, Unit.BYTES)} of {quantity(total, Unit.BYTES)}"
    return replace(memory, used=most - available, available=available, reason=reason)


def _binding(limits: Iterable[Limit], total: float) -> list[Limit]:
    return [limit for limit in limits if 0 < limit.most < total]
