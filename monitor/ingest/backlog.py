"""The backlog: readings that are evaluated but could not be stored yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.alerts import evidence
from monitor.metrics.gaps import GapSpec
from monitor.metrics.reading import Reading
from monitor.rules.domain.judge import Outcome

QUEUE_SECONDS = 600.0


@dataclass(slots=True)
class Waiting:
    """A reading that is evaluated but not stored yet, with what goes into its transaction and its frame."""

    reading: Reading
    outcomes: list[Outcome]
    means: dict[str, float | None]
    gaps: list[GapSpec]
    findings: list[evidence.Finding] = field(default_factory=list)
