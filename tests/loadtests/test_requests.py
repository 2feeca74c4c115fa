"""Load tests as rows: who may ask, with which numbers, one at a time; how they are cancelled and closed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from monitor.hosts.models import SYNTHETIC, Host
from monitor.loadtests import requests
from monitor.loadtests.models import LoadTest, LoadTestState
from monitor.loadtests.requests import Busy, NotAllowed, NotNow, WrongNumbers
from monitor.metrics.times import at_ms
from tests.factories import make_host, make_load_test, make_samples, make_user

pytestmark = pytest.mark.django_db


def ago(seconds: float) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def running(host: Host, since: float, **fields: Any) -> LoadTest:
    """A test of 120 s that runs since that many seconds."""
    return make_load_test(host, started_ms=at_ms(ago(since)), **fields)


def test_a_request_is_stored_with_a_worker_for_each_core(host: Host) -> None:
    test = requests.request(host, 60)
    assert (test.state, test.seconds, test.workers, test.requested_by) == ("requested", 60, 2, None)


@pytest.mark.parametrize(("cores", "workers"), [(0.5, 1), (1.5, 2), (32.0, 32), (None, 1)])
def test_cores_are_rounded_up_to_workers(cores: float | None, workers: int) -> None:
    assert requests.request(make_host(effective_cores=cores)).workers == workers


def test_a_request_remembers_who_asked(host: Host) -> None:
    user = make_user(permissions=["run_loadtest"])
    assert requests.request(host, 1, 1, user).requested_by == user


@pytest.mark.parametrize("seconds", [0, -1, 601, 10**9, 1.5, "60", True])
def test_seconds_out_of_bounds_are_refused(host: Host, seconds: Any) -> None:
    with pytest.raises(WrongNumbers, match=r"takes 1 to 600 seconds, in whole numbers; .* is not possible"):
        requests.request(host, seconds, 1)
    assert not LoadTest.objects.exists()


@pytest.mark.parametrize("workers", [0, -1, 3, 10**9, 1.5, "1", True])
def test_workers_out_of_bounds_are_refused(host: Host, workers: Any) -> None:
    with pytest.raises(WrongNumbers, match=r"db-01 has 1 to 2 workers; .* is not possible"):
        requests.request(host, 60, workers)


@pytest.mark.parametrize("seconds", [1, 600])
def test_the_bounds_themselves_are_allowed(host: Host, seconds: int) -> None:
    assert requests.request(host, seconds).seconds == seconds


def test_a_user_without_the_permission_is_refused(host: Host) -> None:
    with pytest.raises(NotAllowed, match="need the permission"):
        requests.request(host, user=make_user())
    with pytest.raises(NotAllowed, match="need the permission"):
        requests.request(host, user=AnonymousUser())


@pytest.mark.parametrize(
    ("choice", "bind", "allowed"),
    [
        ("auto", "127.0.0.1", True),
        ("auto", "localhost", True),
        ("auto", "0.0.0.0", False),
        ("auto", "192.0.2.7", False),
        ("yes", "0.0.0.0", True),
        ("no", "127.0.0.1", False),
    ],
)
def test_the_settings_decide_whether_anybody_may(
    host: Host, settings: Any, choice: str, bind: str, allowed: bool
) -> None:
    settings.LOADMON_LOADTEST, settings.LOADMON_BIND = choice, bind
    refused = pytest.raises(NotAllowed, match="LOADMON_LOADTEST=yes allows them")
    with contextlib.nullcontext() if allowed else refused:
        requests.request(host)
    assert LoadTest.objects.exists() == allowed


def test_a_second_request_is_told_how_long_the_first_takes(host: Host) -> None:
    running(host, since=50)
    with pytest.raises(Busy, match=r"db-01 runs already, for (69|70) s more") as refusal:
        requests.request(host)
    assert 69 < refusal.value.remaining <= 70


def test_a_request_that_waits_blocks_the_next_one(host: Host) -> None:
    requests.request(host, 60)
    with pytest.raises(Busy, match="waits for its sampler since 0 s") as refusal:
        requests.request(host)
    assert refusal.value.remaining == 60


def test_each_host_has_its_own_test(host: Host) -> None:
    running(host, since=1)
    assert requests.request(make_host("db-02")).state == "requested"


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_one_is_busy(host: Host) -> None:
    start, results = threading.Barrier(2), []

    def ask() -> None:
        start.wait()
        try:
            results.append(requests.request(host).state)
        except Busy:
            results.append("busy")
        finally:
            connection.close()

    _in_threads(ask, ask)
    assert sorted(results) == ["busy", "requested"]
    assert LoadTest.objects.count() == 1


def test_a_request_is_cancelled_before_it_starts(host: Host) -> None:
    requests.request(host)
    test = requests.cancel(host)
    assert test is not None
    assert (test.state, test.report) == ("cancelled", "Cancelled before it started.")
    assert test.ended_at is not None
    assert requests.request(host).state == "requested"


def test_a_running_test_is_asked_to_end(host: Host) -> None:
    running(host, since=1)
    test = requests.cancel(host)
    assert test is not None
    assert (test.state, test.cancel_requested, test.ended_at) == ("running", True, None)


def test_there_may_be_nothing_to_cancel(host: Host) -> None:
    running(host, since=200, state=LoadTestState.FINISHED)
    assert requests.cancel(host) is None


def test_a_request_that_starts_while_it_is_cancelled_is_asked_to_end(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = requests.request(host)
    LoadTest.objects.update(state=LoadTestState.RUNNING, started_at=timezone.now())
    monkeypatch.setattr(requests, "unfinished", lambda _: seen)  # as it was a moment ago
    test = requests.cancel(host)
    assert test is not None
    assert (test.state, test.cancel_requested) == ("running", True)


def test_a_request_that_nobody_took_up_gives_way(host: Host) -> None:
    old = requests.request(host)
    LoadTest.objects.update(requested_at=ago(301))
    assert requests.request(host).pk != old.pk
    old.refresh_from_db()
    assert (old.state, old.report) == ("failed", "No sampler took it up within 300 s.")


def test_a_run_that_should_long_be_over_gives_way(host: Host) -> None:
    old = running(host, since=151)
    assert requests.request(host).pk != old.pk
    old.refresh_from_db()
    assert (old.state, old.ended_at) == ("failed", old.started_at + timedelta(seconds=120))


def test_a_run_that_is_only_a_little_late_does_not_give_way(host: Host) -> None:
    running(host, since=125)
    with pytest.raises(Busy) as refusal:
        requests.request(host)
    assert refusal.value.remaining == 0


def test_an_orphan_ended_with_the_last_sample_of_its_sampler(host: Host) -> None:
    test = running(host, since=60)
    last = make_samples(host, 3, end_ms=at_ms(ago(20)) or 0)[-1]
    assert requests.close_orphan(test, timezone.now())
    test.refresh_from_db()
    assert (at_ms(test.ended_at), test.state) == (last.taken_at_ms, "failed")
    assert test.report == "The sampler ended during the test, and its workers with it."


def test_an_orphan_never_ended_before_it_began(host: Host) -> None:
    test = running(host, since=60)
    make_samples(host, 1, end_ms=at_ms(ago(500)) or 0)
    requests.close_orphan(test, timezone.now())
    test.refresh_from_db()
    assert test.ended_at == test.started_at


def test_closing_changes_nothing_that_has_moved_on(host: Host) -> None:
    test = running(host, since=1)
    LoadTest.objects.update(state=LoadTestState.FINISHED, report="It was fine.")
    assert not requests.close(test, LoadTestState.FAILED, timezone.now(), "No.")
    test.refresh_from_db()
    assert test.report == "It was fine."


def _in_threads(*targets: Callable[[], None]) -> None:
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_a_made_up_host_has_no_machine_to_load() -> None:
    made_up = make_host("demo", cores_reason=SYNTHETIC)
    with pytest.raises(NotNow, match="demo is made up"):
        requests.request(made_up, 60)


def test_a_host_whose_sampler_was_stopped_is_refused() -> None:
    left = make_host("db-02", sampler_started_at=ago(90), sampler_stopped_at=ago(30))
    with pytest.raises(NotNow, match=r"no sampler of db-02 runs\.$"):
        requests.request(left, 60)


def test_a_host_without_a_sample_for_a_minute_is_refused(host: Host) -> None:
    make_samples(host, 1, end_ms=at_ms(ago(90)))
    with pytest.raises(NotNow, match=r"no sampler of db-01 runs\.$"):
        requests.request(host, 60)


def test_samples_from_before_the_clock_was_set_back_hide_no_silence(host: Host) -> None:
    make_samples(host, 3, end_ms=at_ms(ago(-3600)))
    with pytest.raises(NotNow, match=r"whether a sampler of db-01 runs is not known\.$"):
        requests.request(host, 60)
    make_samples(host, 1, end_ms=at_ms(ago(90)))
    with pytest.raises(NotNow, match=r"no sampler of db-01 runs\.$"):
        requests.request(host, 60)
    make_samples(host, 1, end_ms=at_ms(ago(1)))
    assert requests.request(host, 60).state == "requested"


@pytest.mark.parametrize("started", [10, 3600])
def test_a_host_whose_sampler_runs_or_begins_is_tested(host: Host, started: int) -> None:
    make_samples(host, 1, end_ms=at_ms(ago(90 if started == 10 else 1)))
    host.sampler_started_at, host.sampler_stopped_at = ago(started), ago(7200)
    assert requests.request(host, 60).state == "requested"
