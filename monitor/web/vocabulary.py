"""The vocabulary of the page: what its scripts call severities, gaps and tiers, handed over as one table."""

from __future__ import annotations

from monitor.history.domain.tiers import NAMES as TIERS
from monitor.metrics.gaps import Kind
from monitor.metrics.json import Shape
from monitor.rules.domain.severity import rank
from monitor.web.alerts.words import SEVERITIES

# As short as they must be to stand on a chart; any other gap is "no data".
GAPS = {
    Kind.SAMPLER_DOWN: "sampler was down",
    Kind.SUSPENDED: "suspended",
    Kind.REBOOTED: "rebooted",
    Kind.CLOCK_STEPPED: "clock was set",
    Kind.STORAGE_FAILING: "samples could not be stored",
}


def vocabulary() -> Shape:
    """{"severities": {name: {"rank", "word"}}, "gaps": {kind: words}, "tiers": {seconds: words}}; rank: of gravity."""
    return {
        "severities": {name: {"rank": rank(name), "word": word} for name, word in SEVERITIES.items()},
        "gaps": {kind.value: words for kind, words in GAPS.items()},
        "tiers": {str(seconds): name for seconds, name in TIERS.items()},
    }
