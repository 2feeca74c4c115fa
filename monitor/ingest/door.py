"""THE ONE DOOR IN: a reading is evaluated once, stored with the alert changes it caused, and then published.

What cannot be stored waits in memory, at most `QUEUE_SECONDS` of it, and is stored in order as soon as it can be.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connection, transaction

from monitor.alerts import evidence, restoring
from monitor.alerts.models import Alert
from monitor.alerts.recording import Recorder
from monitor.database import file, wal
from monitor.database.file import durable
from monitor.history import freshness
from monitor.history.models import Gap, Sample
from monitor.hosts.models import Host
from monitor.ingest import frames
from monitor.ingest.backlog import QUEUE_SECONDS, Waiting
from monitor.live import publishing
from monitor.loadtests import attribution
from monitor.metrics.gaps import GapSpec, Kind
from monitor.metrics.reading import Reading
from monitor.metrics.times import moment
from monitor.notifications import outbox
from monitor.rules import loading
from monitor.rules.domain.judge import Outcome

logger = logging.getLogger(__name__)
BATCH = 200
REFRESH_ALERTS_SECONDS = 10.0
LOG_AGAIN_SECONDS = 60.0


@dataclass(slots=True)
class Stored:
    """What one accepted reading led to; the durations are for the benchmark and the load test's report."""

    samples: int = 0
    alerts: list[Alert] = field(default_factory=list)
    stored_at: float = 0.0  # time.time() after the commit
    pushed_at: float = 0.0  # time.time() after the last publish
    evaluate_seconds: float = 0.0
    store_seconds: float = 0.0
    push_seconds: float = 0.0


class Ingest:
    """The door of one host. Not for two threads at once."""

    def __init__(
        self,
        host: Host,
        publish: Callable[[publishing.Event], Any],
        interval: float,
        witness: evidence.Witness | None = None,
    ) -> None:
        self.host = host
        self.witness = witness or evidence.Witness()
        self.recorder = Recorder(host, tell=outbox.enqueue, is_test=attribution.is_of_a_test)
        self.waiting: deque[Waiting] = deque()
        self.dropped = 0
        self.failure = ""
        self.damage = ""
        self._publish = publish
        self._most = max(1, int(QUEUE_SECONDS / interval))
        self._last_id = _newest_id(host)
        self._stored_ms: int | None = None
        self._inode = file.inode()
        self._journal = wal.Journal()
        self._refreshed_at = 0.0
        self._logged_at = -LOG_AGAIN_SECONDS
        self.evaluator = restoring.resume(host, loading.load_rules())

    def reload_rules(self) -> None:
        """Start from the rules as they are stored now; what stands keeps standing."""
        rules = loading.load_rules()
        new = [rule for rule in rules if rule not in self.evaluator.rules]
        evaluator = restoring.resume(self.host, rules, new)
        for item in self.waiting:  # not stored yet, so resume() could not see them
            evaluator.replay(item.reading, [rule.id for rule in rules if rule not in new])
        self.evaluator = evaluator

    def distrust(self, said: str) -> None:
        """Store nothing in the file as it is, of which `said` is wrong: every page written may cost more."""
        self.damage = said

    def trust(self) -> None:
        """Store again: the file was examined, and is whole."""
        if self.damage:
            logger.warning("the database was examined again and is whole")
            self.damage = ""

    def accept(self, reading: Reading, gaps: Iterable[GapSpec] = ()) -> Stored:
        """Evaluate, store and publish one reading and the gaps before it; never raises for a database that fails."""
        result = Stored()
        began = time.perf_counter()
        outcomes = self.evaluator.evaluate(reading)
        findings = self.witness.take(reading, self.evaluator, outcomes)
        self._enqueue(Waiting(reading, outcomes, self.evaluator.means(), list(gaps), findings))
        result.evaluate_seconds = time.perf_counter() - began
        while self.waiting and self._store_batch(result):
            pass
        if self.waiting:
            newest = self.waiting[-1]
            frame = frames.sample_frame(newest.reading, newest.means, None, None, self.witness.busy)
            self._publish(publishing.sample_event(self.host.name, frame))
        return result

    def _enqueue(self, item: Waiting) -> None:
        """Add `item`; over the bound the oldest reading goes, but never the alert changes it caused."""
        self.waiting.append(item)
        while len(self.waiting) > self._most:
            oldest = self.waiting.popleft()
            heir = self.waiting[0]
            heir.outcomes[:0] = oldest.outcomes
            heir.findings[:0] = oldest.findings
            heir.gaps[:0] = self._with_loss(oldest.gaps, oldest.reading.taken_at_ms, heir.reading.taken_at_ms)
            self.dropped += 1

    def _with_loss(self, gaps: list[GapSpec], from_ms: int, to_ms: int) -> list[GapSpec]:
        """`gaps` and one more, or one made longer, for the readings that were dropped."""
        known = [gap for gap in gaps if gap.kind is Kind.STORAGE_FAILING]
        start = known[0].start_ms if known else self._stored_ms or from_ms
        others = [gap for gap in gaps if gap.kind is not Kind.STORAGE_FAILING]
        return [*others, GapSpec(min(start, to_ms), to_ms, Kind.STORAGE_FAILING)]

    def _store_batch(self, result: Stored) -> bool:
        """Store the oldest waiting readings in one transaction; return whether that went well."""
        batch = [self.waiting[i] for i in range(min(BATCH, len(self.waiting)))]
        began = time.perf_counter()
        try:
            self._check_file()
            changed, ids = self._write(batch)
        except IntegrityError as error:
            if self._forget_stored(batch):
                return True
            if not Host.objects.filter(pk=self.host.pk, name=self.host.name).exists():
                self._inode = None  # another database, or a deleted host: look again at the next tick
            self._failed(error)
            return False
        except (DatabaseError, InterfaceError, OSError) as error:
            self._failed(error)
            return False
        result.store_seconds += time.perf_counter() - began
        result.stored_at = time.time()
        self._succeeded(len(batch))
        result.samples += len(batch)
        result.alerts += changed
        self._stored_ms = batch[-1].reading.taken_at_ms
        self._announce(batch, ids, changed, result)
        return True

    def _write(self, batch: list[Waiting]) -> tuple[list[Alert], list[int]]:
        changed: list[Alert] = []
        important = any(item.outcomes for item in batch)
        with durable(important), transaction.atomic():
            rows = [_sample(self.host, item.reading) for item in batch]
            if len(rows) == 1:
                rows[0].save(force_insert=True)
            else:
                Sample.objects.bulk_create(rows)
            for item in batch:
                for gap in item.gaps:
                    _store_gap(self.host, gap)
                changed += [
                    alert for outcome in item.outcomes if (alert := self._record(item, outcome)) is not None
                ]
                evidence.store(self.host, item.findings)
            if time.monotonic() - self._refreshed_at >= REFRESH_ALERTS_SECONDS:
                self.recorder.refresh(self.evaluator)
                changed += self._tell_outlasting(moment(batch[-1].reading.taken_at_ms))
                self._refreshed_at = time.monotonic()
        return changed, [row.pk for row in rows]

    def _record(self, item: Waiting, outcome: Outcome) -> Alert | None:
        with _apart(_lost(outcome)):
            alert = self.recorder.record(outcome)
            if alert is not None:
                evidence.store(self.host, item.findings, outcome, alert)
            return alert
        return None

    def _tell_outlasting(self, at: datetime) -> list[Alert]:
        with _apart("What outlasts a load test cannot be told"):
            return attribution.tell_outlasting(self.host, at, self.recorder.tell)
        return []

    def _announce(self, batch: list[Waiting], ids: list[int], changed: list[Alert], result: Stored) -> None:
        """Publish the newest sample only: a burst would overrun the layer, and readers fill the hole by id."""
        began = time.perf_counter()
        if changed:
            self._publish(publishing.alerts_event(self.host.name))
        previous_id = ids[-2] if len(ids) > 1 else self._last_id
        newest = batch[-1]
        frame = frames.sample_frame(newest.reading, newest.means, ids[-1], previous_id, self.witness.busy)
        self._publish(publishing.sample_event(self.host.name, frame))
        self._last_id = ids[-1]
        result.push_seconds += time.perf_counter() - began
        result.pushed_at = time.time()

    def _forget_stored(self, batch: list[Waiting]) -> bool:
        """Drop readings that an ambiguous commit stored after all; return whether there were any."""
        times = [item.reading.taken_at_ms for item in batch]
        stored = set(
            Sample.objects.filter(host=self.host, taken_at_ms__in=times).values_list("taken_at_ms", flat=True)
        )
        kept = [item for item in self.waiting if item.reading.taken_at_ms not in stored]
        self.waiting = deque(kept)
        return bool(stored)

    def _check_file(self) -> None:
        """Notice that the SQLite file was removed or replaced: writes would vanish into the old one."""
        inode = file.inode()
        if inode is None:
            self._inode = None  # a new file may be given the number of the old one
            connection.close()
            raise OSError("the database file is gone; restore it, or run manage.py migrate for a new one")
        if inode == self._inode:
            if self.damage:
                raise file.Damaged(self.damage)
            self._check_journal()
            return
        connection.close()
        host, _ = Host.objects.get_or_create(name=self.host.name)
        self.host.pk = host.pk  # in place: the sampler and its load tests hold the same object
        self._last_id = _newest_id(self.host)
        self.reload_rules()
        self.damage = ""
        self._inode = inode  # last: while the new file is still being migrated, all of this is tried again
        logger.error("the database file was replaced; continuing with the new one")

    def _check_journal(self) -> None:
        """Notice that the write-ahead log was removed: nobody else sees what is stored in it."""
        if self._journal.is_removed():
            self._journal.save()
            logger.error(
                "the write-ahead log of the database was removed while in use; what it held is saved"
            )

    def _failed(self, error: Exception) -> None:
        if file.is_damage(error):
            self.distrust(str(error))
        self.failure = f"Cannot store samples: {file.explained(error)}"
        now = time.monotonic()
        if now - self._logged_at >= LOG_AGAIN_SECONDS:
            self._logged_at = now
            logger.error("%s %d wait in memory; trying again at every tick", self.failure, len(self.waiting))
        if isinstance(error, wal.NotSaved):
            return
        with contextlib.suppress(DatabaseError, InterfaceError):
            connection.close()  # a connection that saw a read-only file system or a restart stays broken

    def _succeeded(self, count: int) -> None:
        for _ in range(count):
            self.waiting.popleft()
        if self.failure and not self.waiting:
            logger.warning("samples are stored again; %d were lost while the queue was full", self.dropped)
            self.failure = ""
            self._logged_at = -LOG_AGAIN_SECONDS


@contextlib.contextmanager
def _apart(failure: str) -> Iterator[None]:
    """A part of the batch that is left out, and logged as `failure`, where the fault is its own."""
    try:
        with transaction.atomic():
            yield
    except Exception as error:
        if _is_of_the_database(error):
            raise  # the whole batch waits for it
        logger.exception("%s; the samples are stored without it", failure)


def _is_of_the_database(error: Exception) -> bool:
    """Whether the database as a whole fails, and not only at what one change has to store."""
    of_the_change = isinstance(error, (DataError, IntegrityError))
    return isinstance(error, (DatabaseError, InterfaceError, OSError)) and not of_the_change


def _lost(outcome: Outcome) -> str:
    at = f"{moment(outcome.at_ms):%H:%M:%S} UTC"
    return f"The change {outcome.change} of the rule {outcome.rule.name!r} at {at} cannot be stored"


def _sample(host: Host, reading: Reading) -> Sample:
    return Sample(
        host=host, taken_at_ms=reading.taken_at_ms, covered_ms=round(reading.covered * 1000), **reading.values
    )


def _newest_id(host: Host) -> int | None:
    newest = freshness.newest(host)
    return None if newest is None else newest.id


def _store_gap(host: Host, gap: GapSpec) -> None:
    rows = Gap.objects.filter(host=host, start_ms=gap.start_ms, kind=gap.kind)
    if not rows.update(end_ms=gap.end_ms, note=gap.note):
        Gap.objects.create(host=host, start_ms=gap.start_ms, end_ms=gap.end_ms, kind=gap.kind, note=gap.note)
