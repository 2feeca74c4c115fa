"""Door of a host, THE ONE WAY IN: evaluates a report once, stores it with the alert changes it caused, then publishes it.

What cannot be stored waits in memory, at most `QUEUE_SECONDS` of it, and is stored in order as soon as it can be.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, connection

from monitor.alerts import evidence, restoring
from monitor.alerts.models import Alert
from monitor.alerts.recording import Recorder
from monitor.database import file, wal
from monitor.database.guard import FileGuard
from monitor.diagnosis.document import Document
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.ingest import frames
from monitor.ingest.backlog import Backlog, Waiting
from monitor.ingest.storing import Store, Written
from monitor.ingest.timeline import Timeline
from monitor.live import publishing
from monitor.metrics.report import HostFacts, Report
from monitor.rules import loading
from monitor.runtime.repeats import Repeats

logger = logging.getLogger(__name__)
QUEUE_SECONDS = 600.0
BATCH = 200
TELL_BUSY_SECONDS = 10.0


@dataclass(slots=True)
class Stored:
    """What one accepted report led to; the durations are for the benchmark and the load test's report.

    is_busy_told: what keeps the host busy was stored anew, for other processes to show.
    """

    samples: int = 0
    alerts: list[Alert] = field(default_factory=list)
    is_busy_told: bool = False
    stored_at: float = 0.0  # time.time() after the commit
    pushed_at: float = 0.0  # time.time() after the last publish
    evaluate_seconds: float = 0.0
    store_seconds: float = 0.0
    push_seconds: float = 0.0


class Door:
    """The door of one host; `guard` is that of the process. Not for two threads at once."""

    def __init__(
        self,
        host: Host,
        publish: Callable[[publishing.Event], Any],
        interval: float,
        guard: FileGuard | None = None,
    ) -> None:
        self.guard = guard or FileGuard()
        self.witness = evidence.Witness()
        self.backlog = Backlog(max(1, int(QUEUE_SECONDS / interval)))
        self.failure = ""
        self._publish = publish
        self._facts: HostFacts | None = None
        self._busy: Document | None = None  # to be stored with the next batch
        self._busy_due = 0.0
        self._repeats = Repeats()
        self._file: int | None = self.guard.number  # that the store lies in
        self._enter(host)
        self.evaluator = restoring.restore(host, loading.load_rules())

    @property
    def host(self) -> Host:
        """The host's row in the database as it is now: another one once its file was replaced."""
        return self._store.host

    @property
    def recorder(self) -> Recorder:
        """Writes what changes of the alerts of the host."""
        return self._store.recorder

    def reload_rules(self) -> None:
        """Start from the rules as they are stored now; what stands keeps standing."""
        rules = loading.load_rules()
        new = [rule for rule in rules if rule not in self.evaluator.rules]
        evaluator = restoring.restore(self.host, rules, new)
        for item in self.backlog:  # not stored yet, so restore() could not see them
            evaluator.replay(item.reading, [rule.id for rule in rules if rule not in new])
        self.evaluator = evaluator

    def learn(self, facts: HostFacts) -> None:
        """Store what the sampler says of the host before its first reading; raises what the database raises."""
        self._facts = facts
        self._store.learn(facts)

    def accept(self, report: Report) -> Stored:
        """Evaluate, store and publish one report; never raises for a database that fails."""
        result = Stored()
        began = time.perf_counter()
        self._facts = report.facts or self._facts
        self._take_in(self._timeline.place(report, {item.at_ms for item in self.backlog}))
        result.evaluate_seconds = time.perf_counter() - began
        while self.backlog and self._store_batch(result):
            pass
        if self.backlog:
            newest = self.backlog.newest
            frame = self._frame(newest, None, None)
            self._publish(publishing.sample_event(self.host.name, frame))
        return result

    def _enter(self, host: Host) -> None:
        """Go on with `host`, a row of the database as it is now."""
        self._store, self._timeline = Store(host), Timeline(host)

    def _take_in(self, report: Report) -> None:
        """Evaluate, and let what is found wait to be stored."""
        reading, self._busy = report.reading, None
        if report.snapshot is not None:
            self.witness.see(report.snapshot)
        outcomes = self.evaluator.evaluate(reading)
        reading = replace(reading, members={})  # judged: what is kept for minutes need not hold them
        findings = self.witness.take(reading, self.evaluator, outcomes)
        if report.snapshot is not None:
            busy = self.witness.look(reading.taken_at_ms)
            is_due = time.monotonic() >= self._busy_due and not self.backlog
            self._busy = busy if is_due else None
        self.backlog.add(Waiting(reading, outcomes, self.evaluator.means(), list(report.gaps), findings))

    def _store_batch(self, result: Stored) -> bool:
        """Store the oldest waiting readings in one transaction; return whether that went well."""
        batch = self.backlog.oldest(BATCH)
        began = time.perf_counter()
        try:
            self._check_file()
            written = self._store.write(batch, self.evaluator, self._facts, self._busy)
        except IntegrityError as error:
            return self._collided(batch, error)
        except (DatabaseError, InterfaceError, OSError) as error:
            self._failed(error)
            return False
        result.store_seconds += time.perf_counter() - began
        result.stored_at = time.time()
        self._succeeded(len(batch), result)
        result.samples += len(batch)
        result.alerts += written.alerts
        self._announce(batch[-1], written, result)
        return True

    def _announce(self, newest: Waiting, written: Written, result: Stored) -> None:
        """Publish the newest sample only: a burst would overrun the layer, and readers fill the hole by id."""
        began = time.perf_counter()
        if written.alerts:
            self._publish(publishing.alerts_event(self.host.name))
        frame = self._frame(newest, written.id, written.previous_id)
        self._publish(publishing.sample_event(self.host.name, frame))
        result.push_seconds += time.perf_counter() - began
        result.pushed_at = time.time()

    def _frame(self, item: Waiting, sample_id: int | None, previous_id: int | None) -> frames.SampleFrame:
        standing = [(rule.name, severity) for rule, severity in self.evaluator.standing()]
        return frames.sample_frame(
            item.reading, item.means, sample_id, previous_id, self.witness.busy, standing
        )

    def _collided(self, batch: Sequence[Waiting], error: IntegrityError) -> bool:
        """Find out what was in the way; return whether to try again at once."""
        try:
            if self._part_from_stored(batch):
                return True
            if not Host.objects.filter(pk=self.host.pk, name=self.host.name).exists():
                self._file = None  # another database, or a deleted host: look again at the next tick
        except (DatabaseError, InterfaceError) as failure:
            self._failed(failure)
        else:
            self._failed(error)
        return False

    def _part_from_stored(self, batch: Sequence[Waiting]) -> bool:
        """Let go of what an unclear commit stored after all, and move what only shares its millisecond with a row.

        Return whether there was any. One that is moved keeps the alert changes that it caused, with their own time.
        """
        rows = Sample.objects.filter(host=self.host, taken_at_ms__in=[item.at_ms for item in batch])
        stored = {row.taken_at_ms: row for row in rows}
        for item in batch:
            row = stored.get(item.at_ms)
            if row is None:
                continue
            if self._store.is_stored(item.reading, row):
                self.backlog.forget(item)
            else:
                waiting = {each.at_ms for each in self.backlog}
                free = self._timeline.free(item.at_ms, waiting)
                item.reading = replace(item.reading, taken_at_ms=free)
        return bool(stored)

    def _check_file(self) -> None:
        """Find the host in the file that is there now; raises OSError where nothing may be stored."""
        number = self.guard.look()
        if number == self._file:
            return
        host, _ = Host.objects.get_or_create(name=self.host.name)
        self._enter(host)
        self.reload_rules()
        self._file = number  # last: while the new file is still being migrated, all of this is tried again

    def _failed(self, error: Exception) -> None:
        if file.is_damage(error):
            self.guard.distrust(str(error))
        self.failure = f"Cannot store samples: {file.explained(error)}"
        if self._repeats.is_due():
            logger.error("%s %d wait in memory; trying again at every tick", self.failure, len(self.backlog))
        if isinstance(error, wal.NotSaved):
            return
        with contextlib.suppress(DatabaseError, InterfaceError):
            connection.close()  # a connection that saw a read-only file system or a restart stays broken

    def _succeeded(self, count: int, result: Stored) -> None:
        dropped = self.backlog.dropped
        self.backlog.stored(count)
        if self._busy is not None:
            self._busy, self._busy_due = None, time.monotonic() + TELL_BUSY_SECONDS
            result.is_busy_told = True
        if self.failure and not self.backlog:
            logger.warning("samples are stored again; %d were lost while the queue was full", dropped)
            self.failure = ""
            self._repeats.end()
