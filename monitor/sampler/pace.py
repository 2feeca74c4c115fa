"""Pace of the looks at processes, by how near an alert is."""

from __future__ import annotations

from monitor.collectors.domain.scanning import NEAR, Pace
from monitor.rules.domain.evaluator import Evaluator

SOON_INTERVALS = 1.5
"""The next reading comes within so many, jitter included."""


def pace(evaluator: Evaluator, interval: float) -> Pace:
    """Often near an alert, at once where one may fire, so that its last seconds are seen."""
    if evaluator.may_fire_within(SOON_INTERVALS * interval):
        return Pace.AT_ONCE
    return Pace.WATCHFUL if evaluator.nearness() > NEAR or evaluator.is_open() else Pace.CALM
