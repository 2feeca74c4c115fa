"""What a sampler has stored, as spans of time: of a rate the seconds that it speaks for, of a level those around it."""

from __future__ import annotations

from monitor.metrics.catalogue import CATALOGUE, NAMES, Kind
from tests.stages.servers import Site
from tests.stages.spans import Span, of_level


def stored_spans(site: Site) -> dict[str, list[Span]]:
    """Of every metric; empty for one that was never known."""
    rows = site.query(f"select taken_at_ms, covered_ms, {', '.join(NAMES)} from monitor_sample order by id")
    found: dict[str, list[Span]] = {}
    for number, name in enumerate(NAMES, 2):
        known = [
            (row[0] / 1000, (row[1] or 0) / 1000, row[number]) for row in rows if row[number] is not None
        ]
        if CATALOGUE[name].kind is Kind.RATE:
            found[name] = [Span(at - covered, at, value) for at, covered, value in known if covered]
        else:
            found[name] = of_level([(at, value) for at, _, value in known])
    return found
