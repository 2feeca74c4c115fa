"""Passing of time as somebody saw it: how much history may go for it, whatever the date says.

A date is what a clock was set to. What passed is told by the clock of the boot, which nobody can set, and only while
somebody looked. Deleting what grew old is paid for by that: a tier may lose as much time as its rows cover, at most
`PACE` times what was seen to pass in order, so that a wrong date costs little even where nobody notices it for hours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.history.domain.tiers import RESOLUTIONS
from monitor.metrics.gaps import Clocks

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
PACE = 2
"""More than once, so that a backlog is caught up with."""
MOST_MS = 2 * HOUR_MS
"""So much of a tier may go at once; the longest row covers an hour."""
CALM_MS = HOUR_MS
LONGEST_LOOK_MS = HOUR_MS // 6
DOUBTFUL_STEP_MS = 60_000
TIERS = (0, *RESOLUTIONS)
NOTHING = (0,) * len(TIERS)


@dataclass(frozen=True, slots=True)
class Passing:
    """What was seen until now: the clocks at the last look, in which boot; for how long time has passed in order.

    calm_ms: at most CALM_MS. credits: how much (ms) of each of TIERS may go.
    """

    boot_id: str
    boottime_ms: int
    wall_ms: int
    calm_ms: int = 0
    credits: tuple[int, ...] = NOTHING


def looked(before: Passing | None, boot_id: str, now: Clocks) -> Passing:
    """What is known after another look at the clocks; the first one, and one that gives doubt, begins anew."""
    boottime_ms = round(now.boottime * 1000)
    anew = Passing(boot_id, boottime_ms, now.wall_ms)
    if before is None or doubt(before, boot_id, now):
        return anew
    seen = min(boottime_ms - before.boottime_ms, LONGEST_LOOK_MS)
    gained = PACE * max(0, before.calm_ms + seen - CALM_MS)
    credits = tuple(min(MOST_MS, one + gained) for one in before.credits)
    return replace(anew, calm_ms=min(CALM_MS, before.calm_ms + seen), credits=credits)


def doubt(before: Passing, boot_id: str, now: Clocks) -> str:
    """Why the date may be wrong, as part of a sentence; "" where time passed in order since the look `before`."""
    passed = round(now.boottime * 1000) - before.boottime_ms
    stepped = now.wall_ms - before.wall_ms - passed
    if boot_id != before.boot_id or passed < 0:
        return "the machine was booted"
    if abs(stepped) > DOUBTFUL_STEP_MS:
        return f"the clock was set by {stepped / 1000:.0f} s"
    if passed > DAY_MS:
        return "nobody looked for more than a day"
    return ""
