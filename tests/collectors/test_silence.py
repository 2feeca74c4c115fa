"""Metrics that fall silent are told after a while, and those that never spoke are told apart from them."""

from __future__ import annotations

import pytest

from monitor.collectors.silence import SILENT_SECONDS, Silence

KNOWN, UNKNOWN = {"load1": 1.0, "load5": 2.0}, {"load1": None, "load5": None}


def test_what_had_numbers_and_has_none_for_a_while_has_stopped():
    silence = Silence("loadavg")
    silence.hear(KNOWN, 0.0)
    for at in (1.0, 2.0, 3.0, SILENT_SECONDS):
        silence.hear(UNKNOWN, at)
        assert silence.stopped == ""
    silence.hear({"load1": None, "load5": 1.0}, 1.0 + SILENT_SECONDS)
    assert silence.stopped.startswith("The loadavg collector gives no numbers any more for ")
    silence.hear(KNOWN, 2.0 + SILENT_SECONDS)
    assert silence.stopped == ""


@pytest.mark.parametrize("interval", [1.0, 60.0])
def test_a_rate_without_a_number_at_one_reading_is_none_that_stopped(interval):
    silence = Silence("disk")
    for at in range(30):
        silence.hear(KNOWN if at % 2 else UNKNOWN, at * interval)
        assert (silence.stopped, silence.never) == ("", "")


def test_what_never_had_a_number_is_not_offered():
    silence = Silence("pressure")
    for second in range(20):
        silence.hear(UNKNOWN, float(second))
    assert silence.stopped == ""
    assert silence.never == "The pressure collector finds nothing to measure on this system."
