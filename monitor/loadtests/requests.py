"""Requests for load tests, as rows: asked for, cancelled, and closed when no sampler does."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TypedDict

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.utils import timezone

from monitor.access import permissions
from monitor.alerts.models import Alert
from monitor.history import freshness
from monitor.history.domain.age import age
from monitor.hosts.models import Host
from monitor.loadtests import drills
from monitor.loadtests.burn import LONGEST_SECONDS, SHORTEST_SECONDS
from monitor.loadtests.domain.drill_verdict import LATE_SECONDS, WAIT_SECONDS
from monitor.loadtests.hindrances import hindrance
from monitor.loadtests.models import UNFINISHED, LoadTest, LoadTestKind, LoadTestState
from monitor.loadtests.workers import no_room
from monitor.metrics.times import moment

DEFAULT_SECONDS = 120
GRACE_SECONDS = 30  # after its planned end a test that nobody closed is closed by whoever comes by
REQUEST_EXPIRES_SECONDS = 300  # a request that waited longer must not load a machine out of the blue


class Refused(Exception):
    """A load test that cannot be had; the message is a sentence for the person who asked."""


class NotAllowed(Refused):
    """This person, or this installation, may not run load tests."""


class WrongNumbers(Refused):
    """Seconds or workers out of bounds."""


class WrongChoice(Refused):
    """A kind, a rule or a receiver that does not fit."""


class NotNow(Refused):
    """The machine is in no state for it: nobody samples it, its disk is too full, or the expected alert stands already."""


class Busy(Refused):
    """Another test of this host has not ended; `remaining` is how many seconds it still takes at most."""

    def __init__(self, sentence: str, remaining: float) -> None:
        super().__init__(sentence)
        self.remaining = remaining


def request(
    host: Host,
    seconds: int | None = None,
    workers: int | None = None,
    user: User | AnonymousUser | None = None,
    kind: str = LoadTestKind.CPU,
    wanted: drills.Wanted | None = None,
) -> LoadTest:
    """Ask for a test of `host`; `wanted` makes it a drill.

    seconds None means 120, or what a drill needs; workers None one for each core; user None the command line.
    Raises NotAllowed, WrongNumbers, WrongChoice, NotNow or Busy. The caller publishes the news.
    """
    check_allowed(user)
    newest = freshness.newest(host)
    if problem := hindrance(host, timezone.now(), None if newest is None else newest.taken_at_ms):
        raise NotNow(problem)
    if kind not in LoadTestKind.values:
        raise WrongChoice(f"A load test is of the kind cpu or io; {kind!r} is not possible.")
    workers = limits(host)["workers"] if workers is None else workers
    check_numbers(host, DEFAULT_SECONDS if seconds is None else seconds, workers)
    plan = None if wanted is None else _plan(host, kind, workers, wanted)
    seconds = _seconds(seconds, plan)
    close_forgotten(host, timezone.now())
    if kind == LoadTestKind.IO and (problem := no_room(settings.LOADMON_DATA_DIR)):
        raise NotNow(problem)
    asker = user if isinstance(user, User) else None
    try:
        with transaction.atomic():
            test = LoadTest(host=host, requested_by=asker, kind=kind, seconds=seconds, workers=workers)
            return _stored(test, plan)
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
    return LoadTest.objects.select_related("host", "requested_by", "rule").get(pk=test.pk)


def unfinished(host: Host) -> LoadTest | None:
    """The test of `host` that waits or runs; there is at most one."""
    # By the host's name: its id changes when the database file is replaced under a running sampler.
    tests = LoadTest.objects.filter(host__name=host.name, state__in=UNFINISHED)
    if not tests.exists():  # nearly always, every few seconds
        return None
    return tests.select_related("host", "requested_by", "rule").first()


def close(
    test: LoadTest, state: LoadTestState, ended_at: datetime, report: str, passed: bool | None = None
) -> bool:
    """End `test` unless it left the state in which the caller saw it; return whether that was so.

    passed: what a drill proved; one that could not be carried out has failed, one that was cancelled has done neither.
    """
    if test.expects_alert and state == LoadTestState.FAILED:
        passed = False
    rows = LoadTest.objects.filter(pk=test.pk, state=test.state)
    return bool(rows.update(state=state, ended_at=ended_at, report=report, passed=passed))


def close_orphan(test: LoadTest, now: datetime) -> bool:
    """End a running test whose sampler died, at the last moment of which there is a sample."""
    started = test.started_at or test.requested_at
    newest = freshness.newest(test.host)
    seen = now if newest is None else moment(newest.taken_at_ms)
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
        if age(test.requested_at, now) is None:
            sentence = "The clock was set back before a sampler took it up."
        return close(test, LoadTestState.FAILED, now, sentence)
    if test.state == LoadTestState.RUNNING and -_remaining(test, now) > _grace(test):
        return close_orphan(test, now)
    return False


def is_expired(test: LoadTest, now: datetime) -> bool:
    """Whether a request is too old to be taken up, or nobody knows how old it is: the clock was set back since."""
    waited = age(test.requested_at, now)
    return waited is None or waited > REQUEST_EXPIRES_SECONDS


class Limits(TypedDict):
    """The most that a load test may have."""

    seconds: int
    workers: int


def limits(host: Host) -> Limits:
    """As many workers as `host` has effective cores, rounded up; 1 while they are unknown."""
    return {"seconds": LONGEST_SECONDS, "workers": max(1, math.ceil(host.effective_cores or 1))}


def check_allowed(user: User | AnonymousUser | None) -> None:
    """Raise NotAllowed with a sentence unless `user` may run load tests here; None is the command line."""
    if not permissions.load_tests_enabled():
        raise NotAllowed("Load tests are switched off here. LOADMON_LOADTEST=yes allows them.")
    if user is not None and not permissions.may_run_load_tests(user):
        raise NotAllowed("You need the permission to run load tests. An administrator can grant it.")


def check_numbers(host: Host, seconds: int, workers: int) -> None:
    """Raise WrongNumbers with a sentence unless both lie within their bounds."""
    if type(seconds) is not int or not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        bounds = f"{SHORTEST_SECONDS} to {LONGEST_SECONDS} seconds"
        raise WrongNumbers(f"A load test takes {bounds}, in whole numbers; {seconds!r} is not possible.")
    most = limits(host)["workers"]
    if type(workers) is not int or not 1 <= workers <= most:
        bounds = "1 worker" if most == 1 else f"1 to {most} workers"
        raise WrongNumbers(f"A load test of {host.name} has {bounds}; {workers!r} is not possible.")


def _plan(host: Host, kind: str, workers: int, wanted: drills.Wanted) -> drills.Plan:
    try:
        plan = drills.plan(host, kind, workers, wanted)
    except drills.Unfit as error:
        raise WrongChoice(str(error)) from error
    if math.ceil(plan.promised) > LONGEST_SECONDS:
        bound = f"a load test takes at most {LONGEST_SECONDS} s"
        raise WrongChoice(f"{plan.rule} promises to fire only within {plan.promised:.0f} s, but {bound}.")
    if Alert.objects.filter(host=host, rule=plan.rule, resolved_at=None).exists():
        raise NotNow(f"The alert {plan.rule} stands already, so it cannot fire: wait until it has recovered.")
    return plan


def _seconds(wanted: int | None, plan: drills.Plan | None) -> int:
    """How long the test takes; long enough for its alert to fire."""
    needed = 0 if plan is None else math.ceil(plan.promised)
    if plan is not None and wanted is not None and wanted < needed:
        raise WrongNumbers(
            f"{plan.rule} promises to fire within {plan.promised:.1f} s: give at least {needed} seconds, not {wanted}."
        )
    return max(DEFAULT_SECONDS, needed) if wanted is None else wanted


def _stored(test: LoadTest, plan: drills.Plan | None) -> LoadTest:
    if plan is not None:
        test.expects_alert, test.rule, test.promised_seconds = True, plan.rule, plan.promised
    test.save(force_insert=True)
    if plan is not None:
        test.receivers.set(plan.receivers)
    return test


def _grace(test: LoadTest) -> float:
    """Seconds after the end of its load in which a test may still be judged."""
    return GRACE_SECONDS + (WAIT_SECONDS + LATE_SECONDS if test.expects_alert else 0.0)


def _remaining(test: LoadTest, now: datetime) -> float:
    """Seconds until the test ends as planned; negative when it should have ended, all of them where nobody knows."""
    return test.seconds - (age(test.started_at, now) or 0.0)


def _busy(host: Host, now: datetime) -> Busy:
    test = unfinished(host)
    if test is None:
        return Busy(f"Another load test of {host.name} ended just now. Try again.", 0.0)
    remaining = max(0.0, _remaining(test, now))
    if test.state == LoadTestState.REQUESTED:
        waited = age(test.requested_at, now)
        long = "" if waited is None else f" since {waited:.0f} s"
        return Busy(f"A load test of {host.name} waits for its sampler{long}.", remaining)
    return Busy(f"A load test of {host.name} runs already, for {remaining:.0f} s more.", remaining)
