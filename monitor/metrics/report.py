"""Report of one tick of a sampler, as one value: what an agent says to the hub, and the local sampler to the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.metrics.gaps import GapSpec
from monitor.metrics.reading import Reading
from monitor.metrics.snapshot import Snapshot
from monitor.metrics.usage import GroupShare


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What a sampler knows of its host and of itself beside metrics, named as the columns of the host's row.

    boot_id, machine_id: "" where the system tells none. interval: seconds between readings. memory_reason: "" where all
    memory of the machine counts. failing: the collectors whose source cannot be read or understood, each with a sentence;
    None where it is not known.
    """

    boot_id: str
    booted_at: datetime
    effective_cores: float
    cores_reason: str
    interval: float
    sampler_started_at: datetime
    machine_id: str = ""
    memory_reason: str = ""
    failing: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A reading and what belongs to it.

    gaps: those between this reading and the one before. snapshot: of a scan that ended just before the reading, None
    where none did. facts: None where there is no news of them. groups: the few control
    groups that use most of the CPU, None where nobody knows.
    """

    reading: Reading
    gaps: tuple[GapSpec, ...] = ()
    snapshot: Snapshot | None = None
    facts: HostFacts | None = None
    groups: tuple[GroupShare, ...] | None = None
