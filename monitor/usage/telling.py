"""Telling of usage: who used a host over a span, heaviest first, then all others and what was not seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from monitor.hosts.models import Host
from monitor.metrics.usage import Used, merged
from monitor.usage import answers, naming, spans
from monitor.usage.domain import ranking
from monitor.usage.domain.courses import Course
from monitor.usage.domain.kinds import KIB, KINDS, MIB, By
from monitor.usage.domain.ranking import NO_SUM
from monitor.usage.domain.tiers import MINUTE_MS
from monitor.usage.models import Consumer
from monitor.usage.spans import Span


def heaviest(host: Host, by: By, start_ms: int, end_ms: int, points: int, top: int) -> answers.UsageAnswer:
    """The `top` heaviest of [start, end) by one kind of use, in at most `points` buckets aligned to the epoch."""
    how = spans.plan(host, start_ms, end_ms, points)
    found = spans.read(how, by, lambda sums: ranking.heaviest(sums, KINDS[by], top))
    return _answer(found, by, start_ms, end_ms)


def alone(
    host: Host, by: By, start_ms: int, end_ms: int, points: int, top: int, wanted: Sequence[Consumer]
) -> answers.UsageAnswer:
    """The same of the consumers that are `wanted`, even where they used nothing; everybody else is others."""
    how = spans.plan(host, start_ms, end_ms, points)
    keys = [one.pk for one in wanted]
    found = spans.read(how, by, lambda sums: ranking.ranked(sums, KINDS[by], keys, top))
    return _answer(found, by, start_ms, end_ms)


def _answer(found: Span, by: By, start_ms: int, end_ms: int) -> answers.UsageAnswer:
    how, whole = found.plan, _whole(found)
    return {
        "host": how.host.name,
        "start": start_ms,
        "end": end_ms,
        "by": by,
        "unit": KINDS[by].unit,
        "resolution_seconds": how.starts.step // 1000,
        "tier_seconds": how.tier * MINUTE_MS // 1000,
        "oldest_at": how.oldest_ms,
        "times": list(how.starts),
        "total": {
            "cpu_seconds": _seconds(whole.cpu_ms + found.not_seen_ms),
            "memory_bytes": _memory(whole, found),
            "read_bytes": _bytes(whole.read_kib),
            "written_bytes": _bytes(whole.written_kib),
            "waiting_seconds": _seconds(whole.waiting_ms),
        },
        "consumers": [
            *_each(found, by, whole),
            _of_others(found, by, whole),
            _of_not_seen(found, by, whole),
        ],
    }


def _each(found: Span, by: By, whole: Used) -> list[answers.ConsumerUsage]:
    """The consumers by name, heaviest first."""
    names = naming.named(found.chosen)
    told = zip(found.chosen, found.courses.each, strict=True)
    return [_of_name(found, by, whole, names[key], course) for key, course in told if key in names]


def _of_name(found: Span, by: By, whole: Used, name: Consumer, course: Course) -> answers.ConsumerUsage:
    one, grown = found.sums.get(name.pk, NO_SUM), found.growth.get(name.pk)
    at_look = KINDS[by].highest
    return {
        "name": name.name,
        "kind": cast("answers.AnswerKind", name.kind),
        "user": name.user,
        "cpu_seconds": _seconds(one.used.cpu_ms),
        "share_percent": _share(one.used, found, by, whole),
        "highest": round(one.peak * at_look[1], 6) if at_look and one.peak else course.highest,
        "highest_at": one.peak_at * MINUTE_MS if one.peak else course.highest_at_ms,
        "memory_bytes": _memory(one.used, found),
        "memory_highest_bytes": round(one.used.memory_highest_mib * MIB),
        "memory_growth_bytes": None if grown is None else round(grown * MIB),
        "read_bytes": _bytes(one.used.read_kib),
        "written_bytes": _bytes(one.used.written_kib),
        "waiting_seconds": _seconds(one.used.waiting_ms),
        "processes": one.used.processes,
        "started": one.used.started,
        "ended": one.used.ended,
        "series": course.series,
    }


def _of_others(found: Span, by: By, whole: Used) -> answers.ConsumerUsage:
    """Everybody else: how many lived at once, and their most at one look, is not known of several together."""
    rest, course = found.rest, found.courses.others
    return {
        "name": "others",
        "kind": "others",
        "user": "",
        "cpu_seconds": _seconds(rest.cpu_ms),
        "share_percent": _share(rest, found, by, whole),
        "highest": course.highest,
        "highest_at": course.highest_at_ms,
        "memory_bytes": _memory(rest, found),
        "memory_highest_bytes": None,
        "memory_growth_bytes": None,
        "read_bytes": _bytes(rest.read_kib),
        "written_bytes": _bytes(rest.written_kib),
        "waiting_seconds": _seconds(rest.waiting_ms),
        "processes": None,
        "started": rest.started,
        "ended": rest.ended,
        "series": course.series,
    }


def _of_not_seen(found: Span, by: By, whole: Used) -> answers.ConsumerUsage:
    """What the machine used and no consumer is known of: CPU time, of which alone the machine keeps a count of its own."""
    course = found.courses.not_seen
    return {
        "name": "not seen",
        "kind": "not_seen",
        "user": "",
        "cpu_seconds": _seconds(found.not_seen_ms),
        "share_percent": _percent(found.not_seen_ms, whole.cpu_ms + found.not_seen_ms)
        if by == "cpu"
        else None,
        "highest": course.highest,
        "highest_at": course.highest_at_ms,
        "memory_bytes": None,
        "memory_highest_bytes": None,
        "memory_growth_bytes": None,
        "read_bytes": None,
        "written_bytes": None,
        "waiting_seconds": None,
        "processes": None,
        "started": None,
        "ended": None,
        "series": course.series,
    }


def _whole(found: Span) -> Used:
    """What all consumers used together, but for what was not seen."""
    return merged([found.rest, *(found.sums[key].used for key in found.chosen if key in found.sums)])


def _share(used: Used, found: Span, by: By, whole: Used) -> float | None:
    """Percent of what the whole machine used, by what is asked for."""
    amount, total = (ranking.amount_of(one, KINDS[by]) for one in (used, whole))
    if amount is None or total is None:
        return None
    return _percent(amount, total + found.not_seen_ms if by == "cpu" else total)


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 3) if whole else None


def _seconds(ms: int) -> float:
    return ms / 1000


def _bytes(kib: int | None) -> int | None:
    return None if kib is None else round(kib * KIB)


def _memory(used: Used, found: Span) -> int:
    """The mean over the time that is known of."""
    return round(used.memory_mib_s * 1000 * MIB / found.covered_ms) if found.covered_ms else 0
