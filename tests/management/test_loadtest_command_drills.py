"""manage.py loadtest --expect-alert: what it says, what it refuses, and its exit status."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from monitor.hosts.models import Host
from monitor.loadtests import requests
from monitor.loadtests.models import LoadTest, LoadTestState
from monitor.management.commands import loadtest
from monitor.rules.models import Rule
from tests.factories import make_alert, make_drill_receiver

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str, int]:
    """The command's output, the sentence it failed with, and its exit status."""
    output = io.StringIO()
    try:
        call_command("loadtest", *arguments, stdout=output)
    except CommandError as error:
        return output.getvalue(), str(error), error.returncode
    return output.getvalue(), "", 0


def ending(monkeypatch: pytest.MonkeyPatch, state: str, **fields: Any) -> None:
    """Let the drill end like that as soon as the command looks."""
    end = {"state": state, "started_at": timezone.now(), "ended_at": timezone.now()} | fields
    monkeypatch.setattr(loadtest, "pause", lambda _: LoadTest.objects.update(**end))


def test_a_passed_drill_tells_its_report_and_exits_with_0(
    sampled_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_drill_receiver("ops"), make_drill_receiver("hook")
    ending(monkeypatch, LoadTestState.FINISHED, passed=True, report="Passed: it fired.\nops: accepted.")
    output, failure, status = run("--expect-alert")
    number = LoadTest.objects.get().pk
    assert output.splitlines() == [
        f"Drill {number} of db-01: 2 workers for 120 s. Ctrl-C cancels it.",
        "CPU must fire within 98 s, and hook, ops must be told.",
        "Passed: it fired.",
        "ops: accepted.",
    ]
    assert (failure, status) == ("", 0)


def test_a_drill_without_receivers_says_so_from_the_start(
    sampled_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending(monkeypatch, LoadTestState.FINISHED, passed=True, report="Passed: it fired.")
    output, _, status = run("--expect-alert")
    assert "CPU must fire within 98 s. No receiver takes part, so nothing will be proven about" in output
    assert status == 0


def test_a_failed_drill_exits_with_1(sampled_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    ending(monkeypatch, LoadTestState.FINISHED, passed=False, report="Failed: no.")
    output, failure, status = run("--expect-alert")
    assert output.splitlines()[-1] == "Failed: no."
    assert (failure, status) == (f"Drill {LoadTest.objects.get().pk} failed.", 1)


@pytest.mark.parametrize("state", [LoadTestState.CANCELLED, LoadTestState.FAILED])
def test_a_drill_that_did_not_run_to_its_end_exits_with_1(
    sampled_host: Host, monkeypatch: pytest.MonkeyPatch, state: LoadTestState
) -> None:
    ending(monkeypatch, state)
    assert run("--expect-alert")[2] == 1


def test_receivers_and_rule_are_chosen_by_name(sampled_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ops", "hook", "other"):
        make_drill_receiver(name)
    Rule.objects.create(
        name="Quick", metric="cpu_percent", window_seconds=2, threshold=50, clear_threshold=50
    )
    ending(monkeypatch, LoadTestState.FINISHED, passed=True)
    output, _, status = run("--expect-alert", "--rule", "Quick", "--receiver", "ops", "--receiver", "hook")
    assert "Quick must fire within 4 s, and hook, ops must be told." in output
    assert status == 0


def test_a_disk_test_is_asked_for_by_its_kind(sampled_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    ending(monkeypatch, LoadTestState.FINISHED)
    assert run("--kind", "io")[2] == 0
    assert LoadTest.objects.get().kind == "io"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--expect-alert", "--seconds", "60"], "CPU promises to fire within 98.0 s: give at least 98 seconds, not 60."),
        (["--expect-alert", "--seconds", "2m"], "--seconds is '2m': give a whole number."),
        (["--expect-alert", "--workers", "3"], "A load test of db-01 has 1 to 2 workers; 3 is not possible."),
        (["--expect-alert", "--receiver", "x"], "There is no receiver 'x'. Those that hear of this drill: none."),
        (["--expect-alert", "--workers", "1"],
         "CPU needs 75 %, but 1 worker brings it to 50 % at most: expect another rule."),
        (["--kind", "net"], "A load test is of the kind cpu or io; 'net' is not possible."),
        (["--receiver", "x"], "--receiver needs --expect-alert."),
        (["--rule", "CPU"], "--rule needs --expect-alert."),
    ],
)  # fmt: skip
def test_wrong_usage_gets_a_sentence_and_exit_status_2(
    sampled_host: Host, arguments: list[str], sentence: str
) -> None:
    assert run(*arguments) == ("", sentence, 2)
    assert not LoadTest.objects.exists()


def test_an_alert_that_stands_is_no_wrong_usage(sampled_host: Host) -> None:
    make_alert(sampled_host, rule=Rule.objects.get(name="CPU"))
    _, failure, status = run("--expect-alert")
    assert (failure[:29], status) == ("The alert CPU stands already,", 1)


def test_switched_off_load_tests_are_no_wrong_usage(sampled_host: Host, settings: Any) -> None:
    settings.LOADMON_LOADTEST = "no"
    assert run("--expect-alert")[2] == 1
    assert requests.unfinished(sampled_host) is None
