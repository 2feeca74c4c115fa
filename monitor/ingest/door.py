"""Door of a host, THE ONE WAY IN: evaluates a report once, stores it with the alert changes it caused, then publishes it.

What cannot be stored waits in memory, at most `QUEUE_SECONDS` of it, and is stored in order as soon as it can be.
Two threads may share a door: one takes reports in and never waits for the database, the other one stores.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, connection

from monitor.alerts import evidence
from monitor.alerts.recording import Recorder
from monitor.database import file, wal
from monitor.database.guard import FileGuard
from monitor.history import freshness
from monitor.hosts.lease import Claim
from monitor.hosts.models import Host
from monitor.ingest import collision
from monitor.ingest.backlog import Backlog, Judged, Waiting
from monitor.ingest.judging import Judging
from monitor.ingest.stored import Stored
from monitor.ingest.storing import Store
from monitor.ingest.telling import Teller
from monitor.ingest.timeline import Timeline
from monitor.live import publishing
from monitor.metrics.report import HostFacts, Report
from monitor.rules.domain.evaluator import Evaluator
from monitor.runtime.repeats import Repeats
from monitor.usage.storing import Ledger

logger = logging.getLogger(__name__)
QUEUE_SECONDS = 600.0
BATCH = 200
TELL_BUSY_SECONDS = 10.0
SILENT_SECONDS = 5.0
"""So long may nothing come of storing before it is told that the database does not answer."""

SILENT = "the database does not answer. See that its server or disk works, and the way to it."


class Door:
    """The door of one host; `guard` is that of the process. `take` and `look` are for one thread, all else for another."""

    def __init__(
        self,
        host: Host,
        publish: Callable[[publishing.Event], Any],
        interval: float,
        guard: FileGuard | None = None,
        spilled: Sequence[Waiting] = (),
        claim: Claim | None = None,
    ) -> None:
        """`spilled`: what an earlier sampler could not store; it is, before the rules begin where they stood then."""
        self.guard = guard or FileGuard()
        self.backlog = Backlog(max(1, int(QUEUE_SECONDS / interval), len(spilled)))
        self.failure = ""
        self._publish, self._claim = publish, claim
        self._teller = Teller(lambda event: self._publish(event), interval / 2)
        self.evaluate_seconds = 0.0
        """That judging the last report took."""
        self._facts: HostFacts | None = None
        self._busy_due = 0.0
        self._repeats = Repeats()
        self._answered = time.monotonic()  # when a try to store last came to its end
        self._file: int | None = self.guard.number  # that the store lies in
        self._store, self._timeline = Store(host, self._claim), Timeline(host)
        self.backlog.after_id = self._store.newest_id or 0
        self._judging = Judging(host)
        for item in spilled:
            self.backlog.add(item)
        if spilled:
            self.store()
            self._judging = Judging(self.host, self.backlog)

    @property
    def host(self) -> Host:
        """The host's row in the database as it is now: another one once its file was replaced."""
        return self._store.host

    @property
    def evaluator(self) -> Evaluator:
        """The rules as they are applied now; another one once they were read anew."""
        return self._judging.evaluator

    @property
    def newest_ms(self) -> int | None:
        """When the newest reading was taken, whether it is stored or waits; None where there is none."""
        waiting, stored = self.backlog.newest, freshness.newest(self.host)
        return waiting.at_ms if waiting else stored.taken_at_ms if stored else None

    @property
    def states(self) -> Judged:
        """Where the rules stand now, for another thread than the one that judges."""
        return self._judging.states()

    @property
    def witness(self) -> evidence.Witness:
        """What evidence is made of."""
        return self._judging.witness

    @property
    def recorder(self) -> Recorder:
        """Writes what changes of the alerts of the host."""
        return self._store.recorder

    @property
    def usage(self) -> Ledger:
        """Who used the host, as it is stored."""
        return self._store.usage

    def leave(self) -> None:
        """Store what belongs to no reading yet: nothing comes any more. Raises what the database raises."""
        self._store.leave(self._judging.rest())

    def reload_rules(self) -> None:
        """Judge by the rules as they are stored now; what stands keeps standing."""
        self._judging.reload(self.host, self.backlog)

    def learn(self, facts: HostFacts) -> None:
        """Store what the sampler says of the host before its first reading; raises what the database raises."""
        self._facts = facts
        self._store.learn(facts)

    def accept(self, report: Report) -> Stored:
        """Evaluate, store and publish one report; never raises for a database that fails."""
        self.take(report, is_asking=True)
        return self.store()

    def take(self, report: Report, is_asking: bool = False) -> None:
        """Evaluate one report, and let what is found wait to be stored. is_asking: the database may be asked."""
        began = time.perf_counter()
        self._facts = report.facts or self._facts
        self._judging.take(report, self._timeline, self.backlog, is_asking)
        self.evaluate_seconds = time.perf_counter() - began

    def look(self) -> float:
        """Tell what is not stored in time, and that the database is silent; seconds until it is worth looking again."""
        newest, now = self.backlog.newest, time.monotonic()
        if newest is None:
            return SILENT_SECONDS
        oldest = next(iter(self.backlog), newest)
        if now - max(oldest.since, self._answered) >= SILENT_SECONDS:
            self._complain(SILENT)
        return self._teller.remind(self.host.name, newest, now, is_failing=bool(self.failure))

    def store(self) -> Stored:
        """Store what waits, in order, and publish it; never raises for a database that fails."""
        result = Stored()
        while self.backlog and self._store_batch(result):
            pass
        if (newest := self.backlog.newest) is not None:
            self._teller.tell_unstored(self.host.name, newest)
        return result

    def _store_batch(self, result: Stored) -> bool:
        """Store the oldest waiting readings in one transaction; return whether that went well."""
        try:
            return self._try_to_store(result)
        finally:
            self._answered = time.monotonic()

    def _try_to_store(self, result: Stored) -> bool:
        batch: list[Waiting] = []
        began = time.perf_counter()
        try:
            self._check_file()
            batch = self.backlog.oldest(BATCH)
            looks = [item.busy for item in batch if item.is_look]
            busy = looks[-1] if looks and time.monotonic() >= self._busy_due else None
            written = self._store.write(batch, self._facts, busy)
        except IntegrityError as error:
            return self._collided(batch, error)
        except (DatabaseError, InterfaceError, OSError) as error:
            self._failed(error)
            return False
        result.store_seconds += time.perf_counter() - began
        result.stored_at = time.time()
        if busy is not None:
            self._busy_due, result.is_busy_told = time.monotonic() + TELL_BUSY_SECONDS, True
        self._succeeded(batch, written.id)
        result.samples += len(batch)
        result.alerts += written.alerts
        result.is_gap_told = result.is_gap_told or any(item.gaps for item in batch)
        began = time.perf_counter()
        self._teller.tell_stored(self.host.name, batch[-1], written)
        result.push_seconds += time.perf_counter() - began
        result.pushed_at = time.time()
        return True

    def _collided(self, batch: Sequence[Waiting], error: IntegrityError) -> bool:
        """Find out what was in the way; return whether to try again at once."""
        try:
            if collision.part(batch, self.backlog, self._store, self._timeline):
                self.backlog.put_back()
                return True
            if not Host.objects.filter(pk=self.host.pk, name=self.host.name).exists():
                self._file = None  # another database, or a deleted host: look again at the next tick
        except (DatabaseError, InterfaceError) as failure:
            self._failed(failure)
        else:
            self._failed(error)
        return False

    def _check_file(self) -> None:
        """Find the host in the file that is there now; raises OSError where nothing may be stored."""
        number = self.guard.look()
        if number == self._file:
            return
        host, _ = Host.objects.get_or_create(name=self.host.name)
        self._store, self._timeline = Store(host, self._claim), Timeline(host)
        self.backlog.after_id = self._store.newest_id or 0
        self.reload_rules()
        self._file = number  # last: while the new file is still being migrated, all of this is tried again

    def _failed(self, error: Exception) -> None:
        self.backlog.put_back()
        if file.is_damage(error):
            self.guard.distrust(str(error))
        self._complain(file.explained(error))
        if isinstance(error, wal.NotSaved):
            return
        with contextlib.suppress(DatabaseError, InterfaceError):
            connection.close()  # a connection that saw a read-only file system or a restart stays broken

    def _complain(self, sentence: str) -> None:
        self.failure = f"Cannot store samples: {sentence}"
        if self._repeats.is_due():
            logger.error("%s %d wait in memory; reading and judging go on", self.failure, len(self.backlog))

    def _succeeded(self, batch: Sequence[Waiting], newest_id: int) -> None:
        dropped = self.backlog.dropped
        self.backlog.stored(len(batch), newest_id)
        self._judging.forget(batch[-1].judged)
        with contextlib.suppress(DatabaseError, InterfaceError):  # the next one meets it, and tells it
            self._timeline.look_ahead(batch[-1].at_ms)
        if self.failure and not self.backlog:
            logger.warning("samples are stored again; %d were lost while the queue was full", dropped)
            self.failure = ""
            self._repeats.end()
