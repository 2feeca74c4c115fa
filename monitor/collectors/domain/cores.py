"""Effective cores: how many a host may really use, and why."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EffectiveCores:
    """`count` in cores, fractions kept.

    `reason` as shown: "2 of 2", "container: 0.5 of 32", "affinity: 4 of 8".
    """

    count: float
    reason: str


def effective(online: int | None, affinity: int | None, quota: float | None) -> EffectiveCores:
    """The least of the cores online, those the scheduler allows and the cgroup's quota.

    None means no such limit.
    """
    host = online or affinity or 1
    count, word = float(host), ""
    if affinity is not None and 0 < affinity < count:
        count, word = float(affinity), "affinity: "
    if quota is not None and 0 < quota < count:
        count, word = quota, "container: "
    return EffectiveCores(count, f"{word}{_number(count)} of {host}")


def quota_cores(quota_us: float, period_us: float) -> float | None:
    """The cores that a quota of CPU time in each period amounts to.

    None where there is no limit (-1) or no sense.
    """
    if not (0 < quota_us < math.inf and 0 < period_us < math.inf):
        return None
    return quota_us / period_us


def least(quotas: list[float | None]) -> float | None:
    """The tightest of the quotas found on the way up the cgroup tree; None when none of them limits."""
    return min((quota for quota in quotas if quota is not None), default=None)


def _number(count: float) -> str:
    return f"{count:.2f}".rstrip("0").rstrip(".") if count >= 0.01 else f"{count:.1g}"
