"""The chart of a message: where its ticks lie."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.metrics.catalogue import Unit
from monitor.notifications.messages.chart import Chart, time_ticks, value_ticks

END = datetime(2026, 11, 25, 3, 14, 20, tzinfo=ZoneInfo("Europe/Berlin"))


def chart(unit: Unit = Unit.PERCENT, highest: float = 93.0, span: timedelta = timedelta(minutes=31)) -> Chart:
    """A chart of two points."""
    return Chart(
        label="x",
        unit=unit,
        start=END - span,
        end=END,
        times=(1, 2),
        values=(None, highest),
        thresholds=((75.0, "t"),),
    )


@pytest.mark.parametrize(
    ("unit", "highest", "texts"),
    [
        (Unit.PERCENT, 93.0, ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
        (Unit.LOAD, 100.0, ["0", "25", "50", "75", "100"]),
        (Unit.BYTES, 14 * 1024**3, ["0 B", "5 GiB", "10 GiB", "15 GiB"]),
        (Unit.BYTES_PER_SECOND, 0.0, ["0 B/s", "20 B/s", "40 B/s", "60 B/s", "80 B/s"]),
    ],
)
def test_values_are_ticked_at_round_numbers(unit, highest, texts):
    assert [text for _, text in value_ticks(chart(unit, highest))] == texts


@pytest.mark.parametrize("highest", [0.0, 1e-9, 0.3, 7.0, 12345.6, 1e12, 1e18])
@pytest.mark.parametrize("unit", list(Unit))
def test_there_are_never_many_ticks(unit, highest):
    assert 1 <= len(value_ticks(chart(unit, highest))) <= 7


@pytest.mark.parametrize(
    ("span", "first", "count"),
    [
        (timedelta(minutes=31), "02:45", 6),
        (timedelta(hours=5), "23:00", 5),
        (timedelta(hours=24), "06:00", 4),
        (timedelta(minutes=3), "03:12", 3),
    ],
)
def test_times_are_ticked_at_round_times_of_day(span, first, count):
    found = [text for _, text in time_ticks(chart(span=span))]
    assert (found[0], len(found)) == (first, count)


def test_a_span_that_is_none_has_no_ticks():
    assert time_ticks(chart(span=timedelta(0))) == []
