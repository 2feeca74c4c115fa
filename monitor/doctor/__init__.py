"""The doctor: examines a whole installation and says of each part whether it is well, or what to do."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.doctor import (
    configuration,
    database,
    filesystems,
    layer,
    machine,
    notifier,
    parts,
    processes,
    sampler,
    sources,
    web,
)
from monitor.doctor.finding import Examination, Finding, Level, examine

__all__ = ["Finding", "Level", "database", "finding", "findings"]

EXAMINATIONS: tuple[Examination, ...] = (
    *configuration.EXAMINATIONS,
    *database.EXAMINATIONS,
    *layer.EXAMINATIONS,
    *parts.EXAMINATIONS,
    *sampler.EXAMINATIONS,
    *notifier.EXAMINATIONS,
    *machine.EXAMINATIONS,
    *sources.EXAMINATIONS,
    *processes.EXAMINATIONS,
    *filesystems.EXAMINATIONS,
    *web.EXAMINATIONS,
)


def findings() -> Iterator[Finding]:
    """Every finding, as it is made."""
    for examination in EXAMINATIONS:
        yield from examine(examination)
