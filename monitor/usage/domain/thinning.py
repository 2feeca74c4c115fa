"""Thinning of a bucket: the heaviest consumers by each kind of use keep their names, the rest is merged."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from heapq import nlargest
from typing import TypeVar

from monitor.metrics.usage import Used, merged

Key = TypeVar("Key", bound=Hashable)
KINDS = ("cpu_ms", "memory_mib_s", "read_kib", "written_kib", "waiting_ms")
MOST, LEAST_SHARE = 12, 0.01


def thinned(
    used: Mapping[Key, Used], most: int = MOST, least_share: float = LEAST_SHARE
) -> tuple[dict[Key, Used], Used]:
    """Those that are told by name, and all others together.

    By name: of each kind of use the `most` heaviest, and whoever used more than `least_share` of what all used of it.
    """
    named = {key for kind in KINDS for key in _heaviest(used, kind, most, least_share)}
    kept = {key: one for key, one in used.items() if key in named}
    return kept, merged(one for key, one in used.items() if key not in named)


def _heaviest(used: Mapping[Key, Used], kind: str, most: int, least_share: float) -> list[Key]:
    """The heaviest by one kind of use; of equals those that come first. Who used nothing of it is none of them."""
    amounts = {key: amount for key, one in used.items() if (amount := getattr(one, kind))}
    if len(amounts) <= most:
        return list(amounts)
    least = least_share * sum(amounts.values())
    heaviest = nlargest(most, amounts, key=amounts.__getitem__)
    return [*heaviest, *(key for key, amount in amounts.items() if amount > least)]
