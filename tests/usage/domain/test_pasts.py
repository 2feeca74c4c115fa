"""Rows of parts become the buckets of a span, and figures are told of them."""

import pytest

from monitor.metrics.parts import UNSEEN, Kind, PartUsed, merged
from monitor.usage.domain.pasts import FIGURES, Row, course, folded, highest, resting, spread

ROOT = PartUsed(60_000, 300 * 60, 1000 * 60, 400, 2000 * 60, 2100)
DISK = PartUsed(60_000, in_bytes=600, out_bytes=60, in_highest=90, out_highest=9, busy_ms=30_000)


def test_what_rested_for_minutes_is_laid_over_them():
    still = merged([ROOT] * 5)
    assert spread(Row(14, still)) == [Row(minute, ROOT) for minute in range(14, 9, -1)]
    assert spread(Row(14, ROOT._replace(seen_ms=20_000))) == [Row(14, ROOT._replace(seen_ms=20_000))]


def test_what_had_no_row_since_rests_up_to_the_end_of_the_quarter_hour_and_no_further():
    found = resting(Row(16, DISK), 18)
    assert [row.start for row in found] == [17, 18]
    assert found[0].used == PartUsed(60_000, in_bytes=0, out_bytes=0, in_highest=0, out_highest=0, busy_ms=0)
    assert resting(Row(16, ROOT), 17) == [Row(17, ROOT)]
    assert resting(Row(16, ROOT), 30) == resting(Row(16, ROOT), 16) == []


def test_a_bucket_holds_its_rows_and_nothing_where_there_are_none():
    rows = [Row(0, DISK), Row(4, DISK), Row(10, DISK), Row(99, DISK)]
    assert folded(rows, range(0, 15, 5)) == [merged([DISK, DISK]), UNSEEN, DISK]


@pytest.mark.parametrize(
    ("kind", "used", "mean", "high"),
    [
        (Kind.FILE_SYSTEM, ROOT, [30.0, 307_200.0, 1_024_000.0, 20.0], [40.0, 409_600.0, 1_024_000.0, 21.0]),
        (Kind.DISK, DISK, [10.0, 1.0, 50.0], [90.0, 9.0, 50.0]),
        (Kind.INTERFACE, DISK, [10.0, 1.0], [90.0, 9.0]),
    ],
)
def test_figures_have_a_mean_and_a_most(kind, used, mean, high):
    found = [course(figure, [used, UNSEEN]) for figure in FIGURES[kind].values()]
    assert [one["mean"] for one in found] == [[value, None] for value in mean]
    assert [one["high"] for one in found] == [[value, None] for value in high]


def test_a_file_system_is_as_full_as_what_is_scarcer():
    full = FIGURES[Kind.FILE_SYSTEM]["full_percent"]
    scarce = ROOT._replace(inodes_permyriad_s=9000 * 60, inodes_highest_permyriad=9500)
    assert course(full, [scarce]) == {"mean": [90.0], "high": [95.0]}
    none = ROOT._replace(inodes_permyriad_s=None, inodes_highest_permyriad=None)
    assert course(full, [none]) == {"mean": [30.0], "high": [40.0]}
    assert course(FIGURES[Kind.FILE_SYSTEM]["inodes_percent"], [none])["mean"] == [None]


def test_the_highest_is_told_with_its_first_bucket():
    figure = FIGURES[Kind.DISK]["read_bytes_per_second"]
    assert highest(figure, [UNSEEN, DISK, DISK]) == (90.0, 1)
    assert highest(figure, [UNSEEN]) is None
