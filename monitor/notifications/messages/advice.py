"""Advice in a message: what an alert means and whether it can wait, from its metric, severity and trend alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.metrics.catalogue import Family, family_of
from monitor.notifications.messages.facts import Facts

WORSE, BETTER = 1, -1
BEGINNINGS = ("fired", "escalated")
LATE_SECONDS = 600.0
"""From when on a message says that it is late."""

WORSENING = "It is a warning that grows: look at it soon."
WAITING = "It is a warning: it can wait for working hours, unless it gets worse."
IO_STALLS = "Programs stand still while they wait for I/O: a disk, or a network file system."
FULL_CPU = "Where little CPU time is left, whatever runs here may be slow."
MEMORY_STALLS = "Programs stand still while memory is found for them."
MEANINGS: Mapping[Family | None, str] = MappingProxyType({
    Family.IO_PRESSURE: IO_STALLS,
    Family.IO_WAIT: IO_STALLS,
    Family.BLOCKED: IO_STALLS,
    Family.LOAD: "Where more tasks run or wait than there are cores, whatever runs here may be slow.",
    Family.ONE_CORE: "One core is used to its end: a program that can use only one does not get any faster.",
    Family.STEAL: "The hypervisor gives this machine's time to others.",
    Family.CPU: FULL_CPU,
    Family.CORES: FULL_CPU,
    Family.CPU_PRESSURE: FULL_CPU,
    Family.RUNNING: FULL_CPU,
    Family.MEMORY_PRESSURE: MEMORY_STALLS,
    Family.SWAP: MEMORY_STALLS,
    Family.MEMORY: "Where no memory is left, the kernel ends a program to make room.",
    Family.FILE_SYSTEMS: "What writes to a file system fails once that is full.",
    Family.NO_DATA: "Nothing is measured on this host now, so no other alert of it can fire or end.",
})  # fmt: skip


def advice(facts: Facts) -> str:
    """What it means, and whether it can wait."""
    if facts.is_drill:
        return "This is a drill: a load test caused it. Nothing has to be done."
    if facts.is_over or (facts.resolved_at is not None and facts.kind != "flapping"):
        return "It is over. Nothing has to be done now."
    return " ".join(part for part in (meaning(facts.metric), trend(facts), _urgency(facts)) if part)


def meaning(metric: str) -> str:
    """What a metric means for whatever runs there, true of any threshold and cause; "" where there is nothing to say."""
    return MEANINGS.get(family_of(metric), "")


def trend(facts: Facts) -> str:
    """Where what is judged went within the last five minutes; "" where that is not known.

    A message that an alert fired or became worse never says that it gets better: what fell to a threshold did not fire.
    """
    way, course = _way(facts), facts.course
    if course is None or (way == BETTER and facts.kind in BEGINNINGS) or _is_late(facts):
        return ""
    if way is None:
        low, high = facts.told(course.low), facts.told(course.high)
        return f"It went up and down within the last five minutes, between {low} and {high}."
    then = f"{facts.told(course.first)} five minutes before, {facts.told(course.last)} now"
    return {WORSE: f"It is getting worse: {then}.", BETTER: f"It is getting better: {then}."}.get(
        way, "It has stayed about the same for five minutes."
    )


def _urgency(facts: Facts) -> str:
    worse = _way(facts) == WORSE and not _is_late(facts)
    if facts.severity == "critical":
        return "It is critical: it should not wait."
    if facts.severity == "warning":
        return WORSENING if worse else WAITING
    return "It is told for information: it can wait."


def _way(facts: Facts) -> int | None:
    """WORSE, BETTER, 0 where it stayed; None where it went up and down or is unknown."""
    way = None if facts.course is None else facts.course.way(facts.threshold)
    return way if way is None or facts.comparison == "above" else -way


def _is_late(facts: Facts) -> bool:
    """Whether what was judged when the message's change came says nothing of now any more."""
    if facts.kind not in BEGINNINGS:
        return False
    return (facts.told_at - (facts.changed_at or facts.fired_at)).total_seconds() >= LATE_SECONDS
