"""Load tests as rows: asked for, cancelled, and closed when no sampler does; loadrunner runs them."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.utils import timezone

from monitor import access
from monitor.burn import LONGEST_SECONDS, SHORTEST_SECONDS
from monitor.models import UNFINISHED, Host, LoadTest, LoadTestState, Sample
from monitor.shapes import moment

DEFAULT_SECONDS = 120
GRACE_SECONDS = 30  # after its planned end a test that nobody closed is closed by whoever comes by
REQUEST_EXPIRES_SECONDS = 300  # a request that waited longer must not load a machine out of the blue


class Refused(Exception):
    """A load test that cannot be had; the message is a sentence for the person who asked."""


class NotAllowed(Refused):
    """This person, or this installation, may not run load tests."""


class WrongNumbers(Refused):
    """Seconds or workers out of bounds."""


class Busy(Refused):
    """Another test of this host has not ended; `remaining` is how many seconds it still takes at most."""

    def __init__(self, sentence: str, remaining: float) -> None:
        super().__init__(sentence)
        self.remaining = remaining


def request(
    host: Host,
    seconds: int = DEFAULT_SECONDS,
    workers: int | None = None,
    user: User | AnonymousUser | None = None,
) -> LoadTest:
    """Ask for a test of `host`; workers None means one for each core, user None the command line.

    Raises NotAllowed, WrongNumbers or Busy, in this order. The caller publishes the news.
    """
    check_allowed(user)
    workers = most_workers(host) if workers is None else workers
    check_numbers(host, seconds, workers)
    close_forgotten(host, timezone.now())
    asker = user if isinstance(user, User) else None
    try:
        with transaction.atomic():
            return LoadTest.objects.create(host=host, requested_by=asker, seconds=seconds, workers=workers)
    except IntegrityError:
        raise _busy(host, timezone.now()) from None


def cancel(host: Host) -> LoadTest | None:
    """Cancel the test of `host` that has not ended and return it; None where there is none.

    One that runs is still running when this returns: its sampler ends it at its next tick.
    """
    now = timezone.now()
    close_forgotten(host, now)
    test = unfinished(host)
    if test is None:
        return None
    if test.state == LoadTestState.REQUESTED:
        close(test, LoadTestState.CANCELLED, now, "Cancelled before it started.")
    LoadTest.objects.filter(pk=test.pk, state=LoadTestState.RUNNING).update(cancel_requested=True)
    return LoadTest.objects.select_related("host", "requested_by").get(pk=test.pk)


def unfinished(host: Host) -> LoadTest | None:
    """The test of `host` that waits or runs; there is at most one."""
    # By the host's name: its id changes when the database file is replaced under a running sampler.
    tests = LoadTest.objects.filter(host__name=host.name, state__in=UNFINISHED)
    return tests.select_related("host", "requested_by").first()


def close(test: LoadTest, state: LoadTestState, ended_at: datetime, report: str) -> bool:
    """End `test` unless it left the state in which the caller saw it; return whether that was so."""
    rows = LoadTest.objects.filter(pk=test.pk, state=test.state)
    return bool(rows.update(state=state, ended_at=ended_at, report=report))


def close_orphan(test: LoadTest, now: datetime) -> bool:
    """End a running test whose sampler died, at the last moment of which there is a sample."""
    started = test.started_at or test.requested_at
    newest = (
        Sample.objects.filter(host=test.host_id)
        .order_by("-taken_at_ms")
        .values_list("taken_at_ms", flat=True)
    )
    seen = moment(newest[0]) if newest else now
    ended_at = max(started, min(seen, now, started + timedelta(seconds=test.seconds)))
    return close(
        test, LoadTestState.FAILED, ended_at, "The sampler ended during the test, and its workers with it."
    )


def close_forgotten(host: Host, now: datetime) -> bool:
    """End the test of `host` if no sampler will: a request nobody took up, a run that should have ended."""
    test = unfinished(host)
    if test is None:
        return False
    if test.state == LoadTestState.REQUESTED and is_expired(test, now):
        sentence = f"No sampler took it up within {REQUEST_EXPIRES_SECONDS} s."
        return close(test, LoadTestState.FAILED, now, sentence)
    if test.state == LoadTestState.RUNNING and -_remaining(test, now) > GRACE_SECONDS:
        return close_orphan(test, now)
    return False


def is_expired(test: LoadTest, now: datetime) -> bool:
    """Whether a request is too old to be taken up."""
    return (now - test.requested_at).total_seconds() > REQUEST_EXPIRES_SECONDS


def most_workers(host: Host) -> int:
    """The effective cores of `host`, rounded up; 1 while they are unknown."""
    return max(1, math.ceil(host.effective_cores or 1))


def check_allowed(user: User | AnonymousUser | None) -> None:
    """Raise NotAllowed with a sentence unless `user` may run load tests here; None is the command line."""
    if not access.load_tests_enabled():
        raise NotAllowed("Load tests are switched off here. LOADMON_LOADTEST=yes allows them.")
    if user is not None and not access.may_run_load_tests(user):
        raise NotAllowed("You need the permission to run load tests. An administrator can grant it.")


def check_numbers(host: Host, seconds: int, workers: int) -> None:
    """Raise WrongNumbers with a sentence unless both lie within their bounds."""
    if type(seconds) is not int or not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        bounds = f"{SHORTEST_SECONDS} to {LONGEST_SECONDS} seconds"
        raise WrongNumbers(f"A load test takes {bounds}, in whole numbers; {seconds!r} is not possible.")
    most = most_workers(host)
    if type(workers) is not int or not 1 <= workers <= most:
        bounds = "1 worker" if most == 1 else f"1 to {most} workers"
        raise WrongNumbers(f"A load test of {host.name} has {bounds}; {workers!r} is not possible.")


def _remaining(test: LoadTest, now: datetime) -> float:
    """Seconds until the test ends as planned; negative when it should have ended."""
    return test.seconds - (now - (test.started_at or now)).total_seconds()


def _busy(host: Host, now: datetime) -> Busy:
    test = unfinished(host)
    if test is None:
        return Busy(f"Another load test of {host.name} ended just now. Try again.", 0.0)
    remaining = max(0.0, _remaining(test, now))
    if test.state == LoadTestState.REQUESTED:
        waited = (now - test.requested_at).total_seconds()
        return Busy(f"A load test of {host.name} waits for its sampler since {waited:.0f} s.", remaining)
    return Busy(f"A load test of {host.name} runs already, for {remaining:.0f} s more.", remaining)
