"""The sampler's loop: every interval one reading through the door, and the small chores between."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from monitor.alerts import evidence
from monitor.collectors.collection import Collection
from monitor.collectors.cores import effective_cores
from monitor.collectors.domain.scanning import NEAR
from monitor.collectors.host import boot_id, booted_at
from monitor.collectors.processes import Scanner, own_source
from monitor.collectors.scans import Scans
from monitor.database import file, wal
from monitor.database.integrity import Examiner
from monitor.history import freshness, retention, rollups
from monitor.hosts.models import Host
from monitor.ingest import door
from monitor.live import publishing
from monitor.loadtests.runner import Runner
from monitor.metrics.catalogue import CATALOGUE, Unit
from monitor.metrics.gaps import Clocks, GapSpec, before_first_reading, between_readings
from monitor.metrics.reading import Reading, longest_step, split_step
from monitor.rules import loading
from monitor.rules.domain.spec import RuleSpec
from monitor.runtime.clock import boottime
from monitor.sampler.schedule import next_tick

logger = logging.getLogger(__name__)

STATUS_SECONDS = 15.0
CHORES_PAUSE = 2.0
LOAD_TEST_PAUSE = 0.5
PRUNE_SECONDS = 20.0
LOG_SECONDS = 60.0
TELL_BUSY_SECONDS = 10.0
CLOCK_STEP_SECONDS = 60.0
NO_PRUNING_AFTER_STEP_SECONDS = 3600.0
LONG_AWAY_MS = 86_400_000
OVER_LIMIT = "The database has reached LOADMON_MAX_DATABASE_SIZE: the oldest, finest history goes first."
LONG_LOG = (
    f"The write-ahead log of the database holds more than {wal.LARGE_BYTES >> 20} MB: "
    "end what reads the database for long, such as a shell or a backup."
)
DECIMALS = {Unit.PERCENT: 2, Unit.LOAD: 2, Unit.CORES: 2}


class Sampler:
    """Samples one host until told to stop."""

    def __init__(self, host: Host, publish: Callable[[publishing.Event], Any], interval: float) -> None:
        self.host = host
        self.interval = interval
        self.collection = Collection()
        self.scans = Scans(Scanner(own_source(settings.LOADMON_COMMAND_LINES)), interval)
        self.ingest = door.Ingest(host, publish, interval, evidence.Witness(self.scans.snapshots))
        self.load_tests = Runner(host, publish)
        self.examiner = Examiner()
        self.last_result = door.Stored()
        self.collect_seconds = 0.0
        self.lateness = 0.0
        self._publish = publish
        self._read_before = False
        self._booted_before = host.boot_id
        self._clocks = _clocks()
        self._told: dict[str, Any] = {}
        self._status_due = self._prune_due = self._busy_due = self._log_due = 0.0
        self._rolling_up = True
        self._dropped_before = 0  # by the queue, up to the last time that nothing waited
        self._left: list[Host] = []  # nothing samples them; each turn of pruning takes one of them in
        self._notes: list[str] = []
        self._data_version: int | None = None
        self._rules = loading.load_rules()
        self._clock_offset = time.time() - boottime()
        newest = freshness.newest(host)
        self._newest_stored_ms = None if newest is None else newest.taken_at_ms
        if self._newest_stored_ms and self._clocks.wall_ms - self._newest_stored_ms > LONG_AWAY_MS:
            self._prune_due = time.monotonic() + NO_PRUNING_AFTER_STEP_SECONDS  # or is it the clock?

    def run(self, stop: threading.Event) -> None:
        """Tick until `stop` is set; whatever a tick raises is logged and the next one comes all the same."""
        self._warm_up()
        start = time.monotonic()
        due = next_tick(start, self.interval, start, random.random())  # noqa: S311
        while not stop.wait(self._pause(due)):
            late = time.monotonic() - due
            if late < 0:
                self._surviving(self._between)
                continue
            self.lateness = late
            self._surviving(self.tick)
            due = next_tick(start, self.interval, time.monotonic(), random.random())  # noqa: S311
        self.load_tests.stop()
        self.examiner.stop()
        self._say_goodbye()

    def run_once(self) -> None:
        """Take one reading over one interval and store it; raise RuntimeError where it could not be stored."""
        self._warm_up()
        time.sleep(self.interval)
        self.tick()
        self._say_goodbye()
        if self.ingest.waiting:
            raise RuntimeError(self.ingest.failure)

    def tick(self) -> None:
        """Take one reading in, then do the chores that are due."""
        close_old_connections()
        reading, gaps = self.read()
        self.last_result = self.ingest.accept(reading, gaps)
        if not self.ingest.waiting:
            self._dropped_before = self.ingest.dropped
        if gaps:
            self._status_due = 0.0  # the page is to learn the reason at once
        self._scan(reading.taken_at_ms)
        self._tell_status()
        self._chores()

    def _between(self) -> None:
        """Between two ticks of a long interval: the chores, and the status, which web processes forget after a while."""
        self._tell_status()
        self._chores()

    def read(self) -> tuple[Reading, list[GapSpec]]:
        """Read the host once; the gaps are those between this reading and the one before it."""
        before, now = self._clocks, _clocks()
        covered, gap = split_step(now.boottime - before.boottime, self.interval)
        gaps = between_readings(before, now, longest_step(self.interval)) if self._read_before else []
        if not self._read_before and self._newest_stored_ms is not None:  # by the wall clock: nobody looked
            gap = max(0.0, (now.wall_ms - self._newest_stored_ms) / 1000 - covered)
            same_boot = self._booted_before in ("", self.host.boot_id)
            gaps = before_first_reading(
                self._newest_stored_ms, now.wall_ms, same_boot, longest_step(self.interval)
            )
        self._clocks, self._read_before = now, True
        began = time.perf_counter()
        values = self.collection.collect(covered or None)
        self.collect_seconds = time.perf_counter() - began
        rounded = {name: _rounded(name, value) for name, value in values.items()}
        return Reading(now.wall_ms, covered, gap, rounded), gaps

    def status(self) -> dict[str, Any]:
        """What only the sampler knows of itself."""
        return {
            "state": "storing_failed" if self.ingest.waiting else "running",
            "waiting": len(self.ingest.waiting),
            "dropped": self.ingest.dropped - self._dropped_before,
            "message": self.ingest.failure or " ".join(self._notes),
            "failing": dict(self.collection.failing),
            "lateness_ms": round(self.lateness * 1000, 1),
        }

    def _pause(self, due: float) -> float:
        """Seconds to wait: until the next tick, but chores must not wait for a long interval."""
        longest = LOAD_TEST_PAUSE if self.load_tests.busy else CHORES_PAUSE
        return max(0.0, min(due - time.monotonic(), longest))

    def _surviving(self, step: Callable[[], None]) -> None:
        """Run `step`; whatever it raises is logged, a failing database briefly: the door has told that already."""
        try:
            step()
        except DatabaseError as error:
            logger.debug("chores wait for the database: %s", error)
            if file.is_damage(error):
                self.ingest.distrust(str(error))
        except Exception:
            logger.exception("a tick failed; the next one follows")

    def _warm_up(self) -> None:
        """Take the counters' baseline, so that the first stored reading already has rates."""
        self.collection.collect(None)
        self._clocks = _clocks()
        self._surviving(self._begin)

    def _begin(self) -> None:
        """Close what an earlier sampler left open, and say that this one runs."""
        self._store_facts(sampler_started_at=timezone.now(), sampler_stopped_at=None)
        self.load_tests.recover()
        self._apply(self._rules)

    def _apply(self, rules: list[RuleSpec]) -> bool:
        """Let the open alerts follow their rules, as these are now; return whether any changed."""
        now = datetime.now(UTC)
        ended = self.ingest.recorder.end_orphans(rules, now)
        return self.ingest.recorder.follow(rules, now) or bool(ended)

    def _store_facts(self, **facts: Any) -> None:
        cores = effective_cores()
        new = {
            "boot_id": boot_id() or "",
            "booted_at": booted_at(),
            "effective_cores": cores.count,
            "cores_reason": cores.reason,
            "interval": self.interval,
            **facts,
        }
        if any(getattr(self.host, name) != value for name, value in new.items()):
            Host.objects.filter(pk=self.host.pk).update(**new)
            for name, value in new.items():
                setattr(self.host, name, value)

    def _scan(self, at_ms: int) -> None:
        """Look at the processes for a while, and tell what was found at most every 10 s."""
        evaluator = self.ingest.evaluator
        watchful = evaluator.nearness() > NEAR or evaluator.is_open()
        if self.scans.tick(at_ms, watchful) is None:
            return
        busy = self.ingest.witness.look(at_ms)
        if time.monotonic() >= self._busy_due and not self.ingest.waiting:
            self._busy_due = time.monotonic() + TELL_BUSY_SECONDS
            self._surviving(lambda: evidence.store_busy(self.host, busy))
            self._status_due = 0.0

    def _tell_status(self) -> None:
        """Push the status when it changed, and every 15 s as a sign of life."""
        status = self.status()
        changed = {key: value for key, value in status.items() if key != "lateness_ms"}
        if changed == self._told and time.monotonic() < self._status_due:
            return
        self._told, self._status_due = changed, time.monotonic() + STATUS_SECONDS
        self._publish(publishing.status_event(self.host.name, status))

    def _examine(self) -> None:
        """Take in what the hourly examination of the database found, or begin one."""
        said = self.examiner.tick(suspicious=bool(self.ingest.damage))
        if said:
            self.ingest.distrust(said)
        elif said is not None:
            self.ingest.trust()

    def _chores(self) -> None:
        self._examine()
        if self.ingest.damage:  # they would write into the damaged file
            return
        news = self._database_has_news()
        if news:
            self._follow_rules()
        self.load_tests.tick(timezone.now(), self.last_result, self.ingest.evaluator, poll=news)
        if time.monotonic() >= self._log_due:
            self._log_due = time.monotonic() + LOG_SECONDS
            self._note(LONG_LOG, wal.log_bytes() > wal.LARGE_BYTES)
        if time.monotonic() >= self._prune_due:
            self._prune_due = time.monotonic() + PRUNE_SECONDS
            self._store_facts()
            self._prune()
            self._rolling_up = True
        elif self._rolling_up:  # one kind of chore a tick, so that none of them is ever long
            self._rolling_up = rollups.roll_up(self.host) > 0

    def _database_has_news(self) -> bool:
        """Whether another process wrote since the last tick: SQLite tells for free, of others we assume it."""
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            version = int(cursor.execute("PRAGMA data_version").fetchone()[0])
        news = version != self._data_version
        self._data_version = version
        return news

    def _follow_rules(self) -> None:
        rules = loading.load_rules()
        if rules == self._rules:
            return
        logger.info("the alert rules changed: %d are enabled", len(rules))
        self._rules = rules
        if self._apply(rules):
            self._publish(publishing.alerts_event(self.host.name))
        self.ingest.reload_rules()
        self._publish(publishing.status_event(self.host.name, self.status()))

    def _prune(self) -> None:
        """Let the oldest samples go, unless the clock was just set: a wrong date must not empty the database."""
        offset = time.time() - boottime()
        if abs(offset - self._clock_offset) > CLOCK_STEP_SECONDS:
            logger.warning(
                "the clock was set by %.0f s; nothing is pruned for an hour", offset - self._clock_offset
            )
            self._clock_offset = offset
            self._prune_due = time.monotonic() + NO_PRUNING_AFTER_STEP_SECONDS
            return
        now_ms = time.time_ns() // 1_000_000
        self._left = self._left or retention.left_alone(self.host, now_ms)
        left = self._left.pop() if self._left else None
        if left is not None:
            rollups.roll_up(left, is_left=True)
        self._note(OVER_LIMIT, retention.prune(self.host, now_ms, left).over_limit)

    def _note(self, sentence: str, is_true: bool) -> None:
        """Tell `sentence` as long as it is true: once in the log, and with every status."""
        if is_true and sentence not in self._notes:
            logger.warning(sentence)
            self._notes.append(sentence)
        elif not is_true and sentence in self._notes:
            self._notes.remove(sentence)

    def _say_goodbye(self) -> None:
        try:
            if not self.ingest.damage:
                Host.objects.filter(pk=self.host.pk).update(sampler_stopped_at=timezone.now())
        except DatabaseError:
            logger.exception("the end of this sampler could not be stored")
        self._publish(publishing.status_event(self.host.name, {**self.status(), "state": "stopped"}))


def _clocks() -> Clocks:
    return Clocks(time.time_ns() // 1_000_000, boottime(), time.monotonic())


def _rounded(name: str, value: float | None) -> float | None:
    """Two decimals for percentages, loads and cores, none for bytes and tasks: what the sources can tell."""
    return None if value is None else round(value, DECIMALS.get(CATALOGUE[name].unit, 0))
