"""Loop of the sampler: every interval one report through the door, and the chores between."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from monitor.collectors.domain.scanning import NEAR, Pace
from monitor.database import wal
from monitor.database.guard import FileGuard
from monitor.database.integrity import Examiner
from monitor.history import freshness, rollups
from monitor.hosts.models import Host
from monitor.ingest import door
from monitor.live import publishing
from monitor.loadtests.runner import Runner
from monitor.rules import loading
from monitor.rules.domain.spec import RuleSpec
from monitor.runtime.chores import Chore, Chores
from monitor.sampler import identity
from monitor.sampler.measuring import Measuring
from monitor.sampler.news import News
from monitor.sampler.notes import Notes
from monitor.sampler.pruning import Pruning
from monitor.sampler.schedule import next_tick
from monitor.sampler.survival import Survival

logger = logging.getLogger(__name__)

STATUS_SECONDS = 15.0
CHORES_PAUSE = 2.0
LOAD_TEST_PAUSE = 0.5
PRUNE_SECONDS = 20.0
LOG_SECONDS = 60.0
SOON_INTERVALS = 1.5
"""The next reading comes within so many, jitter included."""

OVER_LIMIT = "The database has reached LOADMON_MAX_DATABASE_SIZE: the oldest, finest history goes first."
LONG_LOG = (
    f"The write-ahead log of the database holds more than {wal.LARGE_BYTES >> 20} MB: "
    "end what reads the database for long, such as a shell or a backup."
)


class Sampler:
    """Samples one host until told to stop."""

    def __init__(
        self, host: Host, publish: Callable[[publishing.Event], Any], interval: float, note: str = ""
    ) -> None:
        """`note`: what is to be told of the host for as long as this sampler runs, a sentence."""
        newest = freshness.newest(host)
        newest_ms = None if newest is None else newest.taken_at_ms
        self.interval = interval
        self.measuring = Measuring(interval, newest_ms, host.boot_id)
        self.guard = FileGuard()
        self.door = door.Door(host, publish, interval, self.guard)
        self.load_tests = Runner(lambda: self.door.host, publish)
        self.examiner = Examiner()
        self.pruning = Pruning(host, newest_ms)
        self.notes = Notes()
        self.last_result: door.Stored | None = None
        self.lateness = 0.0
        if note:
            self.notes.tell(note, is_true=True)
        self._publish = publish
        self._news = News()
        self._are_rules_old = self._is_poll_due = False
        self._followed: tuple[RuleSpec, ...] | None = self.door.evaluator.rules  # by the open alerts
        self._told: dict[str, Any] = {}
        self._status_due = 0.0
        self._survival = Survival(self.guard.distrust)
        self._chores = Chores(
            [
                Chore(self._look_for_news),
                Chore(self._follow_rules),
                Chore(self._run_load_tests),
                Chore(self._look_at_the_log, LOG_SECONDS),
                Chore(self._prune, PRUNE_SECONDS, is_long=True),
                Chore(self._roll_up, PRUNE_SECONDS, is_long=True),
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
        return cls(settled.host, publish, interval, settled.note)

    def run(self, stop: threading.Event) -> None:
        """Tick until `stop` is set; whatever a tick raises is logged and the next one comes all the same."""
        self._begin()
        start = time.monotonic()
        due = next_tick(start, self.interval, start, random.random())  # noqa: S311
        while not stop.wait(self._pause(due)):
            late = time.monotonic() - due
            if late >= 0:
                self.lateness = late
                self.tick()
                due = next_tick(start, self.interval, time.monotonic(), random.random())  # noqa: S311
            else:
                self.tend()
        self.load_tests.stop()
        self.examiner.stop()
        self._say_goodbye()

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
        """Take one report in, then do the chores that are due."""
        self._survival.of(self.take_in)
        self.tend()

    def take_in(self) -> None:
        """Measure the host, and hand the report in at the door."""
        close_old_connections()
        report = self.measuring.report(self._pace())
        self.last_result = self.door.accept(report)
        if report.gaps or self.last_result.is_busy_told:
            self._status_due = 0.0  # the page is to learn it at once

    def _pace(self) -> Pace:
        """Of the looks at processes: often near an alert, at once where one may fire, so that its last seconds are seen."""
        evaluator = self.door.evaluator
        if evaluator.may_fire_within(SOON_INTERVALS * self.interval):
            return Pace.AT_ONCE
        return Pace.WATCHFUL if evaluator.nearness() > NEAR or evaluator.is_open() else Pace.CALM

    def tend(self) -> None:
        """Tell the status, which web processes forget after a while, and do the chores; none stops another."""
        self._survival.of(self._tell_status)
        self._survival.of(self._examine)
        self._chores.run()

    def status(self) -> dict[str, object]:
        """What only the sampler knows of itself."""
        return {
            "state": "storing_failed" if self.door.backlog else "running",
            "waiting": len(self.door.backlog),
            "dropped": self.door.backlog.dropped,
            "message": self.door.failure or self.notes.text,
            "failing": dict(self.measuring.collection.failing),
            "lateness_ms": round(self.lateness * 1000, 1),
        }

    def _pause(self, due: float) -> float:
        """Seconds to wait: until the next tick, but chores must not wait for a long interval."""
        longest = LOAD_TEST_PAUSE if self.load_tests.busy else CHORES_PAUSE
        return max(0.0, min(due - time.monotonic(), longest))

    def _begin(self) -> None:
        """Close what an earlier sampler left open, and say that this one runs."""
        self.measuring.begin()
        for step in (self._introduce, self.load_tests.recover, self._apply_rules):
            self._survival.of(step)

    def _introduce(self) -> None:
        self.door.learn(self.measuring.facts())

    def _apply_rules(self) -> None:
        self._are_rules_old, self._followed = True, None  # until the open alerts follow them
        self._apply(self.door.evaluator.rules)
        self._are_rules_old = False

    def _apply(self, rules: tuple[RuleSpec, ...]) -> bool:
        """Let the open alerts follow their rules, as these are now; return whether any changed."""
        now = datetime.now(UTC)
        ended = self.door.recorder.end_orphans(rules, now)
        changed = self.door.recorder.follow(rules, now) or bool(ended)
        self._followed = rules
        return changed

    def _tell_status(self) -> None:
        """Push the status when it changed, and every 15 s as a sign of life."""
        status = self.status()
        changed = {key: value for key, value in status.items() if key != "lateness_ms"}
        if changed == self._told and time.monotonic() < self._status_due:
            return
        self._told, self._status_due = changed, time.monotonic() + STATUS_SECONDS
        self._publish(publishing.status_event(self.door.host.name, status))

    def _examine(self) -> None:
        """Take in what the hourly examination of the database found, or begin one."""
        said = self.examiner.tick(suspicious=bool(self.guard.damage))
        if said:
            self.guard.distrust(said)
        elif said is not None:
            self.guard.trust()

    def _look_for_news(self) -> None:
        if self._news.look():
            self._are_rules_old = self._is_poll_due = True

    def _follow_rules(self) -> None:
        if not self._are_rules_old:
            return
        rules = tuple(loading.load_rules())
        if rules != self._followed or rules != self.door.evaluator.rules:
            logger.info("the alert rules changed: %d are enabled", len(rules))
            if self._apply(rules):
                self._publish(publishing.alerts_event(self.door.host.name))
            self.door.reload_rules()
            self._publish(publishing.status_event(self.door.host.name, self.status()))
        self._are_rules_old = False

    def _run_load_tests(self) -> None:
        poll, self._is_poll_due = self._is_poll_due, False
        self.load_tests.tick(timezone.now(), self.last_result, self.door.evaluator, poll=poll)

    def _look_at_the_log(self) -> None:
        self.notes.tell(LONG_LOG, wal.log_bytes() > wal.LARGE_BYTES)

    def _prune(self) -> None:
        pruned = self.pruning.step(self.door.host)
        if pruned is not None:
            self.notes.tell(OVER_LIMIT, pruned.over_limit)

    def _roll_up(self) -> bool:
        """Whether there may be more to roll up."""
        return rollups.roll_up(self.door.host) > 0

    def _say_goodbye(self) -> None:
        try:
            if not self.guard.damage:
                Host.objects.filter(pk=self.door.host.pk).update(sampler_stopped_at=timezone.now())
        except DatabaseError:
            logger.exception("the end of this sampler could not be stored")
        self._publish(publishing.status_event(self.door.host.name, {**self.status(), "state": "stopped"}))
