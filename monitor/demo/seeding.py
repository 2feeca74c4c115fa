"""Seeding of a made-up host: samples of the last hours, rollups before them, gaps, load tests, the alerts they cause.

The alerts come from the state machine itself (rules.domain.evaluator): fed with the means of ten seconds where there are
samples, and with those of minutes or of five minutes before that.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from django.db import models, transaction
from django.db.models import F

from monitor.alerts.models import Alert, Transition
from monitor.alerts.recording import Recorder, nobody
from monitor.database import bulk
from monitor.demo import machine, plan
from monitor.history import freshness, retention, rollups
from monitor.history.domain import tiers
from monitor.history.domain.tiers import HOUR, MINUTE, QUARTER, Row
from monitor.history.models import Gap, RollupProgress, Sample
from monitor.history.rollups import TABLES
from monitor.hosts import lookup
from monitor.hosts.models import SYNTHETIC, Host
from monitor.loadtests import attribution
from monitor.loadtests.models import LoadTest, LoadTestState
from monitor.metrics.catalogue import NAMES
from monitor.metrics.reading import Reading, split_step
from monitor.metrics.times import moment
from monitor.rules import loading
from monitor.rules.domain.evaluator import Evaluator

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
LOAD_MS = 5000
JUDGED_SECONDS = 10.0
PIECE_SECONDS = 300  # what the times without 1-minute history are made of
REPORT = "Synthetic demo data: {workers} workers kept every core busy for {seconds} s."

Progress = Callable[[float], None]


class NotSynthetic(ValueError):
    """The host holds what was measured; the message is a sentence."""


def remove(name: str) -> bool:
    """Delete the synthetic host `name` with all that is stored of it; return whether there was one."""
    host = lookup.named(name)
    if host is None:
        return False
    if not host.is_synthetic:
        raise NotSynthetic(f"The host {name!r} is no synthetic one: it stays as it is.")
    tables: list[type[models.Model]] = [Sample, *TABLES.values(), RollupProgress, Gap]
    for table in tables:
        table._default_manager.filter(host=host).delete()
    host.delete()
    return True


def seed(
    name: str, days: int, interval: float, number: int, end_ms: int, progress: Progress = lambda share: None
) -> Host:
    """Store `days` days of a synthetic host up to `end_ms`, in place of the one of that name; return it."""
    remove(name)
    return _Seeding(name, days, interval, number, end_ms).run(progress)


class _Seeding:
    """One run; time moves on hour by hour, and each hour is stored in one transaction."""

    def __init__(self, name: str, days: int, interval: float, number: int, end_ms: int) -> None:
        end_ms = tiers.bucket_of(end_ms, 1)
        start_ms = tiers.bucket_of(end_ms - days * DAY_MS, HOUR)
        self.interval_ms = round(interval * 1000)
        self.seed = number
        self.chance = random.Random(number).random  # noqa: S311
        self.plan = plan.plan(start_ms, end_ms, int(machine.CORES))
        self.kept_from = {
            tier: max(start_ms, tiers.bucket_after(end_ms - retention.kept_ms(tier), HOUR))
            for tier in (0, *tiers.RESOLUTIONS)
        }
        newest_ms = (end_ms - 1) // self.interval_ms * self.interval_ms
        self.done: dict[int, int] = {0: newest_ms}
        for tier in tiers.RESOLUTIONS:
            self.done[tier] = tiers.bucket_of(self.done[tiers.source_of(tier)], tier)
        load = machine.load_at(start_ms, number)
        self.damped = machine.Damped(load.demand, load.demand, load.demand)
        self.taken_ms = start_ms - self.interval_ms
        self.host = Host.objects.create(
            name=name,
            boot_id=f"synthetic-{number}",
            booted_at=moment(self._booted_ms()),
            effective_cores=machine.CORES,
            cores_reason=SYNTHETIC,
            interval=interval,
            sampler_started_at=moment(start_ms),
            sampler_stopped_at=moment(end_ms),
        )
        self.evaluator = Evaluator(loading.load_rules())
        self.recorder = Recorder(self.host, tell=nobody, is_test=attribution.is_of_a_test)

    def run(self, progress: Progress) -> Host:
        """Store everything."""
        self._store_events()
        start, end = self.plan.start_ms, self.plan.end_ms
        for hour in range(start, end, HOUR_MS):
            with transaction.atomic():
                self._hour(hour)
            progress(min(1.0, (hour + HOUR_MS - start) / (end - start)))
        self.recorder.refresh(self.evaluator)
        Transition.objects.filter(alert__host=self.host).update(stored_at=F("at"))
        self._store_progress()
        return self.host

    def _hour(self, hour: int) -> None:
        end = min(hour + HOUR_MS, self.plan.end_ms)
        finest = next(tier for tier in (0, MINUTE, QUARTER, HOUR) if hour >= self.kept_from[tier])
        if finest == 0:
            parts = self._seconds(hour, end)
        else:
            parts = self._pieces(hour, end, MINUTE if finest == MINUTE else PIECE_SECONDS)
        for tier in tiers.RESOLUTIONS:
            if tier != MINUTE or finest > MINUTE:
                parts = list(tiers.grouped(parts, tier).items())
            parts = [(start, row) for start, row in parts if start < self.done[tier] or tier < finest]
            if tier >= finest:
                rollups.store(self.host, tier, dict(parts))

    def _seconds(self, start: int, end: int) -> list[tuple[int, Row]]:
        """Store the samples of [start, end); return its minutes."""
        step, plan = self.interval_ms, self.plan.within(start, end)
        minutes: dict[int, list[tuple[int, list[int | None]]]] = {}
        readings, stored = [], []
        slot, load = -1, machine.load_at(start, self.seed)
        for due in range(-(-start // step) * step, end, step):
            at_ms = due + int(self.chance() * 0.1 * step)
            if plan.gaps and plan.gap_at(due) is not None:
                continue
            if at_ms // LOAD_MS != slot:  # made anew every few seconds only: the noise is each reading's own
                slot, load = at_ms // LOAD_MS, machine.load_at(at_ms, self.seed, plan.workers_at(at_ms))
            covered, gap = split_step((at_ms - self.taken_ms) / 1000, step / 1000)
            measured = machine.measured(load, self.damped, covered + gap, 1.0, self.chance)
            counts = machine.counted(measured, covered > 0)
            values, covered_ms = machine.valued(counts), round(covered * 1000)
            self.taken_ms = at_ms
            minutes.setdefault(tiers.bucket_of(at_ms, MINUTE), []).append((covered_ms, counts))
            stored.append((self.host.pk, at_ms, covered_ms, *values))
            readings.append((at_ms, covered, gap, values))
        bulk.insert(Sample, ("host_id", "taken_at_ms", "covered_ms", *NAMES), stored)
        for reading in machine.together(readings, JUDGED_SECONDS):
            self._evaluate(reading)
        return [(minute, tiers.of_readings(*zip(*rows, strict=True))) for minute, rows in minutes.items()]

    def _pieces(self, start: int, end: int, seconds: int) -> list[tuple[int, Row]]:
        """Times of so many seconds that were made as a whole."""
        pieces = []
        for begin in range(start, end, seconds * 1000):
            weight = self.plan.known_ms(begin, begin + seconds * 1000)
            if not weight:
                continue
            middle = begin + seconds * 500
            load = machine.load_at(middle, self.seed, self.plan.workers_at(middle))
            measured = machine.measured(load, self.damped, float(seconds), 0.3, self.chance)
            pieces.append((begin, machine.bucket(measured, weight, self.chance)))
            at_ms = begin + seconds * 1000
            gap = max(0.0, (at_ms - weight - self.taken_ms) / 1000)
            self.taken_ms = at_ms
            self._evaluate(Reading(at_ms, weight / 1000, gap, measured))
        return pieces

    def _evaluate(self, reading: Reading) -> None:
        for outcome in self.evaluator.evaluate(reading):
            self.recorder.record(outcome)

    def _store_events(self) -> None:
        """Gaps and load tests; the tests first of all, for an alert asks whether one ran."""
        Gap.objects.bulk_create(
            Gap(host=self.host, start_ms=gap.start_ms, end_ms=gap.end_ms, kind=gap.kind, note=gap.note)
            for gap in self.plan.gaps
        )
        LoadTest.objects.bulk_create(
            LoadTest(
                host=self.host, seconds=test.seconds, workers=test.workers, state=LoadTestState.FINISHED,
                started_at=moment(test.start_ms), ended_at=moment(test.end_ms),
                report=REPORT.format(workers=test.workers, seconds=test.seconds),
            )
            for test in self.plan.tests
        )  # fmt: skip
        LoadTest.objects.filter(host=self.host).update(requested_at=F("started_at"))

    def _store_progress(self) -> None:
        """As if the sampler had rolled up and pruned all this."""
        newest = freshness.newest(self.host)
        start = self.plan.start_ms
        for tier in tiers.RESOLUTIONS:
            source_from = self.kept_from[tiers.source_of(tier)]
            RollupProgress.objects.create(
                host=self.host,
                resolution=tier,
                seen_id=newest.id if newest and tier == MINUTE else 0,
                pending_from_ms=self.done[tier],
                pruned_until_ms=source_from if source_from > start else 0,
            )

    def _booted_ms(self) -> int:
        rebooted = [gap.end_ms for gap in self.plan.gaps if gap.kind == "rebooted"]
        return rebooted[-1] if rebooted else self.plan.start_ms


def alert_count(host: Host) -> int:
    """How many alerts the synthetic history holds."""
    return Alert.objects.filter(host=host).count()
