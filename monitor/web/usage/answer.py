"""Answer of the usage API: who used a host over a span, and the alerts in which a consumer is named."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.alerts import suspects
from monitor.hosts.models import Host
from monitor.metrics.usage import Consumer, Kind
from monitor.usage import telling
from monitor.usage.answers import UsageAnswer
from monitor.usage.models import Consumer as Name
from monitor.web.rows import of
from monitor.web.usage.fields import UsageQuery
from monitor.web.usage.schemas import NamedIn, Usage


def between(
    host: Host, query: UsageQuery, start_ms: int, end_ms: int, wanted: Sequence[Name] | None
) -> Usage:
    """What `query` asks for of [start, end); of consumers that are `wanted` also the alerts of that time that name them."""
    found = numbers(host, query, start_ms, end_ms, wanted)
    if wanted is None:
        return {**found, "alerts": None}
    consumers = [Consumer(Kind(one.kind), one.name, one.user) for one in wanted]
    named = suspects.naming(host, consumers, start_ms, end_ms)
    return {**found, "alerts": [of(NamedIn, row) for row in named]}


def numbers(
    host: Host, query: UsageQuery, start_ms: int, end_ms: int, wanted: Sequence[Name] | None
) -> UsageAnswer:
    """The same without alerts."""
    if wanted is None:
        return telling.heaviest(host, query.by, start_ms, end_ms, query.points, query.top)
    return telling.alone(host, query.by, start_ms, end_ms, query.points, query.top, wanted)
