"""The vocabulary of the page: what its scripts know of metrics and call everything else, handed over as tables."""

from __future__ import annotations

from monitor.history.domain.tiers import NAMES as TIERS
from monitor.metrics.catalogue import JUDGED
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


def vocabulary() -> Shape:
    """Words by name of "severities" (with their rank: higher is graver), "gaps", "tiers" (by seconds) and "collectors"."""
    return {
        "severities": {name: {"rank": rank(name), "word": word} for name, word in SEVERITIES.items()},
        "gaps": {kind.value: words for kind, words in GAPS.items()},
        "tiers": {str(seconds): name for seconds, name in TIERS.items()},
        "collectors": COLLECTORS,
    }


def metrics() -> Shape:
    """{name: {"label", "unit", "help", "kind", "family", "collector"}} of everything that can be judged."""
    return {
        one.name: {
            "label": one.label,
            "unit": one.unit.value,
            "help": one.help,
            "kind": one.kind.value,
            "family": one.family.value,
            "collector": one.collector,
        }
        for one in JUDGED.values()
    }
