"""Vocabulary of the page: what its scripts know of metrics and call everything else, handed over as tables."""

from __future__ import annotations

from typing import Annotated, TypedDict

from monitor.diagnosis.listing import Listing
from monitor.history.domain.age import ALLOWED_SKEW_SECONDS
from monitor.history.domain.tiers import NAMES as TIERS
from monitor.metrics.catalogue import JUDGED
from monitor.metrics.gaps import Kind
from monitor.rules.domain.severity import rank
from monitor.web.alerts.words import SEVERITY_WORDS
from monitor.web.rows import From, of

# As short as they must be to stand on a chart; any other gap is "no data".
GAPS = {
    Kind.SAMPLER_DOWN: "sampler was down",
    Kind.SUSPENDED: "suspended",
    Kind.REBOOTED: "rebooted",
    Kind.CLOCK_STEPPED: "clock was set",
    Kind.STORAGE_FAILING: "samples could not be stored",
}
# What figures are missing while one of them fails: "CPU figures".
COLLECTORS = {
    "cpu": "CPU",
    "cores": "core",
    "loadavg": "load",
    "pressure": "pressure",
    "memory": "memory",
    "swapping": "swap-traffic",
    "disk": "disk",
    "filesystems": "file-system",
    "network": "network",
    "own": "own cost",
}


class Severity(TypedDict):
    """A severity; a higher rank is graver."""

    rank: int
    word: str


class Culprits(TypedDict):
    """What lists of processes call those that are not there any more; least_percent: of one core, to be listed at all."""

    gone: str
    started: str
    again: str
    least_percent: float


class Vocabulary(TypedDict):
    """Words by name; those of the tiers by their seconds.

    allowed_skew_ms: how far ahead of the clock a time may lie that still counts as now.
    """

    severities: dict[str, Severity]
    gaps: dict[str, str]
    tiers: dict[str, str]
    collectors: dict[str, str]
    allowed_skew_ms: int
    culprits: Culprits


class Metric(TypedDict):
    """What can be judged."""

    label: str
    unit: Annotated[str, From("unit.value")]
    help: str
    kind: Annotated[str, From("kind.value")]
    family: Annotated[str, From("family.value")]
    collector: str


def vocabulary() -> Vocabulary:
    """What the page calls things."""
    return Vocabulary(
        severities={name: Severity(rank=rank(name), word=word) for name, word in SEVERITY_WORDS.items()},
        gaps={kind.value: words for kind, words in GAPS.items()},
        tiers={str(seconds): name for seconds, name in TIERS.items()},
        collectors=COLLECTORS,
        allowed_skew_ms=round(ALLOWED_SKEW_SECONDS * 1000),
        culprits=Culprits(
            gone=Listing.GONE,
            started=Listing.STARTED,
            again=Listing.AGAIN,
            least_percent=Listing.LEAST_PERCENT,
        ),
    )


def metrics() -> dict[str, Metric]:
    """Everything that can be judged, by name."""
    return {one.name: of(Metric, one) for one in JUDGED.values()}
