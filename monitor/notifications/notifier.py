"""Notifier: a loop of steps that bring messages from the outbox to their receivers, one at a time for each receiver.

All rows are read and written here, in one thread; the other threads carry values only. So a receiver that hangs holds up
nobody but itself, and what dies at any point is sent again by whoever claims it next.
"""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from monitor.alerts import nodata
from monitor.database import file
from monitor.database.guard import Follower
from monitor.live import publishing
from monitor.notifications import composing, heartbeat, outbox, transports
from monitor.notifications.domain.delivery import Answer, Message, Target
from monitor.notifications.models import Notification, Notifier, Receiver
from monitor.notifications.threads import Job, Threads
from monitor.notifications.wallclock import WallClock
from monitor.runtime.chores import Chore, Chores
from monitor.runtime.repeats import Repeats

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
TEND_SECONDS = 5.0
SEEN_SECONDS = 15.0
WATCH_SECONDS = 4.0
ABANDON_SECONDS = 45.0  # longer than any kind of receiver takes, shorter than a lease
FINISH_SECONDS = 1.0
MOST_UNDER_WAY = 64
HEARTBEAT, DATABASE = "heartbeat", "database"

Deliver = Callable[[Target, Message], Answer]


class Dispatcher:
    """Delivers what is in the outbox until told to stop."""

    def __init__(
        self, publish: Callable[[publishing.Event], Any], deliver: Deliver = transports.deliver
    ) -> None:
        self._deliver = deliver
        self._threads = Threads()
        self._watch = nodata.Watch(publish, outbox.enqueue)
        self._under_way: dict[int, Job] = {}  # by receiver
        self._back: list[Job] = []  # not stored yet
        self._clock = WallClock()
        self._ailing: set[object] = set()  # parts of a step that the database kept from their work
        self._lost = 0  # threads that never came back
        first_beat = time.monotonic() + SEEN_SECONDS
        self._chores = Chores(
            [
                Chore(self._say_seen, SEEN_SECONDS),
                Chore(self._tend, TEND_SECONDS),
                Chore(self._look, WATCH_SECONDS),
                Chore(self._beat, settings.LOADMON_HEARTBEAT_SECONDS, due=first_beat),
            ],
            self._surviving,
        )
        self._file = Follower()
        self._repeats = Repeats()
        self._heartbeat_told = ""

    def run(self, stop: threading.Event) -> None:
        """Step until `stop` is set; wake() ends a pause."""
        while not stop.is_set():
            busy = self.step()
            self._back += self._threads.wait(0.0 if busy else POLL_SECONDS)
        self.finish()

    def wake(self) -> None:
        """End a pause; safe in a signal handler."""
        self._threads.wake()

    def step(self) -> bool:
        """Do what is due; return whether there is more to do at once. Never raises."""
        if not self._surviving(self._open):
            return False
        self._surviving(self._settle)
        self._surviving(self._abandon)
        self._chores.run()
        more = bool(self._surviving(self._dispatch))
        if not self._ailing and self._repeats.end(DATABASE):
            logger.warning("the database works again")
        return more

    def finish(self) -> None:
        """Wait a moment for those under way, then give back what is not answered: another run sends it."""
        deadline = time.monotonic() + FINISH_SECONDS
        while self._under_way and time.monotonic() < deadline:
            self._back += self._threads.wait(max(0.0, deadline - time.monotonic()))
            self._surviving(self._settle)
        for job in self._under_way.values():
            self._surviving(partial(outbox.release, job.item, timezone.now()))

    def _open(self) -> bool:
        """Look that the database is there, and go on with the one that is."""
        close_old_connections()
        self._file.look()
        return True

    def _dispatch(self) -> bool:
        """Send the next message that is due; return whether to look for another at once."""
        room = MOST_UNDER_WAY - len(self._under_way) - self._lost
        claimed, again = outbox.claim(timezone.now(), list(self._under_way), max(0, min(1, room)))
        for row in claimed:
            self._send(row)
        return again or bool(claimed)

    def _send(self, row: Notification) -> None:
        receiver = row.receiver
        if receiver is None:  # deleted since it was claimed
            outbox.release(row, timezone.now())
            return
        now = timezone.now()
        try:
            message = composing.message(row)
        except DatabaseError:
            outbox.release(row, now)
            raise
        except Exception as error:
            self._complain(f"message {row.pk}", "a message could not be made", error)
            answer = Answer(False, f"The message could not be made: {type(error).__name__}.")
            outbox.settle(row, answer, now, 0.0, now, random.random())  # noqa: S311
            return
        target, deliver = as_target(receiver, row.told), self._deliver
        self._under_way[receiver.pk] = self._threads.send(row, lambda: deliver(target, message), now)

    def _settle(self) -> bool:
        """Store the answers that are back; one that cannot be stored yet is kept."""
        while self._back:
            job = self._back[0]
            if job.item == HEARTBEAT:
                self._store_heartbeat(str(job.result))
            else:
                self._store_answer(job)
            self._back.pop(0)
        return True

    def _store_answer(self, job: Job) -> None:
        row, now = job.item, timezone.now()
        try:
            outbox.settle(row, job.result, job.started_at, job.seconds or 0.0, now, random.random())  # noqa: S311
        except IntegrityError:
            logger.info("a message was deleted while it was being delivered")
        if self._under_way.get(row.receiver_id) is job:
            del self._under_way[row.receiver_id]
        elif job.seconds is not None:
            self._lost -= 1

    def _abandon(self) -> bool:
        """Give up waiting for a thread that does not come back: its receiver must not wait for ever."""
        late = [one for one in self._under_way.values() if time.monotonic() - one.began > ABANDON_SECONDS]
        for job in late:
            row, now = job.item, timezone.now()
            answer = Answer(False, f"No answer within {ABANDON_SECONDS:g} s.")
            outbox.settle(row, answer, job.started_at, ABANDON_SECONDS, now, random.random())  # noqa: S311
            del self._under_way[row.receiver_id]
            self._lost += 1
        return True

    def _tend(self) -> None:
        now = timezone.now()
        self._look_at_the_clock(now)
        outbox.tend(now)

    def _look_at_the_clock(self, now: datetime) -> None:
        was_set, was_set_back = self._clock.look(now)
        if was_set:
            self._say_seen()  # what it said before tells nothing any more
        if was_set_back:
            logger.warning("the clock was set back: what waits for another try is tried now")
            outbox.hasten(now)

    def _say_seen(self) -> None:
        Notifier.objects.update_or_create(pk=1, defaults={"seen_at": timezone.now()})

    def _look(self) -> None:
        self._watch.look(timezone.now())

    def _beat(self) -> bool:
        """Send a heartbeat while all is well; why it is not sent is told as well. Return whether that cannot be told yet."""
        if not settings.LOADMON_HEARTBEAT_URL:
            return False
        now = timezone.now()
        self._look_at_the_clock(now)
        if heartbeat.is_unclear(self._clock.since_set()):
            return True
        trouble = heartbeat.trouble(now, self._clock.in_order())
        if trouble:
            self._store_heartbeat(f"Not sent: {trouble}")
        else:
            url = settings.LOADMON_HEARTBEAT_URL
            self._threads.send(HEARTBEAT, lambda: heartbeat.ping(url), now)
        return False

    def _store_heartbeat(self, failure: str) -> None:
        news = (
            {"heartbeat_failure": failure[:300]}
            if failure
            else {"heartbeat_at": timezone.now(), "heartbeat_failure": ""}
        )
        Notifier.objects.filter(pk=1).update(**news)
        if failure and not self._heartbeat_told:
            logger.warning("heartbeat: %s", failure)
        elif self._heartbeat_told and not failure:
            logger.info("heartbeat: all is well again")
        self._heartbeat_told = failure

    def _surviving(self, part: Callable[[], object]) -> object:
        """Run `part`; whatever it raises is told once a minute, and the next step follows."""
        try:
            result = part()
            self._ailing.discard(part)
            return result
        except (DatabaseError, InterfaceError, OSError) as error:
            self._ailing.add(part)
            self._complain(DATABASE, f"Cannot work with the database: {file.explained(error)} Trying again.")
            with contextlib.suppress(DatabaseError, InterfaceError):
                connection.close()  # one that saw a read-only file system or a restart stays broken
        except Exception as error:
            self._complain(repr(part), "a step failed; the next one follows", error)
        return False

    def _complain(self, about: str, text: str, error: Exception | None = None) -> None:
        if self._repeats.is_due(about):
            logger.error(text, exc_info=error)


def as_target(receiver: Receiver, told: str = "") -> Target:
    """A receiver as the value that a thread carries; `told` are those of its addresses that have the message."""
    return Target(receiver.name, receiver.kind, receiver.address, receiver.secret, tuple(told.split()))
