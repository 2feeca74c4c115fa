"""Loop of the sampler: every interval one report through the door; beside it a thread stores, and does the chores."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from monitor.database import wal
from monitor.database.guard import FileGuard
from monitor.database.integrity import Examinations
from monitor.history import rollups
from monitor.hosts import lease
from monitor.hosts.models import Host
from monitor.ingest import door
from monitor.ingest.spill import Spill
from monitor.ingest.stored import Stored
from monitor.live import publishing
from monitor.loadtests.runner import Runner
from monitor.runtime import lock
from monitor.runtime.chores import Chore, Chores
from monitor.sampler import identity
from monitor.sampler.ending import STOP_SECONDS, Ending
from monitor.sampler.following import Following
from monitor.sampler.keeper import Keeper
from monitor.sampler.measuring import Measuring
from monitor.sampler.news import News
from monitor.sampler.notes import Notes
from monitor.sampler.pace import pace
from monitor.sampler.pruning import Pruning
from monitor.sampler.schedule import next_tick
from monitor.sampler.status import StatusTeller
from monitor.sampler.survival import Survival
from monitor.usage import settling

LONGEST_PAUSE, LOAD_TEST_PAUSE = 2.0, 0.5
SETTLE_SECONDS = LOG_SECONDS = 60.0

OVER_LIMIT = "The database has reached LOADMON_MAX_DATABASE_SIZE: the oldest, finest history goes first."
LONG_LOG = (
    f"The write-ahead log of the database holds more than {wal.LARGE_BYTES >> 20} MB: "
    "end what reads the database for long, such as a shell or a backup."
)


class Sampler:
    """Samples one host until told to stop.

    Reading, judging and telling happen on the beat, in the thread that calls `run`, and never wait for the database; a
    thread beside it stores, and does all chores that need the database. `tick` does both, one after the other.
    """

    def __init__(
        self, host: Host, publish: Callable[[publishing.Event], Any], interval: float, note: str = "",
        claim: lease.Claim | None = None,
    ) -> None:  # fmt: skip
        """`note`: what is to be told of the host for as long as this sampler runs, a sentence."""
        self.interval = interval
        self.guard = FileGuard()
        self._publish = publish
        self._spill = Spill(lock.path_for(settings.LOADMON_DATA_DIR, host.name).with_suffix(".waiting"))
        tell, spilled = (lambda event: self._publish(event)), self._spill.read()
        self.door = door.Door(host, tell, interval, self.guard, spilled, claim)
        self.measuring = Measuring(interval, self.door.newest_ms, host.boot_id)
        self.load_tests = Runner(lambda: self.door.host, publish)
        self.examinations = Examinations(self.guard)
        self.pruning = Pruning()
        self.notes = Notes()
        self.last_result: Stored | None = None
        self.lateness = 0.0
        if note:
            self.notes.tell(note, is_true=True)
        self._news = News()
        self._is_poll_due = False
        self._teller = StatusTeller(lambda: self.door.host.name, lambda: self.status(), tell)
        self._following = Following(self.door, tell, lambda: self._teller.push(self.status()))
        self._ending = Ending(self.door, self._spill, claim)
        self._survival = Survival(self.guard.distrust)
        self._keeper = Keeper(
            self._introduce_all,
            self.keep,
            self._end,
            lambda: LOAD_TEST_PAUSE if self.load_tests.busy else LONGEST_PAUSE,
        )
        self._chores = Chores(
            [
                *([Chore(lambda: claim.keep(self.door.host))] if claim else []),
                Chore(self._look_for_news),
                Chore(self._following.step),
                Chore(self._run_load_tests),
                Chore(self._look_at_the_log, LOG_SECONDS),
                Chore(lambda: rollups.roll_up(self.door.host) > 0, SETTLE_SECONDS, is_long=True),
                Chore(self._settle_usage, SETTLE_SECONDS, is_long=True),
                Chore(self._prune, SETTLE_SECONDS, is_long=True),  # last: nothing goes that is not rolled up
            ],
            self._survival.of,
            allowed=lambda: not self.guard.damage,  # they would write into the damaged file
        )

    @classmethod
    def called(
        cls, name: str, publish: Callable[[publishing.Event], Any], interval: float, stop: threading.Event
    ) -> Sampler:
        """The sampler of this machine, stored as `name` from now on; raises AlreadyRunning where another one has that."""
        settled = identity.settle(name, stop)
        return cls(settled.host, publish, interval, settled.note, settled.claim)

    def run(self, stop: threading.Event) -> None:
        """Read on the beat until `stop` is set; whatever a reading raises is logged and the next one comes all the same.

        Raises AlreadyRunning where another sampler has taken the host over.
        """
        self.measuring.begin()
        self._keeper.start()
        start = time.monotonic()
        due = next_tick(start, self.interval, start, random.random())  # noqa: S311
        look_in = LONGEST_PAUSE
        while not self._ending.lost and not stop.wait(
            max(0.0, min(due - time.monotonic(), LONGEST_PAUSE, look_in))
        ):
            late = time.monotonic() - due
            if late >= 0:
                self.lateness = late
                self._survival.of(self.read)
                self._keeper.wake()
                due = next_tick(start, self.interval, time.monotonic(), random.random())  # noqa: S311
            look_in = self._look()
        self._keeper.end(STOP_SECONDS + LOAD_TEST_PAUSE)
        self._ending.settle()
        self._tell_goodbye()

    def run_once(self) -> None:
        """Take one reading over one interval and store it; raise RuntimeError where it could not be stored."""
        self._begin()
        time.sleep(self.interval)
        self.take_in()
        self.tend()
        self._say_goodbye()
        if self.door.backlog:
            raise RuntimeError(self.door.failure)

    def tick(self) -> None:
        """Take one report in and store it, then do the chores that are due."""
        self._survival.of(self.take_in)
        self.tend()

    def take_in(self) -> None:
        """Measure the host, hand the report in at the door, and store it."""
        self.read()
        self._store()

    def read(self) -> None:
        """Measure the host, and hand the report in at the door, which judges it; asks no database."""
        self.door.take(self.measuring.report(pace(self.door.evaluator, self.interval)))

    def keep(self) -> None:
        """Store what waits, and do what is due beside it; none stops another."""
        self._survival.of(self._store)
        self.tend()

    def tend(self) -> None:
        """Tell the status, which web processes forget after a while, and do the chores; none stops another."""
        self._survival.of(self._teller.tell)
        self._survival.of(self.examinations.look)
        self._chores.run()

    def status(self) -> dict[str, object]:
        """What only the sampler knows of itself."""
        is_failing = bool(self.door.failure)
        return {
            "state": "storing_failed" if is_failing else "running",
            "waiting": len(self.door.backlog) if is_failing else 0,
            "dropped": self.door.backlog.dropped,
            "message": self.door.failure or self.notes.text,
            "failing": dict(self.measuring.collection.failing),
            "lateness_ms": round(self.lateness * 1000, 1),
        }

    def _look(self) -> float:
        """Tell what the keeper is late with; seconds until it is worth looking again."""
        left = self._survival.of(self.door.look)
        self._survival.of(self._teller.tell)
        return left if isinstance(left, float) else LONGEST_PAUSE

    def _store(self) -> None:
        close_old_connections()
        result = self.door.store()
        if result.samples or self.door.backlog:
            self.last_result = result
        if result.samples and not self.door.backlog:
            self._spill.forget()
        if result.is_gap_told or result.is_busy_told:
            self._teller.hurry()  # the page is to learn it at once

    def _begin(self) -> None:
        """Close what an earlier sampler left open, and say that this one runs."""
        self.measuring.begin()
        self._introduce_all()

    def _introduce_all(self) -> None:
        for step in (
            lambda: self.door.learn(self.measuring.facts()),
            self.load_tests.recover,
            self._following.begin,
        ):
            self._survival.of(step)

    def _look_for_news(self) -> None:
        if self._news.look():
            self._following.is_due = self._is_poll_due = True

    def _run_load_tests(self) -> None:
        poll, self._is_poll_due = self._is_poll_due, False
        self.load_tests.tick(timezone.now(), self.last_result, self.door.states, poll=poll)

    def _look_at_the_log(self) -> None:
        self.notes.tell(LONG_LOG, wal.log_bytes() > wal.LARGE_BYTES)

    def _prune(self) -> bool:
        """Whether there is more to prune at once."""
        pruned = self.pruning.step(self.door.host)
        self.notes.tell(OVER_LIMIT, pruned.over_limit)
        return pruned.has_more

    def _settle_usage(self) -> bool:
        """Whether there is more to settle at once."""
        return settling.settle(self.door.host, self.door.usage.growing) > 0

    def _end(self) -> None:
        """Leave the database in order."""
        self._ending.store_last(lambda: self._survival.of(self._store))
        self.load_tests.stop()
        self.examinations.stop()
        self._ending.store_goodbye()

    def _say_goodbye(self) -> None:
        self._ending.store_goodbye()
        self._tell_goodbye()

    def _tell_goodbye(self) -> None:
        self._teller.push({**self.status(), "state": "stopped"})
