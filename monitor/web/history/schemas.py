"""Schemas of a span of the past with what happened in it, and of the times of overload."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from monitor.history.answers import Numbers
from monitor.web.dashboard.schemas import ToldAlert
from monitor.web.loadtests.schemas import LoadTest
from monitor.web.rows import Described, From, of


class History(Numbers):
    """A span of time in buckets aligned to the epoch; `times` are their starts, tier 0 is the samples themselves.

    `alerts` are the newest 500 of the span, `load_tests` the newest 200; `alerts_left_out` are older ones.
    """

    alerts: list[ToldAlert]
    alerts_left_out: int
    load_tests: list[LoadTest]


def _seconds(ms: int) -> float:
    return round(ms / 1000, 3)


class Part(TypedDict):
    """Which tier a part of a span was read from: buckets of so many seconds, 0 the samples themselves."""

    start_at: Annotated[int, From(lambda part: part[1])]
    end_at: Annotated[int, From(lambda part: part[2])]
    resolution_seconds: Annotated[int, From(lambda part: part[0])]


class Reached(TypedDict):
    """A metric that reached its limit: its worst value, and the limit (of load1 the cores)."""

    metric: str
    worst: float
    limit: float


class StoodThen(TypedDict):
    """An alert that stood at some time of an episode."""

    id: int
    title: Annotated[str, Described("The name of its rule.")]


class OverloadEpisode(TypedDict):
    """A time of overload, told whole; its length is exact to resolution_seconds, 0: to one sample."""

    start_at: Annotated[int, From("start_ms")]
    end_at: Annotated[int, From("end_ms")]
    seconds: Annotated[float, From(lambda one: _seconds(one.end_ms - one.start_ms))]
    least_seconds: Annotated[
        float,
        From(lambda one: _seconds(one.least_ms)),
        Described("How long it was so for certain: a bucket of means counts as a whole."),
    ]
    resolution_seconds: Annotated[int, From("resolution")]
    reached: Annotated[list[Reached], From(lambda one: _reached(one.worst))]
    alerts: list[StoodThen]


class Overloads(TypedDict):
    """When a host was overloaded. Whatever span is asked for, an episode is the same; the future is no part of it."""

    host: Annotated[str, From("host.name")]
    start_at: Annotated[int, From("start_ms")]
    end_at: Annotated[int, From("end_ms")]
    oldest_at: Annotated[int | None, From("oldest_ms")]
    count: Annotated[int, From(lambda found: len(found.episodes))]
    total_seconds: Annotated[
        float, From(lambda found: _seconds(found.total_ms)), Described("Of the episodes, each told whole.")
    ]
    seconds_within: Annotated[
        float, From(lambda found: _seconds(found.within_ms)), Described("What of that lies in the span.")
    ]
    unknown_seconds: Annotated[
        float,
        From(lambda found: _seconds(found.unknown_ms)),
        Described("What of the span nothing speaks for: neither overload nor calm."),
    ]
    episodes: Annotated[list[OverloadEpisode], Described("The newest 1000, oldest first.")]
    last: Annotated[
        OverloadEpisode | None, Described("The newest that began before the end, however long ago.")
    ]
    ongoing: Annotated[bool, Described("Whether the last one goes on.")]
    parts: Annotated[
        list[Part],
        From(lambda found: [of(Part, one) for one in found.parts]),
        Described("What the span was read from, oldest first: always the finest tier that is kept."),
    ]
    notes: Annotated[list[str], Described("What could not be seen, in sentences.")]


def _reached(worst: Any) -> list[Reached]:
    return [Reached(metric=name, worst=one.value, limit=one.limit) for name, one in worst.items()]
