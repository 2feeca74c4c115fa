"""Courses: buckets of several tiers become those of a chart, and nothing known stays nothing known."""

from monitor.usage.domain.courses import Bucket, courses, covered_ms, folded, tenths
from monitor.usage.domain.kinds import KINDS

MINUTE_MS = 60_000


def bucket(start, *each, covered_ms=MINUTE_MS, not_seen_ms=0, others=0, lacking=None):
    known = [one for one in each if one is not None]
    return Bucket(
        start,
        covered_ms,
        not_seen_ms,
        others,
        sum(known) if known else None,
        each,
        lacking or (0,) * len(each),
    )


def told(buckets, by="cpu", minutes=range(2), count=1):
    starts = range(minutes.start * MINUTE_MS, minutes.stop * MINUTE_MS, MINUTE_MS)
    return courses(buckets, KINDS[by], starts, count, has_rest=by == "cpu")


def test_minutes_fold_into_the_bucket_of_their_tier():
    found = folded(
        [bucket(15, 100, covered_ms=9), bucket(17, 50, covered_ms=1, not_seen_ms=3), bucket(30, 7)], 15
    )
    assert found == [bucket(15, 150, covered_ms=10, not_seen_ms=3), bucket(30, 7)]


def test_a_minute_without_a_coarse_bucket_makes_one():
    assert folded([bucket(17, 50)], 15) == [bucket(15, 50)]


def test_what_is_unknown_in_one_part_is_known_of_the_other():
    found = folded([bucket(0, None, 5, lacking=(1, 0)), bucket(1, 7, None, lacking=(0, 0))], 15)
    assert (found[0].each, found[0].together, found[0].lacking) == ((7, 5), 12, (1, 0))


def test_a_chart_bucket_is_the_mean_of_what_lies_in_it():
    starts = range(0, 4 * MINUTE_MS, 2 * MINUTE_MS)
    buckets = [bucket(0, 60_000), bucket(1, 0), bucket(3, 30_000, covered_ms=30_000)]
    found = courses(buckets, KINDS["cpu"], starts, 1, has_rest=True)
    assert (found.each[0].series, found.each[0].highest, found.each[0].highest_at_ms) == ([0.5, 1.0], 1.0, 0)


def test_a_bucket_that_speaks_for_no_time_is_not_known():
    assert told([bucket(0, 5, covered_ms=0)]).each[0].series == [None, None]


def test_no_buckets_are_a_course_of_nothing_for_each():
    found = told([], count=2)
    assert [one.series for one in (*found.each, found.others, found.not_seen)] == [[None, None]] * 4
    assert found.others.highest is None


def test_what_was_not_seen_is_known_of_cpu_time_alone():
    assert told([bucket(0, 5, not_seen_ms=6000)]).not_seen.series == [0.1, None]
    assert told([bucket(0, 5, not_seen_ms=6000)], by="memory").not_seen.series == [None, None]


def test_the_tenths_are_those_of_what_is_known_in_whole_buckets():
    buckets = [bucket(start, 1) for start in range(100, 130)] + [bucket(500, 1, covered_ms=0)]
    assert tenths(buckets, 1) == ((100, 103), (127, 130))
    assert covered_ms(buckets, (100, 103)) == 3 * MINUTE_MS
    assert tenths([bucket(0, 1), bucket(15, 1)], 15) == ((0, 15), (15, 30))
    assert tenths([bucket(0, 1)], 15) is None
