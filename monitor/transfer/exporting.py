"""Export of history as lines of text, read in short pieces: constant memory, no long transaction."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from monitor.alerts.models import Alert
from monitor.history.domain import steps, tiers
from monitor.history.models import Gap, RollupProgress, Sample
from monitor.history.rollups import TABLES, summaries
from monitor.hosts.models import Host
from monitor.loadtests.models import UNFINISHED, LoadTest
from monitor.metrics.catalogue import NAMES
from monitor.metrics.times import LATEST_MS, moment
from monitor.transfer import format, usage_lines
from monitor.transfer.format import iso, line
from monitor.usage.domain.tiers import MINUTE_MS

PIECE = 2000
BUCKETS_A_PIECE = 500
CSV_HEAD = ("host", "at", "covered_ms", *NAMES)
HOST_TIMES = ("created_at", "booted_at", "sampler_started_at", "sampler_stopped_at")
HOST_FACTS = ("boot_id", "effective_cores", "cores_reason", "interval")
ALERT_FACTS = ("metric", "severity", "worst_severity", "comparison", "statistic", "window_seconds", "state", "threshold",
               "clear_threshold", "critical_threshold", "critical_metric", "critical_metric_threshold", "value",
               "peak", "is_test", "end_observed", "note",
               "explanation")  # fmt: skip
LOAD_TEST = ("kind", "seconds", "workers", "expects_alert", "passed", "state", "report")
ALERT_TIMES = ("started_at", "fired_at", "resolved_at", "last_seen_at", "acknowledged_at")
CHANGE_FACTS = ("change", "value", "severity", "note")


@dataclass(frozen=True, slots=True)
class Span:
    """What of the history goes out: start_ms <= time < end_ms."""

    start_ms: int = 0
    end_ms: int = LATEST_MS


def jsonl(hosts: Iterable[Host], span: Span) -> Iterator[tuple[int, str]]:
    """Lines of the format with the time (ms) that each has come to, host by host; the same data give the same bytes."""
    yield 0, line("header", {"format": format.FORMAT, "metrics": list(NAMES)})
    for host in hosts:
        yield 0, line("host", _host(host))
        for fields in (*_progress(host, span), *_gaps(host, span), *_load_tests(host, span)):
            yield 0, line(str(fields.pop("type")), fields)
        for alert in _alerts(host, span):
            yield 0, line("alert", _alert(host, alert))
        for resolution in tiers.RESOLUTIONS:
            for at, row in _buckets(host, resolution, span):
                fields = {"host": host.name, "resolution": resolution, "at": at, "values": _summaries(row)}
                yield at, line("rollup", fields)
        for kind, lines in (("usage", usage_lines.usage), ("parts", usage_lines.parts)):
            for minute, fields in lines(host, *_minutes(span)):
                yield minute * MINUTE_MS, line(kind, fields)
        for at, covered_ms, *values in _samples(host, span):
            known = {name: value for name, value in zip(NAMES, values, strict=True) if value is not None}
            fields = {"host": host.name, "at": at, "covered_ms": covered_ms, "values": known}
            yield at, line("sample", fields)


def samples_csv(hosts: Iterable[Host], span: Span) -> Iterator[tuple[int, str]]:
    """Samples only, under a head of column names; an unknown value is an empty cell."""
    yield 0, _cells(CSV_HEAD)
    for host in hosts:
        for row in _samples(host, span):
            yield row[0], _cells((host.name, *row))


def count_rows(hosts: Iterable[Host], span: Span, with_rollups: bool) -> int:
    """About how many lines there will be: the samples and rollups alone, for all else is little."""
    count = 0
    for host in hosts:
        within = Sample.objects.filter(host=host, taken_at_ms__gte=span.start_ms, taken_at_ms__lt=span.end_ms)
        count += within.count()
        for table in TABLES.values() if with_rollups else ():
            rows = table._default_manager.filter(host=host)
            count += rows.filter(start_ms__gte=span.start_ms, start_ms__lt=span.end_ms).count()
        count += usage_lines.count(host, *_minutes(span)) if with_rollups else 0
    return count


def _minutes(span: Span) -> tuple[int, int]:
    """The first minute that begins in the span, and the first one after it."""
    return -(-span.start_ms // MINUTE_MS), -(-span.end_ms // MINUTE_MS)


def _cells(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow("" if cell is None else cell for cell in cells)
    return text.getvalue()


def _host(host: Host) -> Mapping[str, object]:
    facts = {name: getattr(host, name) for name in HOST_FACTS}
    return {"host": host.name, **{name: iso(getattr(host, name)) for name in HOST_TIMES}, **facts}


def _progress(host: Host, span: Span) -> Iterator[dict[str, object]]:
    """How far each tier has come within the span: what is not in the file counts as gone, not as missing."""
    for row in RollupProgress.objects.filter(host=host).order_by("resolution"):
        pending = min(row.pending_from_ms, tiers.bucket_of(span.end_ms, row.resolution))
        pruned = max(row.pruned_until_ms, span.start_ms)
        yield {"type": "progress", "host": host.name, "resolution": row.resolution, "pending_from_ms": pending,
               "pruned_until_ms": pruned}  # fmt: skip


def _gaps(host: Host, span: Span) -> Iterator[dict[str, object]]:
    rows = Gap.objects.filter(host=host, start_ms__lt=span.end_ms, end_ms__gte=span.start_ms)
    for gap in rows.order_by("start_ms", "kind"):
        yield {"type": "gap", "host": host.name, "start_ms": gap.start_ms, "end_ms": gap.end_ms, "kind": gap.kind,
               "note": gap.note}  # fmt: skip


def _load_tests(host: Host, span: Span) -> Iterator[dict[str, object]]:
    """Those that ended, without who asked: accounts do not travel, and a request must never start load elsewhere."""
    rows = LoadTest.objects.filter(
        host=host, requested_at__gte=moment(span.start_ms), requested_at__lt=moment(span.end_ms)
    )
    for row in rows.exclude(state__in=UNFINISHED).order_by("requested_at", "id"):
        times = {name: iso(getattr(row, name)) for name in ("requested_at", "started_at", "ended_at")}
        yield {
            "type": "load_test",
            "host": host.name,
            **times,
            **{name: getattr(row, name) for name in LOAD_TEST},
        }


def _alerts(host: Host, span: Span) -> Iterator[Alert]:
    rows = Alert.objects.filter(
        host=host, fired_at__gte=moment(span.start_ms), fired_at__lt=moment(span.end_ms)
    )
    ordered = rows.order_by("fired_at", "rule_name", "id").prefetch_related("transitions")
    at = 0
    while piece := list(ordered[at : at + PIECE]):
        yield from piece
        at += len(piece)


def _alert(host: Host, alert: Alert) -> Mapping[str, object]:
    changes = [
        {
            "at": iso(row.at),
            "stored_at": iso(row.stored_at),
            **{name: getattr(row, name) for name in CHANGE_FACTS},
        }
        for row in alert.transitions.all()
    ]
    times = {name: iso(getattr(alert, name)) for name in ALERT_TIMES}
    facts = {name: getattr(alert, name) for name in ALERT_FACTS}
    return {"host": host.name, "rule": alert.rule_name, **times, **facts, "transitions": changes}


def _samples(host: Host, span: Span) -> Iterator[tuple[Any, ...]]:
    """(taken_at_ms, covered_ms, *values) in the order of time."""
    rows: QuerySet[Sample] = Sample.objects.filter(host=host, taken_at_ms__lt=span.end_ms).order_by(
        "taken_at_ms"
    )
    at = span.start_ms - 1
    while piece := list(
        rows.filter(taken_at_ms__gt=at).values_list("taken_at_ms", "covered_ms", *NAMES)[:PIECE]
    ):
        yield from piece
        at = piece[-1][0]


def _summaries(row: tiers.Row) -> dict[str, tuple[float, int, float, float]]:
    """What is known of a bucket by metric: total (value x ms), weight, low and high value."""
    return {
        name: (
            steps.value(name, one.total),
            one.weight,
            steps.value(name, one.low),
            steps.value(name, one.high),
        )
        for name, one in zip(NAMES, row, strict=True)
        if one is not None
    }


def _buckets(host: Host, resolution: int, span: Span) -> Iterator[tuple[int, tiers.Row]]:
    starts = (
        TABLES[resolution]._default_manager.filter(host=host, start_ms__lt=span.end_ms).order_by("start_ms")
    )
    width = BUCKETS_A_PIECE * resolution * 1000
    at = span.start_ms
    while True:
        first = starts.filter(start_ms__gte=at).values_list("start_ms", flat=True).first()
        if first is None:
            return
        at = first + width
        yield from summaries(host, resolution, first, min(at, span.end_ms))
