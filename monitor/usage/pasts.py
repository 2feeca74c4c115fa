"""Pasts of the parts of a machine: each file system, disk and interface over a span, from the tier that suits it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from django.db import connection

from monitor.history import freshness
from monitor.history.domain import bucketing
from monitor.hosts.models import Host
from monitor.metrics.parts import HIGHEST, UNSEEN, Kind, Part, PartUsed, merged
from monitor.usage import reading
from monitor.usage.domain import pasts
from monitor.usage.domain.pasts import FIGURES, Course, Row
from monitor.usage.domain.tiers import MINUTE, MINUTE_MS, fitting, known_since, start_of
from monitor.usage.models import LONGEST_NAME, PartUsage
from monitor.usage.models import Part as Name

KindWord = Literal["file_system", "disk", "interface"]
Unit = Literal["percent", "bytes", "bytes_per_second"]
QUARTER = pasts.MINUTES_A_QUARTER


class PartFigure(TypedDict):
    """One figure of a part over the span.

    now: in the newest minute of the span that is known, or the newest row. mean: over the time that is known. highest: the
    most between two looks, and highest_at when that bucket began. series: one entry a bucket.
    """

    unit: Unit
    now: float | None
    mean: float | None
    highest: float | None
    highest_at: int | None
    series: Course


class PartPast(TypedDict):
    """A file system, disk or interface; seen_at: when it was last measured in the span, null where it was not."""

    kind: KindWord
    name: str
    seen_at: int | None
    figures: dict[str, PartFigure]


class PartsAnswer(TypedDict):
    """A span of time in buckets aligned to the epoch (`times` are their starts): what each part held and moved.

    parts: those that were measured in the span: file systems, the fullest first, then disks and interfaces, by name.
    oldest_at: from when on parts are kept, null where none is.
    """

    host: str
    start_at: int
    end_at: int
    resolution_seconds: int
    tier_seconds: int
    oldest_at: int | None
    times: list[int]
    parts: list[PartPast]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a span is read: the rows of a tier that begin in [first, end), minutes, into buckets that begin at `starts`."""

    tier: int
    starts: range
    first: int
    end: int
    oldest_ms: int | None


def between(
    host: Host, start_ms: int, end_ms: int, points: int, kind: Kind | None = None, name: str | None = None
) -> PartsAnswer:
    """What each part of `host`, or those of a kind and a name, held and moved in [start, end)."""
    names = Name.objects.filter(host=host)
    names = names.filter(kind=kind.value) if kind is not None else names
    names = names.filter(name=name[:LONGEST_NAME]) if name is not None else names
    parts = {pk: Part(Kind(word), text) for pk, word, text in names.values_list("pk", "kind", "name")}
    how = _plan(host, start_ms, end_ms, points)
    rows = _rows(host, how, sorted(parts))
    newest = _newest_rows(host, how, rows)
    found = [_past(parts[pk], how, rows[pk], newest.get(pk), end_ms) for pk in rows]
    return {
        "host": host.name,
        "start_at": start_ms,
        "end_at": end_ms,
        "resolution_seconds": 60 * how.starts.step,
        "tier_seconds": 60 * how.tier,
        "oldest_at": how.oldest_ms,
        "times": [MINUTE_MS * start for start in how.starts],
        "parts": sorted((one for one in found if one["seen_at"] is not None), key=_place),
    }


def _plan(host: Host, start_ms: int, end_ms: int, points: int) -> _Plan:
    oldest = reading.oldest(host, PartUsage._meta.db_table)
    tier = fitting(oldest, start_ms, end_ms, points)
    width = bucketing.resolution(start_ms, end_ms, points, MINUTE_MS / 1000, 60 * tier) // 60
    starts = bucketing.bucket_starts(start_ms, end_ms, 60 * width)
    first, last = starts[0] // MINUTE_MS, starts[-1] // MINUTE_MS
    since = known_since(oldest)
    since_ms = None if since is None else since * MINUTE_MS
    return _Plan(tier, range(first, last + width, width), first, last + width, since_ms)


def _rows(host: Host, how: _Plan, chosen: Sequence[int]) -> dict[int, list[Row]]:
    """The rows of each part, those of one bucket together; of minutes also those that are told by the quarter hour alone."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    # * 1.0: the bytes times seconds of a large file system over years are more than a whole number can be
    columns = ", ".join(f"MAX({one})" if one in HIGHEST else f"SUM({one} * 1.0)" for one in PartUsed._fields)
    group = f"part_id, start / {how.starts.step:d}"
    is_one = f"seen_ms <= {pasts.LONGEST_MINUTE_MS:d}" if how.tier == MINUTE else "1 = 1"
    for row in _asked(
        f"MAX(start), {columns}", host, how.tier, how.first, how.end, chosen, f"{is_one} GROUP BY {group}"
    ):
        found[row[0]].append(_row(row))
    if how.tier == MINUTE:
        _add_resting(host, how, chosen, found)
    return found


def _add_resting(host: Host, how: _Plan, chosen: Sequence[int], found: defaultdict[int, list[Row]]) -> None:
    """Add what a part that rests is told of once for many minutes, and what is not told yet of the newest ones."""
    end = start_of(how.end - 1, QUARTER) + QUARTER
    columns = ", ".join(("start", *PartUsed._fields))
    more = f"seen_ms > {pasts.LONGEST_MINUTE_MS:d}"
    still = [(row[0], _row(row)) for row in _asked(columns, host, MINUTE, how.first, end, chosen, more)]
    last: dict[int, Row] = {pk: max(rows, key=_start) for pk, rows in found.items()}
    for pk, row in still:
        found[pk] += pasts.spread(row)
        last[pk] = max(row, last.get(pk, row), key=_start)
    until = min(_newest_minute(host), how.end - 1)
    for pk, row in last.items():
        found[pk] += pasts.resting(row, until)


def _newest_rows(host: Host, how: _Plan, rows: Mapping[int, Sequence[Row]]) -> dict[int, Row]:
    """The newest minute of each part in the last bucket in which anything is known, where minutes are kept of it."""
    last = max((row.start for found in rows.values() for row in found), default=0)
    columns = ", ".join(("start", *PartUsed._fields))
    found: dict[int, Row] = {}
    for values in _asked(
        columns, host, MINUTE, last - QUARTER, min(last + how.tier, how.end), sorted(rows), "1 = 1"
    ):
        row = _row(values)
        found[values[0]] = max(row, found.get(values[0], row), key=_start)
    return found


def _start(row: Row) -> int:
    return row.start


def _row(values: Sequence[Any]) -> Row:
    _, start, *used = values
    return Row(start, PartUsed._make(None if one is None else int(one) for one in used))


def _newest_minute(host: Host) -> int:
    newest = freshness.newest(host)
    return 0 if newest is None else newest.taken_at_ms // MINUTE_MS


def _past(part: Part, how: _Plan, rows: Sequence[Row], newest: Row | None, end_ms: int) -> PartPast:
    inside = [row for row in rows if how.first <= row.start < how.end]
    buckets = pasts.folded(inside, how.starts)
    whole, now = (
        merged(row.used for row in inside),
        (newest or max(inside, key=_start)).used if inside else UNSEEN,
    )
    figures: dict[str, PartFigure] = {}
    for name, figure in FIGURES[part.kind].items():
        most = pasts.highest(figure, buckets)
        figures[name] = {
            "unit": figure.unit,  # type: ignore[typeddict-item]
            "now": pasts.course(figure, [now])["mean"][0],
            "mean": pasts.course(figure, [whole])["mean"][0],
            "highest": None if most is None else most[0],
            "highest_at": None if most is None else MINUTE_MS * how.starts[most[1]],
            "series": pasts.course(figure, buckets),
        }
    seen_at = min(end_ms, MINUTE_MS * (max(row.start for row in inside) + how.tier)) if inside else None
    return {"kind": part.kind.value, "name": part.name, "seen_at": seen_at, "figures": figures}


def _place(one: PartPast) -> tuple[int, float, str]:
    full = one["figures"].get("full_percent")
    now = (full["now"] or 0.0) if full else 0.0
    return list(FIGURES).index(Kind(one["kind"])), -now, one["name"]


def _asked(
    columns: str, host: Host, tier: int, first: int, end: int, chosen: Sequence[int], more: str
) -> list[Any]:
    """The part, and these columns, of the rows of the chosen ones that begin in [first, end)."""
    if not chosen:
        return []
    listed = ", ".join(f"{one:d}" for one in chosen)
    sql = (
        f"SELECT part_id, {columns} FROM {PartUsage._meta.db_table} WHERE host_id = %s AND tier = %s "  # noqa: S608
        f"AND start >= %s AND start < %s AND part_id IN ({listed}) AND {more}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [host.pk, tier, first, end])
        return list(cursor.fetchall())
