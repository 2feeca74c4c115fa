"""Runner of load tests, for the sampler: takes requests up, runs the workers, and tells what the test proved."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from monitor.hosts.models import Host
from monitor.live import publishing
from monitor.loadtests import requests
from monitor.loadtests.domain import report as reports
from monitor.loadtests.models import LoadTest, LoadTestKind, LoadTestState
from monitor.loadtests.progress import Accepted, DrillProgress, Judged, just_fired
from monitor.loadtests.workers import NotStarted, Workers
from monitor.metrics.text import one_line
from monitor.runtime.repeats import Repeats

logger = logging.getLogger(__name__)
MOST_TOLD = 500

LOOK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended; kept until the database has taken it."""

    test: LoadTest
    state: LoadTestState
    ended_at: datetime
    report: str
    passed: bool | None


@dataclass(slots=True)
class Run:
    """The test that runs now; `began` is monotonic. drill: only where it is one."""

    test: LoadTest
    workers: Workers
    began: float
    drill: DrillProgress | None
    watch: reports.Watch = field(default_factory=reports.Watch)


class Runner:
    """Runs the load tests of one host. To be called from one thread that ends last (see Workers).

    host: its row as it is now, which is another one once the database file was replaced.
    """

    def __init__(
        self,
        host: Callable[[], Host],
        publish: Callable[[publishing.Event], Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = host
        self._publish = publish
        self._clock = clock
        self._run: Run | None = None
        self._unsaved: Ending | None = None
        self._leaving: list[Workers] = []
        self._seen: Accepted | None = None
        self._look = True
        self._looked_at = -LOOK_SECONDS
        self._repeats = Repeats(clock)

    @property
    def busy(self) -> bool:
        """Whether a test runs or is still being ended: tick() should come at least twice a second then."""
        return self._run is not None or bool(self._leaving) or self._unsaved is not None

    def recover(self) -> None:
        """Close what a sampler that died left running; to be called once, before the first tick."""
        with self._surviving():
            test = requests.unfinished(self._host())
            if test is not None and test.state == LoadTestState.RUNNING:
                requests.close_orphan(test, timezone.now())
                self._tell()

    def tick(
        self,
        now: datetime,
        stored: Accepted | None = None,
        judged: Judged | None = None,
        poll: bool = True,
    ) -> None:
        """Do what is due: take a request up, follow the test that runs, end it; survive a failing database.

        stored, judged: what the newest reading led to. poll: the database may hold news; without it the
        rows are read every 10 s all the same.
        """
        self._reap()
        self._look = self._look or poll or self._clock() - self._looked_at >= LOOK_SECONDS
        if self._run is not None:
            self._observe(self._run, now, stored, judged)
            self._end_when_due(self._run, now)
        elif self._unsaved is not None:
            self._save()
        elif self._look:
            self._take_up(now)

    def stop(self) -> None:
        """End everything, in at most a second: the sampler stops."""
        if self._run is not None:
            elapsed = self._clock() - self._run.began
            self._end(self._run, LoadTestState.FAILED, timezone.now(), reports.stopped(elapsed))
        for workers in self._leaving:
            workers.wait()
        self._leaving = []

    def _take_up(self, now: datetime) -> None:
        with self._surviving():
            test = requests.unfinished(self._host())
            self._looked()
            if test is None:
                return
            if requests.close_forgotten(self._host(), now):
                pass
            elif test.state == LoadTestState.RUNNING:  # a commit of which nobody knew whether it happened
                requests.close(
                    test, LoadTestState.FAILED, now, "The database failed before its workers started."
                )
            elif LoadTest.objects.filter(pk=test.pk, state=test.state).update(
                state=LoadTestState.RUNNING, started_at=now
            ):
                test.state, test.started_at = LoadTestState.RUNNING, now
                self._start(test, now)
            self._tell()

    def _start(self, test: LoadTest, now: datetime) -> None:
        try:
            requests.check_numbers(test.host, test.seconds, test.workers)
            began = self._clock()
            where = settings.LOADMON_DATA_DIR if test.kind == LoadTestKind.IO else None
            workers = Workers(test.workers, test.seconds, where)
            self._run = Run(test, workers, began, DrillProgress(test) if test.expects_alert else None)
        except (NotStarted, requests.WrongNumbers) as error:
            logger.warning("load test %s failed: %s", test.pk, error)
            self._unsaved = Ending(test, LoadTestState.FAILED, now, str(error), passed=None)
            self._save()
        else:
            logger.info(
                "load test %s: %d %s workers for %d s", test.pk, test.workers, test.kind, test.seconds
            )

    def _observe(self, run: Run, now: datetime, stored: Accepted | None, judged: Judged | None) -> None:
        """Note which alerts fired, and how near the rules came."""
        if stored is None or judged is None or stored is self._seen:
            return
        self._seen = stored
        # Counted back from now by the clock that cannot be set.
        began_at = now - timedelta(seconds=self._clock() - run.began)
        fired = list(just_fired(stored, began_at))
        cores = run.test.host.effective_cores or 1.0
        run.watch.see([values for _, values in fired], judged.rules, judged.statuses, cores)
        if run.drill is not None:
            run.drill.see(fired)

    def _end_when_due(self, run: Run, now: datetime) -> None:
        elapsed = self._clock() - run.began
        deaths = run.workers.deaths()
        if deaths:
            ending = reports.died(deaths, run.test.workers, elapsed)
            self._end(run, LoadTestState.FAILED, now, ending)
        elif run.drill is not None:
            self._follow_drill(run, run.drill, now, elapsed)
        elif elapsed >= run.test.seconds:
            ended_at = now - timedelta(seconds=elapsed - run.test.seconds)
            self._end(run, LoadTestState.FINISHED, ended_at, "")
        elif self._look:
            self._follow_row(run, now, elapsed)

    def _follow_drill(self, run: Run, drill: DrillProgress, now: datetime, elapsed: float) -> None:
        """End the drill as soon as it is decided; its workers end at their deadline, it may wait for messages longer."""
        with self._surviving():
            if drill.has_news():
                self._tell()
            if (verdict := drill.verdict(run.watch, elapsed, now)) is not None:
                self._end(run, LoadTestState.FINISHED, now, verdict.report, verdict.passed)
            elif self._look:
                self._follow_row(run, now, elapsed)

    def _follow_row(self, run: Run, now: datetime, elapsed: float) -> None:
        """End the run when its row says so, or is gone."""
        with self._surviving():
            row = LoadTest.objects.filter(pk=run.test.pk, state=LoadTestState.RUNNING)
            cancelled = row.values_list("cancel_requested", flat=True).first()
            self._looked()
            if cancelled is not False:
                self._end(run, LoadTestState.CANCELLED, now, reports.cancelled(elapsed))

    def _end(
        self, run: Run, state: LoadTestState, ended_at: datetime, ending: str, passed: bool | None = None
    ) -> None:
        """End the workers and tell how it went: of a drill that was decided the ending is the whole report."""
        run.workers.end()
        self._leaving.append(run.workers)
        self._run = None
        report = ending if passed is not None else reports.report(ending, run.watch.sentences())
        self._unsaved = Ending(run.test, state, ended_at, report, passed)
        self._save()

    def _save(self) -> None:
        """Store how the run ended; what cannot be stored now is tried again at the next tick."""
        ending = self._unsaved
        with self._surviving():
            if ending is not None and requests.close(
                ending.test, ending.state, ending.ended_at, ending.report, ending.passed
            ):
                logger.info("load test %s %s: %s", ending.test.pk, ending.state, ending.report)
            self._unsaved = None
            self._look = True
            self._tell()

    def _reap(self) -> None:
        for workers in self._leaving:
            workers.end()
        self._leaving = [workers for workers in self._leaving if not workers.gone]

    def _looked(self) -> None:
        self._look, self._looked_at = False, self._clock()

    def _tell(self) -> None:
        self._publish(publishing.status_event(self._host().name))

    @contextlib.contextmanager
    def _surviving(self) -> Iterator[None]:
        """Log a database that fails, once a minute; the workers end at their deadline whatever it does."""
        try:
            yield
        except (DatabaseError, InterfaceError) as error:
            if self._repeats.is_due():
                logger.error("load tests wait for the database: %s", one_line(str(error), MOST_TOLD))
            if not connection.in_atomic_block:
                connection.close()
