"""The wall clock of the notifier: told apart by the clock of the boot."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from monitor.notifications import wallclock
from monitor.notifications.wallclock import WallClock

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def boot(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds since the boot."""
    seconds = [100.0]
    monkeypatch.setattr(wallclock, "boottime", lambda: seconds[0])
    return seconds


def test_a_clock_that_goes_on_was_never_set(boot: list[float]) -> None:
    clock = WallClock()
    assert clock.look(NOON) == (False, False)
    boot[0] += 60
    assert clock.look(NOON + timedelta(seconds=60)) == (False, False)
    assert (clock.since_set(), clock.in_order()) == (math.inf, 60)


@pytest.mark.parametrize(("seconds", "back"), [(3600, False), (-3600, True)])
def test_one_that_was_set_is_in_order_from_then_on(boot: list[float], seconds: int, back: bool) -> None:
    clock = WallClock()
    clock.look(NOON)
    boot[0] += 60
    assert clock.look(NOON + timedelta(seconds=60 + seconds)) == (True, back)
    boot[0] += 5
    assert clock.look(NOON + timedelta(seconds=65 + seconds)) == (False, False)
    assert (clock.since_set(), clock.in_order()) == (5, 5)
