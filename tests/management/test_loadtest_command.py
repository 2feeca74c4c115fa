"""manage.py loadtest: refusals as sentences, progress and report in the terminal, Ctrl-C, exit status."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from monitor.hosts import lookup
from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest, LoadTestState
from monitor.loadtests.runner import Runner
from monitor.management.commands import loadtest
from tests.factories import make_host, make_load_test, make_samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def sampler(sampled_host: Host, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A sampler's runner that ticks whenever the command pauses."""
    runner = Runner(lambda: sampled_host, lambda _: None)
    monkeypatch.setattr(loadtest, "pause", lambda _: runner.tick(timezone.now()))
    yield runner
    runner.stop()


def run(*arguments: str, status: int = 1) -> tuple[str, str]:
    """The command's output, and the sentence it failed with, "" for exit status 0; `status` is the other one expected."""
    output = io.StringIO()
    try:
        call_command("loadtest", *arguments, stdout=output)
    except CommandError as error:
        return output.getvalue(), str(
            error
        ) if error.returncode == status else f"exit status {error.returncode}"
    return output.getvalue(), ""


def in_turn(*steps: Callable[[], None]) -> Callable[[float], None]:
    """A pause that does one of `steps` each time, the last one ever after."""
    waiting = list(steps)

    def pause(_: float) -> None:
        (waiting.pop(0) if len(waiting) > 1 else waiting[0])()

    return pause


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.processes
def test_a_test_is_followed_to_its_report(sampler: Runner) -> None:
    output, failure = run("--seconds", "1", "--workers", "1")
    asked, began, *rest = output.splitlines()
    assert asked == f"Load test {LoadTest.objects.get().pk} of db-01: 1 worker for 1 s. Ctrl-C cancels it."
    assert began == "0 of 1 s: CPU 100 %, load 1.25"
    assert rest[-1] == "No alert fired: nothing was measured during the test."
    assert failure == ""


def test_every_core_is_loaded_unless_told_otherwise(
    sampled_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loadtest, "pause", lambda _: LoadTest.objects.update(state=LoadTestState.FINISHED))
    output, _ = run()
    assert "2 workers for 120 s" in output


@pytest.mark.processes
def test_ctrl_c_cancels_the_test(
    sampled_host: Host, sampler: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick = lambda: sampler.tick(timezone.now())  # noqa: E731
    monkeypatch.setattr(loadtest, "pause", in_turn(tick, interrupt, tick))
    output, failure = run("--seconds", "600")
    test = LoadTest.objects.get()
    assert test.state == "cancelled"
    assert output.splitlines()[-2:] == ["Cancelling.", test.report]
    assert failure == f"Load test {test.pk} cancelled."


def test_a_second_ctrl_c_stops_waiting(sampled_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def start() -> None:
        LoadTest.objects.update(state=LoadTestState.RUNNING, started_at=timezone.now())

    monkeypatch.setattr(loadtest, "pause", in_turn(start, interrupt))
    assert run()[1] == "No longer waiting for the test to end."
    assert LoadTest.objects.get().cancel_requested


def test_a_sampler_that_never_takes_the_test_up_is_named(
    sampled_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = timezone.now() - timedelta(seconds=31)
    monkeypatch.setattr(loadtest, "pause", lambda _: LoadTest.objects.update(requested_at=old))
    _, failure = run()
    assert failure.startswith("No sampler took the test up within 30 s: cancelled. Start `manage.py serve`")
    assert LoadTest.objects.get().state == "cancelled"


def test_a_sampler_that_dies_does_not_keep_the_terminal(
    sampled_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = timezone.now() - timedelta(seconds=151)
    died = {"state": LoadTestState.RUNNING, "started_at": old}
    monkeypatch.setattr(
        loadtest, "pause", lambda _: LoadTest.objects.filter(state="requested").update(**died)
    )
    output, failure = run("--seconds", "120")
    assert "The sampler ended during the test" in output
    assert failure.endswith("failed.")


def test_a_row_that_is_deleted_ends_the_wait(sampled_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loadtest, "pause", lambda _: LoadTest.objects.all().delete())
    assert run()[1].endswith("was deleted while it ran.")


def test_without_a_host_the_sampler_is_asked_for() -> None:
    assert run()[1] == f"No sampler has stored anything yet. {loadtest.START_ONE}"


@pytest.mark.parametrize("age_ms", [60_000, 86_400_000])
def test_a_stale_sampler_is_named(age_ms: int) -> None:
    make_samples(make_host(), 1, end_ms=time.time_ns() // 1_000_000 - age_ms)
    assert run()[1].endswith(loadtest.START_ONE)
    assert not LoadTest.objects.exists()


def test_a_sampler_that_was_stopped_is_named(sampled_host: Host) -> None:
    Host.objects.update(sampler_stopped_at=timezone.now())
    assert run()[1] == f"The sampler was stopped. {loadtest.START_ONE}"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seconds", "0"], "A load test takes 1 to 600 seconds, in whole numbers; 0 is not possible."),
        (["--seconds", "601"], "A load test takes 1 to 600 seconds, in whole numbers; 601 is not possible."),
        (["--seconds=-5"], "A load test takes 1 to 600 seconds, in whole numbers; -5 is not possible."),
        (["--seconds", "2m"], "--seconds is '2m': give a whole number."),
        (["--seconds", ""], "--seconds is '': give a whole number."),
        (["--seconds", "١٢"], "--seconds is '١٢': give a whole number."),
        (["--workers", "3"], "A load test of db-01 has 1 to 2 workers; 3 is not possible."),
        (["--workers", "1.5"], "--workers is '1.5': give a whole number."),
    ],
)
def test_wrong_numbers_get_a_sentence(sampled_host: Host, arguments: list[str], sentence: str) -> None:
    assert run(*arguments, status=2) == ("", sentence)
    assert not LoadTest.objects.exists()


def test_a_test_that_runs_already_is_told(sampled_host: Host) -> None:
    make_load_test(sampled_host, started_ms=time.time_ns() // 1_000_000)
    assert "runs already, for" in run()[1]


def test_switched_off_load_tests_stay_off(sampled_host: Host, settings: Any) -> None:
    settings.LOADMON_LOADTEST = "no"
    assert run()[1] == "Load tests are switched off here. LOADMON_LOADTEST=yes allows them."


def test_a_database_without_tables_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str | None) -> Host:
        raise OperationalError("no such table: monitor_host")

    monkeypatch.setattr(lookup, "find_host", fail)
    assert run()[1] == "The database failed: no such table: monitor_host. `manage.py doctor` tells more."
