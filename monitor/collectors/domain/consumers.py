"""Consumers by their processes: whom one belongs to, where no control group tells, and which are loadmon's own."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from monitor.collectors.domain.stable import stable
from monitor.collectors.domain.usage import Seen
from monitor.metrics.snapshot import Details
from monitor.metrics.text import family, harmless
from monitor.metrics.usage import Consumer, Kind

LOADMON = Consumer(Kind.LOADMON, "loadmon")
LOAD_TEST = Consumer(Kind.LOADMON, "load test")
INTERRUPTS = Consumer(Kind.KERNEL, "interrupts")

WORKERS = ("loadmon-burn", "loadmon-io")
"""What the workers of a load test call themselves: somebody asked for it, and it is not what watching costs."""

OF_ONE = re.compile(r"[/:].*$")
NUMBERED = re.compile(r"(?<=^md)\d+(?=_)|(?<=[A-Za-z_.])\d+$")
MOST_LEVELS = 32
NOBODY = Details()


def of_process(seen: Seen, name: str, known: Details) -> Consumer:
    """Whom a process belongs to; `name`: what it is called, with the script of an interpreter."""
    if seen.is_kernel:
        return Consumer(Kind.KERNEL, kind_of_thread(seen.name))
    if known.home and known.kind == "container":
        engine = stable(known.home)
        return Consumer(
            Kind.CONTAINER, engine if engine == known.home else harmless(f"{engine}: {stable(name)}")
        )
    if known.home:
        return Consumer(Kind.SERVICE, stable(known.home))
    return Consumer(Kind.PROGRAM, stable(name), known.user or "")


def kind_of_thread(name: str) -> str:
    """The kind of a kernel thread, without the core, device or number that it is for: "kworker", "jbd2", "scsi_eh"."""
    called = family(name)
    kind = OF_ONE.sub("", name)
    return harmless(
        (called if called != name else NUMBERED.sub("", kind) if kind == name else kind).rstrip("_-.") or name
    )


def known_of(seen: Seen, now: Mapping[int, Seen], details: Mapping[int, Details]) -> Details:
    """What was looked up of a process; until it is, what its nearest ancestor has: it was started in the same group."""
    at: Seen | None = seen
    for _ in range(MOST_LEVELS):
        if at is None or at.is_kernel:
            break
        known = details.get(at.pid)
        if known is not None:
            return known
        at = now.get(at.parent)
    return NOBODY


def descends(seen: Seen, now: Mapping[int, Seen], roots: Collection[int]) -> bool:
    """Whether a process, or one of those that it comes from, is of `roots`."""
    at: Seen | None = seen
    for _ in range(MOST_LEVELS):
        if at is None:
            return False
        if at.pid in roots:
            return True
        at = now.get(at.parent)
    return False


def own_consumer(seen: Seen) -> Consumer:
    """Whom a process of loadmon's own belongs to."""
    return LOAD_TEST if seen.name.startswith(WORKERS) else LOADMON
