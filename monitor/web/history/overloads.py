"""Answer of the API on overload: when a host was overloaded, with the alerts that stood then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.alerts.models import Alert
from monitor.history.overloads import overloads
from monitor.hosts.models import Host
from monitor.metrics.times import at_ms, moment
from monitor.web.history.schemas import OverloadEpisode, Overloads, StoodThen
from monitor.web.rows import of
from monitor.web.turns import Turn

TURN = Turn("Other times of overload are being looked up. Try again in a few seconds.")
Stood = tuple[int, str, int, int | None]
"""An alert: id, title, when it fired and was over (ms); None: it stands."""


def between(host: Host, start_ms: int, end_ms: int, now_ms: int) -> Overloads:
    """When `host` was overloaded in [start, end); raises turns.Busy rather than let a crowd slow down everything else."""
    with TURN:
        found = overloads(host, start_ms, end_ms, now_ms)
    shown = [*found.told, *([found.last] if found.last else [])]
    begin = min((one.start_ms for one in shown), default=end_ms)
    stood = _stood(host, begin, max((one.end_ms for one in shown), default=end_ms)) if shown else []

    last = found.last
    episodes = [
        of(OverloadEpisode, one, alerts=then)
        for one, then in zip(
            found.told, _then([(one.start_ms, one.end_ms) for one in found.told], stood), strict=True
        )
    ]
    latest = episodes[-1] if episodes else None
    if last is not None and not episodes:
        [then] = _then([(last.start_ms, last.end_ms)], stood)
        latest = of(OverloadEpisode, last, alerts=then)
    return of(Overloads, found, episodes=episodes, last=latest)


def _stood(host: Host, start_ms: int, end_ms: int) -> list[Stood]:
    rows = Alert.objects.filter(host=host, fired_at__lt=moment(end_ms)).exclude(
        resolved_at__lt=moment(start_ms)
    )
    found = rows.order_by("fired_at", "id").values_list("id", "rule_name", "fired_at", "resolved_at")
    return [(pk, title, at_ms(fired) or 0, at_ms(over)) for pk, title, fired, over in found]


def _then(times: Sequence[tuple[int, int]], stood: Sequence[Stood]) -> Iterator[list[StoodThen]]:
    """For each of the times [start, end), oldest first, the alerts that stood at some moment of it."""
    standing: list[Stood] = []
    left = 0
    for start_ms, end_ms in times:
        while left < len(stood) and stood[left][2] < end_ms:
            standing.append(stood[left])
            left += 1
        standing = [one for one in standing if one[3] is None or one[3] > start_ms]
        yield [StoodThen(id=pk, title=title) for pk, title, _, _ in standing]
