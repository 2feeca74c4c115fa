"""Seeding of a made-up host: samples of the last hours, rollups before them, gaps, load tests, the alerts they cause.

The alerts come from the state machine itself (rules.domain.evaluator): fed with the means of ten seconds where there are
samples, and with those of minutes or of five minutes before that.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

from django.db import DatabaseError
from django.db.models import F

from monitor.alerts import evidence
from monitor.alerts.models import Alert
from monitor.alerts.recording import Recorder, nobody
from monitor.database import bulk, turns
from monitor.demo import accounts, events, holdings, machine, plan
from monitor.demo.cascade import Cascade
from monitor.demo.removing import ALERTS_A_TURN, ROLLUPS_A_TURN, NotSynthetic, remove
from monitor.demo.rhythm import CORES, Rhythm
from monitor.demo.witness import Observer
from monitor.history import freshness, progress, retention, rollups
from monitor.history.domain import tiers
from monitor.history.domain.tiers import HOUR, MINUTE, QUARTER, Row
from monitor.history.models import RollupProgress, Sample
from monitor.hosts.models import SYNTHETIC, Host
from monitor.loadtests import attribution
from monitor.metrics.catalogue import NAMES
from monitor.metrics.reading import Reading, split_step
from monitor.metrics.times import moment
from monitor.rules import loading
from monitor.rules.domain.evaluator import Evaluator
from monitor.usage import parts as usage_parts
from monitor.usage import storing as usage_storing

__all__ = ["NotSynthetic", "alert_count", "remove", "seed"]

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
LOAD_MS = 5000
JUDGED_SECONDS = 10.0
BUCKETS_A_TURN = 40
PIECE_SECONDS = 300  # what the times without 1-minute history are made of

Progress = Callable[[float], None]


def seed(
    name: str, days: int, interval: float, number: int, end_ms: int, tell: Progress = lambda share: None
) -> Host:
    """Store `days` days of a synthetic host up to `end_ms`, in place of the one of that name; return it.

    Where the database fails in the middle, what there is of the host goes again, if that is possible.
    """
    remove(name)
    seeding = _Seeding(name, days, interval, number, end_ms)
    try:
        return seeding.run(tell)
    except DatabaseError:
        with contextlib.suppress(DatabaseError):
            remove(name)
        raise


class _Seeding:
    """One run; time moves on hour by hour, made outside of any transaction and stored in short ones.

    Until it has ended its tiers count as done, so that no sampler computes, or lets go, what is still being made.
    """

    def __init__(self, name: str, days: int, interval: float, number: int, end_ms: int) -> None:
        end_ms = tiers.bucket_of(end_ms, 1)
        start_ms = tiers.bucket_of(end_ms - days * DAY_MS, HOUR)
        self.interval_ms = round(interval * 1000)
        self.chance = random.Random(number).random  # noqa: S311
        self.plan = plan.plan(start_ms, end_ms, int(CORES))
        self.kept_from = {
            tier: max(start_ms, tiers.bucket_after(end_ms - retention.kept_ms(tier), HOUR))
            for tier in (0, *tiers.RESOLUTIONS)
        }
        newest_ms = (end_ms - 1) // self.interval_ms * self.interval_ms
        self.done: dict[int, int] = {0: newest_ms}
        for tier in tiers.RESOLUTIONS:
            self.done[tier] = tiers.bucket_of(self.done[tiers.source_of(tier)], tier)
        self.rhythm = Rhythm(number, end_ms)
        load = self.rhythm.at(start_ms)
        self.damped = machine.Damped(load.demand, load.demand, load.demand)
        self.taken_ms = start_ms - self.interval_ms
        with turns.short_turn():
            self.host = self._begun(name, interval, number, start_ms, end_ms)
        self.observer = Observer(Evaluator(loading.load_rules()))
        self.recorder = Recorder(self.host, tell=nobody, is_test=attribution.is_of_a_test)
        self.used = Cascade(accounts.together, self.kept_from)
        self.held = Cascade(holdings.together, self.kept_from)
        self.usage_chance = random.Random(number + 1).random  # noqa: S311  (its own: the samples stay what they are)

    def _begun(self, name: str, interval: float, number: int, start_ms: int, end_ms: int) -> Host:
        host = Host.objects.create(
            name=name,
            boot_id=f"synthetic-{number}",
            booted_at=moment(self._booted_ms()),
            effective_cores=CORES,
            cores_reason=SYNTHETIC,
            interval=interval,
            sampler_started_at=moment(start_ms),
            sampler_stopped_at=moment(end_ms),
        )
        for tier in tiers.RESOLUTIONS:
            source_from = self.kept_from[tiers.source_of(tier)]
            progress.begin(
                host,
                tier,
                seen_id=progress.ALL_SEEN if tier == MINUTE else 0,
                pending_from_ms=self.done[tier],
                pruned_until_ms=source_from if source_from > start_ms else 0,
            )
        return host

    def run(self, tell: Progress) -> Host:
        """Store everything."""
        with turns.short_turn():
            events.store(self.host, self.plan)
        start, end = self.plan.start_ms, self.plan.end_ms
        for hour in range(start, end, HOUR_MS):
            self._hour(hour)
            self._record()
            if len(self.used.whole) >= BUCKETS_A_TURN:
                self._store_usage()
            tell(min(1.0, (hour + HOUR_MS - start) / (end - start)))
        self.used.close()
        self.held.close()
        self._store_usage()
        with turns.short_turn():
            self.recorder.refresh(self.observer.evaluator)
        self._end()
        return self.host

    def _hour(self, hour: int) -> None:
        end = min(hour + HOUR_MS, self.plan.end_ms)
        finest = next(tier for tier in (0, MINUTE, QUARTER, HOUR) if hour >= self.kept_from[tier])
        if finest == 0:
            parts = self._seconds(hour, end)
        else:
            parts = self._pieces(hour, end, MINUTE if finest == MINUTE else PIECE_SECONDS)
        for begin, row in parts:
            self._account(begin, row, MINUTE if finest <= MINUTE else PIECE_SECONDS)
        made: list[tuple[int, int, Row]] = []
        for tier in tiers.RESOLUTIONS:
            if tier != MINUTE or finest > MINUTE:
                parts = list(tiers.grouped(parts, tier).items())
            parts = [(start, row) for start, row in parts if start < self.done[tier] or tier < finest]
            if tier >= finest:
                made += [(tier, start, row) for start, row in parts]
        for piece in turns.pieces(made, ROLLUPS_A_TURN):
            with turns.short_turn():
                for tier in {tier for tier, _, _ in piece}:
                    rollups.store(self.host, tier, {start: row for one, start, row in piece if one == tier})

    def _seconds(self, start: int, end: int) -> list[tuple[int, Row]]:
        """Store the samples of [start, end); return its minutes."""
        step, plan = self.interval_ms, self.plan.within(start, end)
        minutes: dict[int, list[tuple[int, list[int | None]]]] = {}
        readings, stored = [], []
        slot, load = -1, self.rhythm.at(start)
        for due in range(-(-start // step) * step, end, step):
            at_ms = due + int(self.chance() * 0.1 * step)
            if plan.gaps and plan.gap_at(due) is not None:
                continue
            if at_ms // LOAD_MS != slot:  # made anew every few seconds only: the noise is each reading's own
                slot, load = at_ms // LOAD_MS, self.rhythm.at(at_ms, plan.workers_at(at_ms))
            covered, gap = split_step((at_ms - self.taken_ms) / 1000, step / 1000)
            measured = machine.measured(load, self.damped, covered + gap, 1.0, self.chance)
            counts = machine.counted(measured, covered > 0)
            values, covered_ms = machine.valued(counts), round(covered * 1000)
            self.taken_ms = at_ms
            minutes.setdefault(tiers.bucket_of(at_ms, MINUTE), []).append((covered_ms, counts))
            stored.append((self.host.pk, at_ms, covered_ms, *values))
            readings.append((at_ms, covered, gap, values))
        for piece in turns.pieces(stored):
            with turns.short_turn():
                bulk.insert(Sample, ("host_id", "taken_at_ms", "covered_ms", *NAMES), piece)
        for reading in machine.together(readings, JUDGED_SECONDS):
            at_ms = reading.taken_at_ms
            self.observer.see(reading, self.rhythm.at(at_ms, plan.workers_at(at_ms)))
        return [(minute, tiers.of_readings(*zip(*rows, strict=True))) for minute, rows in minutes.items()]

    def _pieces(self, start: int, end: int, seconds: int) -> list[tuple[int, Row]]:
        """Times of so many seconds that were made as a whole."""
        pieces = []
        for begin in range(start, end, seconds * 1000):
            weight = self.plan.known_ms(begin, begin + seconds * 1000)
            if not weight:
                continue
            middle = begin + seconds * 500
            load = self.rhythm.at(middle, self.plan.workers_at(middle))
            measured = machine.measured(load, self.damped, float(seconds), 0.3, self.chance)
            pieces.append((begin, machine.bucket(measured, weight, self.chance)))
            at_ms = begin + seconds * 1000
            gap = max(0.0, (at_ms - weight - self.taken_ms) / 1000)
            self.taken_ms = at_ms
            self.observer.see(Reading(at_ms, weight / 1000, gap, measured), load)
        return pieces

    def _account(self, begin: int, row: Row, seconds: int) -> None:
        """Divide among its consumers what was measured in so many seconds."""
        middle = begin + seconds * 500
        load = self.rhythm.at(middle, self.plan.workers_at(middle))
        self.used.add(accounts.piece(begin, row, load, self.usage_chance))
        self.held.add(holdings.piece(begin, row, load))

    def _store_usage(self) -> None:
        thin = [usage_storing.thin(one) for one in self.used.whole]
        for used in turns.pieces(thin, BUCKETS_A_TURN):
            with turns.short_turn():
                usage_storing.put(self.host, used)
        for held in turns.pieces(self.held.whole, 2 * BUCKETS_A_TURN):
            with turns.short_turn():
                usage_parts.put(self.host, [row for one in held for row in one.rows])
        self.used.whole.clear()
        self.held.whole.clear()

    def _record(self) -> None:
        """Store what the rules of the hour led to, each change by the time at which it happened."""
        for piece in turns.pieces(self.observer.noted, ALERTS_A_TURN):
            with turns.short_turn():
                for outcome, findings in piece:
                    alert = None if outcome is None else self.recorder.record(outcome)
                    if alert is not None:
                        alert.transitions.update(stored_at=F("at"))
                    if outcome is None or alert is not None:
                        evidence.store(self.host, findings, outcome, alert)
        self.observer.noted.clear()

    def _end(self) -> None:
        """From here on the host is as if the sampler had rolled up and pruned all this."""
        newest = freshness.newest(self.host)
        rows = RollupProgress.objects.filter(host=self.host, resolution=MINUTE)
        rows.update(seen_id=newest.id if newest else 0)

    def _booted_ms(self) -> int:
        rebooted = [gap.end_ms for gap in self.plan.gaps if gap.kind == "rebooted"]
        return rebooted[-1] if rebooted else self.plan.start_ms


def alert_count(host: Host) -> int:
    """How many alerts the synthetic history holds."""
    return Alert.objects.filter(host=host).count()
