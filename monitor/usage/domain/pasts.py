"""Pasts of parts: rows of what each held and moved, folded into the buckets of a span, and told as figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypedDict

from monitor.metrics.parts import HIGHEST, UNSEEN, Kind, PartUsed, merged

MINUTE_MS, MINUTES_A_QUARTER = 60_000, 15
LONGEST_MINUTE_MS = 90_000
"""A row of a minute that was measured for longer speaks for minutes before it, too."""

MOVED = ("in_bytes", "out_bytes", "in_highest", "out_highest", "busy_ms")
Value = Callable[[PartUsed], "float | None"]


class Row(NamedTuple):
    """What one part held and moved in one bucket; start: minutes since the epoch."""

    start: int
    used: PartUsed


class Figure(NamedTuple):
    """A figure of a part: its unit, its mean over what a span holds, and the most at one look."""

    unit: str
    mean: Value
    most: Value


class Course(TypedDict):
    """One figure of one part, an entry a bucket, null where nothing is known; `high` is the most between two looks."""

    mean: list[float | None]
    high: list[float | None]


def spread(row: Row) -> list[Row]:
    """A row of a minute that speaks for those before it as well, laid over all of them: nothing moved in any."""
    minutes = _minutes(row.used)
    share = _divided(row.used, minutes)
    return [Row(row.start - back, share) for back in range(minutes)]


def resting(last: Row, until: int) -> list[Row]:
    """What a part did since its last row up to a minute of the same quarter hour: it rests, or it had another row."""
    if last.start // MINUTES_A_QUARTER != until // MINUTES_A_QUARTER:
        return []
    one = _divided(last.used, _minutes(last.used))
    still = one._replace(**{name: 0 for name in MOVED if getattr(one, name) is not None})
    return [Row(minute, still) for minute in range(last.start + 1, until + 1)]


def folded(rows: Iterable[Row], starts: range) -> list[PartUsed]:
    """What each bucket of a span holds; `starts`: their first minutes."""
    groups: defaultdict[int, list[PartUsed]] = defaultdict(list)
    for row in rows:
        at = (row.start - starts.start) // starts.step
        if 0 <= at < len(starts):
            groups[at].append(row.used)
    return [merged(groups[at]) if at in groups else UNSEEN for at in range(len(starts))]


def course(figure: Figure, buckets: Sequence[PartUsed]) -> Course:
    """A figure in each bucket."""
    return {
        "mean": [_rounded(figure.mean(one)) for one in buckets],
        "high": [_rounded(figure.most(one)) for one in buckets],
    }


def highest(figure: Figure, buckets: Sequence[PartUsed]) -> tuple[float, int] | None:
    """The most, and the place of the bucket in which it was first; None where nothing is known."""
    known = [
        (most, -at) for at, one in enumerate(buckets) if (most := _rounded(figure.most(one))) is not None
    ]
    if not known:
        return None
    most, place = max(known)
    return most, -place


def _divided(used: PartUsed, by: int) -> PartUsed:
    values = (
        value if value is None or name in HIGHEST else round(value / by)
        for name, value in zip(PartUsed._fields, used, strict=True)
    )
    return PartUsed._make(values)


def _minutes(used: PartUsed) -> int:
    return max(1, round(used.seen_ms / MINUTE_MS))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _over(amount: int | None, time: int | None, scale: float) -> float | None:
    return None if amount is None or not time else scale * amount / time


def _full(used: PartUsed) -> float | None:
    """Percent of the space, or of the inodes where they are scarcer."""
    return _fuller(_over(used.used_kib_s, used.size_kib_s, 100.0), _inodes(used))


def _fullest(used: PartUsed) -> float | None:
    if used.used_highest_kib is None or not used.size_kib_s:
        return None
    size_kib = 1000 * used.size_kib_s / used.seen_ms
    return _fuller(min(100.0, 100.0 * used.used_highest_kib / size_kib), _most_inodes(used))


def _fuller(space: float | None, inodes: float | None) -> float | None:
    return None if space is None else max(space, inodes or 0.0)


def _inodes(used: PartUsed) -> float | None:
    return _over(used.inodes_permyriad_s, used.seen_ms, 10.0)


def _most_inodes(used: PartUsed) -> float | None:
    return None if used.inodes_highest_permyriad is None else used.inodes_highest_permyriad / 100


def _per_second(amount: int | None, seen_ms: int) -> float | None:
    return _over(amount, seen_ms, 1000.0)


def _busy(used: PartUsed) -> float | None:
    found = _over(used.busy_ms, used.seen_ms, 100.0)
    return None if found is None else min(100.0, found)


def _size(used: PartUsed) -> float | None:
    return _over(used.size_kib_s, used.seen_ms, 1024_000.0)


_IN = Figure(
    "bytes_per_second", lambda one: _per_second(one.in_bytes, one.seen_ms), lambda one: one.in_highest
)
_OUT = Figure(
    "bytes_per_second", lambda one: _per_second(one.out_bytes, one.seen_ms), lambda one: one.out_highest
)
FIGURES: Mapping[Kind, Mapping[str, Figure]] = {
    Kind.FILE_SYSTEM: {
        "full_percent": Figure("percent", _full, _fullest),
        "used_bytes": Figure(
            "bytes",
            lambda one: _over(one.used_kib_s, one.seen_ms, 1024_000.0),
            lambda one: None if one.used_highest_kib is None else 1024.0 * one.used_highest_kib,
        ),
        "size_bytes": Figure("bytes", _size, _size),
        "inodes_percent": Figure("percent", _inodes, _most_inodes),
    },
    Kind.DISK: {
        "read_bytes_per_second": _IN,
        "written_bytes_per_second": _OUT,
        "busy_percent": Figure("percent", _busy, _busy),
    },
    Kind.INTERFACE: {"received_bytes_per_second": _IN, "sent_bytes_per_second": _OUT},
}
"""What is told of a part, by its kind. The most of a size, and of the time that a disk was busy, is the mean of a bucket."""
