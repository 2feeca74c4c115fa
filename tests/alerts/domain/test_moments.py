"""Which time evidence tells of, in words."""

from __future__ import annotations

import pytest

from monitor.alerts.domain.moments import LED_TO, TITLES, told_of
from monitor.alerts.models import EvidenceMoment


@pytest.mark.parametrize(
    ("moment", "judged", "seconds", "told"),
    [
        ("onset", 20.0, 19.0, "over the 20 s before it fired"),
        ("onset", 20.0, 8.0, "over the 20 s before it fired; processes were looked at in 8 s of that"),
        ("peak", 30.0, None, "over the 30 s before it was at its worst; processes were looked at in none of that"),
        ("recovery", 30.0, 30.0, "over the 30 s before it ended"),
        ("onset", None, 8.0, ""),
        ("onset", 0.0, 8.0, ""),
        ("another", 20.0, 8.0, ""),
    ],
)  # fmt: skip
def test_the_time_and_how_much_of_it_was_looked_at_are_told(moment, judged, seconds, told):
    assert told_of(moment, judged, seconds) == told


def test_every_moment_has_its_words():
    assert set(TITLES) == set(LED_TO) == set(EvidenceMoment.values)
