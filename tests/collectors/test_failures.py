"""Failures are logged once for each reason and hour, and can never flood the log."""

import logging

import pytest

from monitor.collectors.failures import HOUR_SECONDS, MOST_REASONS, FailureLog


@pytest.fixture
def fail(caplog):
    log = FailureLog()
    caplog.set_level(logging.INFO)

    def fail(reason, at, collector="disk"):
        try:
            raise OSError(reason)
        except OSError:
            log.failed(collector, reason, at)

    fail.log = log
    return fail


def test_a_failure_is_logged_with_its_traceback(fail, caplog):
    fail("gone", 0.0)
    assert "Collector disk failed: gone" in caplog.text
    assert "Traceback" in caplog.text


def test_the_same_reason_is_logged_again_only_after_an_hour(fail, caplog):
    for at in (0.0, 1.0, HOUR_SECONDS - 1, HOUR_SECONDS):
        fail("gone", at)
    assert len(caplog.records) == 2


def test_another_reason_and_another_collector_are_logged_at_once(fail, caplog):
    fail("gone", 0.0)
    fail("busy", 1.0)
    fail("gone", 2.0, "network")
    assert len(caplog.records) == 3


def test_reasons_that_differ_each_time_do_not_flood_the_log(fail, caplog):
    for number in range(1000):
        fail(f"process {number} gone", float(number))
    assert len(caplog.records) == MOST_REASONS


def test_a_recovery_is_logged_and_flapping_is_not(fail, caplog):
    for at in range(0, 600, 2):
        fail("gone", float(at))
        fail.log.recovered("disk", at + 1.0)
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
