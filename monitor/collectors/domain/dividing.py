"""Dividing of what was counted for many processes together among those that were seen: nothing is lost or made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Divided(NamedTuple):
    """What each of them is charged with, in order, what is left for whoever came and went, and what is owed from now on."""

    shares: list[float]
    rest: float
    owed: float


def divided(
    counted: float, wanted: Sequence[tuple[float, float]], owed: float = 0.0, slack: float = 0.0
) -> Divided:
    """Divide `counted`, the growth of an exact counter, among those that `wanted` tells of.

    wanted: of each what its living processes used, and what their children did that ended. The two are read at other
    moments than the counter, so that they may be a little more: up to `slack` more is charged all the same, and owed to
    the counter at the next look. Beyond that the counter is right. Children have what the living leave of it: who ended
    elsewhere is in another counter.

    The shares and the rest come to `counted`, less what was owed before, and what is owed now.
    """
    left = counted - owed
    living = sum(own for own, _ in wanted)
    paid = min(living, max(0.0, left + slack))
    room = max(0.0, left - paid)
    gone = sum(short for _, short in wanted)
    paid_gone = min(gone, room)
    by, by_gone = paid / living if living > 0 else 0.0, paid_gone / gone if gone > 0 else 0.0
    return Divided(
        [own * by + short * by_gone for own, short in wanted], room - paid_gone, max(0.0, paid - left)
    )
