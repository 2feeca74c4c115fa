"""Import of exported history: batch by batch, each whole or not at all; what is there already stays as it is.

Importing a file again, also after a kill in the middle, adds exactly what is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.db import models

from monitor.alerts.models import Alert, Transition
from monitor.database import turns
from monitor.history import progress, rollups
from monitor.history.domain import steps, tiers
from monitor.history.models import Gap, Sample
from monitor.history.rollups import TABLES
from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest
from monitor.metrics.catalogue import NAMES
from monitor.rules.models import Rule
from monitor.transfer import arriving, reading, usage_lines
from monitor.transfer.exporting import HOST_FACTS, HOST_TIMES
from monitor.transfer.format import Fields, Line
from monitor.transfer.reading import BadFile
from monitor.usage import parts
from monitor.usage import storing as usage
from monitor.usage.domain.tiers import MINUTE_MS

__all__ = ["BadFile", "Importer"]

Row = TypeVar("Row", bound=Fields)


class Importer:
    """Takes a file in; `new` and `known` count its rows by type, `unknown_metrics` names what has no column here."""

    def __init__(self) -> None:
        self.new: Counter[str] = Counter()
        self.known: Counter[str] = Counter()
        self.unknown_metrics: set[str] = set()
        self._hosts: dict[str, Host] = {}

    def take(self, texts: Iterable[str]) -> Iterator[int]:
        """Store the lines; yield after each batch how many lines are done."""
        done = 0
        for batch in reading.batches(reading.lines(iter(texts))):
            self._store(batch)
            done += len(batch)
            yield done

    def _store(self, batch: list[Line]) -> None:
        groups: dict[str, list[Fields]] = {}
        for kind, fields in batch:
            groups.setdefault(kind, []).append(fields)
        with turns.short_turn():
            new = {kind: store(self, groups[kind]) for kind, store in _STORE.items() if kind in groups}
        for kind, count in new.items():
            self.new[kind] += count
            self.known[kind] += len(groups[kind]) - count

    # One method a type: store what is missing of `rows`, return how many that were.

    def _store_hosts(self, rows: list[Fields]) -> int:
        new = 0
        for fields in rows:
            facts = {name: fields[name] for name in (*HOST_FACTS, *HOST_TIMES)}
            host, created = Host.objects.get_or_create(name=fields["host"], defaults=facts)
            if created:
                new += Host.objects.filter(pk=host.pk).update(created_at=facts["created_at"])
        return new

    def _store_progress(self, rows: list[Fields]) -> int:
        """Where a tier has not begun, it stands as in the file; what is gone there is gone for this host, too."""
        new = 0
        for fields in rows:
            stands = {name: fields[name] for name in ("pending_from_ms", "pruned_until_ms")}
            new += progress.begin(self._host(fields["host"]), fields["resolution"], **stands)
        return new

    def _store_gaps(self, rows: list[Fields]) -> int:
        new = 0
        for fields in rows:
            host = self._host(fields["host"])
            key = {"host": host, "start_ms": fields["start_ms"], "kind": fields["kind"]}
            rest = {"end_ms": fields["end_ms"], "note": fields["note"]}
            new += Gap.objects.get_or_create(**key, defaults=rest)[1]
        return new

    def _store_load_tests(self, rows: list[Fields]) -> int:
        new = 0
        for fields in rows:
            host = self._host(fields.pop("host"))
            requested_at = fields.pop("requested_at")
            if LoadTest.objects.filter(host=host, requested_at=requested_at).exists():
                continue
            test = LoadTest.objects.create(host=host, **fields)
            new += LoadTest.objects.filter(pk=test.pk).update(requested_at=requested_at)
        return new

    def _store_alerts(self, rows: list[Fields]) -> int:
        new = 0
        for fields in rows:
            host, changes = self._host(fields.pop("host")), fields.pop("transitions")
            name = fields.pop("rule")
            if Alert.objects.filter(host=host, rule_name=name, fired_at=fields["fired_at"]).exists():
                continue
            rule = Rule.objects.filter(name=name).first()
            if (
                fields["resolved_at"] is None
                and Alert.objects.filter(host=host, rule=rule, resolved_at=None).exists()
            ):
                rule = None  # one open alert a rule: this one is history
            alert = Alert.objects.create(host=host, rule=rule, rule_name=name, **fields)
            Transition.objects.bulk_create(Transition(alert=alert, **change) for change in changes)
            rows_of_it = list(alert.transitions.order_by("id"))
            for row, change in zip(rows_of_it, changes, strict=True):
                row.stored_at = change["stored_at"]  # making them set it to now
            Transition.objects.bulk_update(rows_of_it, ["stored_at"], 100)
            new += 1
        return new

    def _store_samples(self, rows: list[Fields]) -> int:
        new = 0
        for name, group in _by(rows, "host"):
            host = self._host(name)
            missing = _missing(Sample, "taken_at_ms", host, group)
            arriving.store(
                host, {at: (one["covered_ms"], *self._columns(one["values"])) for at, one in missing.items()}
            )
            new += len(missing)
        return new

    def _store_rollups(self, rows: list[Fields]) -> int:
        new = 0
        for resolution, tier in _by(rows, "resolution"):
            for name, group in _by(tier, "host"):
                host, table = self._host(name), TABLES[resolution]
                missing = _missing(table, "start_ms", host, group)
                buckets = {at: _summaries(self._columns(one["values"])) for at, one in missing.items()}
                rollups.store(host, resolution, buckets)
                _compute_again(host, resolution, missing)
                new += len(missing)
        return new

    def _store_usage(self, rows: list[Fields]) -> int:
        """What is there already stays, unless it tells of less time: then it was still growing."""
        found = [
            (name, [usage_lines.bucket(fields) for fields in group]) for name, group in _by(rows, "host")
        ]
        return sum(usage.keep_fuller(self._host(name), buckets) for name, buckets in found)

    def _store_parts(self, rows: list[Fields]) -> int:
        new = 0
        for name, group in _by(rows, "host"):
            found = [
                (fields["tier"], fields["at"] // MINUTE_MS, part, used)
                for fields in group
                for part, used in fields["parts"].items()
            ]
            new += parts.keep_fuller(self._host(name), found)
        return new

    def _columns(self, values: dict[str, Any]) -> list[Any]:
        self.unknown_metrics.update(values.keys() - NAMES_SET)
        return [values.get(name) for name in NAMES]

    def _host(self, name: str) -> Host:
        """The host of that name; a CSV file brings no facts, so that a new one has only its name."""
        if name not in self._hosts:
            self._hosts[name] = Host.objects.get_or_create(name=name)[0]
        return self._hosts[name]

    def _nothing(self, rows: list[Fields]) -> int:
        return 0


def _by(rows: list[Row], field: str) -> Iterator[tuple[Any, list[Row]]]:
    groups: dict[Any, list[Row]] = {}
    for fields in rows:
        groups.setdefault(fields[field], []).append(fields)
    yield from groups.items()


def _missing(table: type[models.Model], field: str, host: Host, rows: list[Row]) -> dict[int, Row]:
    """Those of `rows` by time that are not stored yet; of two for one time the first."""
    wanted: dict[int, Row] = {}
    for fields in rows:
        wanted.setdefault(fields["at"], fields)
    stored = table._default_manager.filter(host=host, **{f"{field}__in": list(wanted)})
    there = set(stored.values_list(field, flat=True))
    return {at: fields for at, fields in wanted.items() if at not in there}


def _summaries(columns: list[Any]) -> tiers.Row:
    """The summaries of a bucket from (total, weight, low, high) of each metric in turn, as values."""
    return tuple(
        None if one is None else steps.summary(name, *one) for name, one in zip(NAMES, columns, strict=True)
    )


def _compute_again(host: Host, resolution: int, starts: Iterable[int]) -> None:
    """Let a coarser bucket that was there before these be computed again from all that is there now."""
    for coarser in tiers.RESOLUTIONS:
        if tiers.source_of(coarser) != resolution:
            continue
        touched = {tiers.bucket_of(start, coarser) for start in starts}
        stored = TABLES[coarser]._default_manager.filter(host=host, start_ms__in=touched)
        first = stored.order_by("start_ms").values_list("start_ms", flat=True).first()
        if first is not None:
            progress.compute_again(host, coarser, first, begins=False)


NAMES_SET = frozenset(NAMES)
_STORE: dict[str, Callable[[Importer, list[Fields]], int]] = {
    "header": Importer._nothing,
    "host": Importer._store_hosts,
    "progress": Importer._store_progress,
    "gap": Importer._store_gaps,
    "load_test": Importer._store_load_tests,
    "alert": Importer._store_alerts,
    "rollup": Importer._store_rollups,
    "usage": Importer._store_usage,
    "parts": Importer._store_parts,
    "sample": Importer._store_samples,
}
