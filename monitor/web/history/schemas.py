"""Schema of a span of the past with what happened in it."""

from __future__ import annotations

from monitor.history.answers import Numbers
from monitor.web.alerts.schemas import Alert
from monitor.web.loadtests.schemas import LoadTest


class History(Numbers):
    """A span of time in buckets aligned to the epoch; `times` are their starts, tier 0 is the samples themselves.

    `alerts` are the newest 500 of the span, `load_tests` the newest 200; `alerts_left_out` are older ones.
    """

    alerts: list[Alert]
    alerts_left_out: int
    load_tests: list[LoadTest]
