"""Silences: what they cover, weekly windows over midnight, and days on which the clocks are changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.notifications.domain.silences import Quiet, covering, end_of_quiet, instant

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def utc(day, hour, minute=0, month=3):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def weekly(days, begin, until, zone=BERLIN, **fields):
    return Quiet(
        **({"starts_at": LONG_AGO} | fields), weekdays=frozenset(days), begin=begin, until=until, zone=zone
    )


def test_a_silence_lasts_from_its_beginning_until_just_before_its_end():
    quiet = Quiet(NOON, NOON + timedelta(hours=1))
    assert not quiet.covers(NOON - timedelta(seconds=1))
    assert quiet.covers(NOON)
    assert quiet.covers(NOON + timedelta(minutes=59))
    assert not quiet.covers(NOON + timedelta(hours=1))


@pytest.mark.parametrize(
    ("rule", "host", "covered"),
    [(None, None, True), (1, None, True), (2, None, False), (1, 7, True), (1, 8, False)],
)
def test_a_silence_holds_back_its_own_rule_and_host(rule, host, covered):
    quiet = Quiet(NOON, NOON + timedelta(hours=1), rule_id=rule, host_id=host)
    assert bool(covering([quiet], 1, 7, NOON)) is covered


def test_what_a_deleted_rule_left_is_held_back_by_a_silence_of_every_rule_only():
    end = NOON + timedelta(hours=1)
    assert covering([Quiet(NOON, end)], None, 7, NOON)
    assert not covering([Quiet(NOON, end, rule_id=1)], None, 7, NOON)


def test_a_weekly_window_is_meant_in_local_time():
    quiet = weekly([2], time(9), time(17))
    assert not quiet.covers(utc(4, 7, 59))
    assert quiet.covers(utc(4, 8))  # 9:00 in Berlin
    assert not quiet.covers(utc(4, 16))
    assert not quiet.covers(utc(5, 8))


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins():
    quiet = weekly([2], time(22), time(6))
    assert quiet.covers(utc(4, 22))  # Wednesday 23:00 in Berlin
    assert quiet.covers(utc(5, 4, 59))
    assert not quiet.covers(utc(5, 5))
    assert not quiet.covers(utc(4, 4))  # the early Wednesday belongs to Tuesday's


def test_a_window_from_midnight_to_midnight_is_the_whole_day():
    quiet = weekly([2], time(0), time(0))
    assert quiet.covers(utc(3, 23))
    assert quiet.covers(utc(4, 22, 59))
    assert not quiet.covers(utc(4, 23))


def test_a_weekly_silence_keeps_to_its_own_beginning_and_end():
    quiet = weekly([2], time(9), time(17), starts_at=utc(4, 10), ends_at=utc(4, 12))
    assert not quiet.covers(utc(4, 9))
    assert quiet.end_at(utc(4, 11)) == utc(4, 12)
    assert not quiet.covers(utc(4, 13))


def test_a_weekly_silence_that_was_ended_early_stands_again_from_its_next_window_on():
    quiet = weekly([2, 3], time(9), time(9), resumes_at=utc(5, 8))
    assert not quiet.covers(utc(4, 12))
    assert quiet.end_at(utc(5, 8)) == utc(6, 8)


def test_a_beginning_that_is_skipped_in_spring_is_the_moment_of_the_change():
    quiet = weekly([6], time(2, 30), time(4))  # on 29 March 2026 2:00 is followed by 3:00
    assert not quiet.covers(utc(29, 0, 59))
    assert quiet.covers(utc(29, 1))  # 3:00
    assert not quiet.covers(utc(29, 2))  # 4:00


def test_an_end_that_is_skipped_in_spring_is_the_moment_of_the_change():
    assert weekly([6], time(1), time(2, 30)).end_at(utc(29, 0, 30)) == utc(29, 1)


def test_a_window_that_is_skipped_as_a_whole_does_not_happen():
    quiet = weekly([6], time(2, 10), time(2, 50))
    assert not any(quiet.covers(utc(29, 0) + timedelta(minutes=5 * step)) for step in range(36))


def test_a_night_of_23_hours_and_one_of_25_end_at_the_same_local_time():
    night = weekly([5], time(22), time(6))
    assert night.end_at(utc(28, 22)) == utc(29, 4)
    assert night.end_at(utc(24, 21, month=10)) == utc(25, 5, month=10)


def test_a_window_has_no_hole_where_an_hour_comes_twice_in_autumn():
    quiet = weekly([6], time(2, 15), time(2, 45))  # on 25 October 2026 3:00 is followed by 2:00
    assert not quiet.covers(utc(25, 0, 14, month=10))
    covered = [quiet.covers(utc(25, 0, 15, month=10) + timedelta(minutes=m)) for m in range(90)]
    assert all(covered)  # from the first 2:15 to the second 2:45
    assert not quiet.covers(utc(25, 1, 45, month=10))


def test_the_present_quiet_ends_with_the_last_of_silences_that_follow_each_other():
    first, second = Quiet(NOON, NOON + timedelta(hours=1)), Quiet(NOON, NOON + timedelta(hours=3))
    third = Quiet(NOON + timedelta(hours=3), NOON + timedelta(hours=4))
    assert end_of_quiet([first, second, third], 1, 1, NOON) == NOON + timedelta(hours=4)


def test_without_a_silence_nothing_is_quiet():
    assert covering([], 1, 1, NOON) == []
    assert end_of_quiet([], 1, 1, NOON) == NOON
    assert end_of_quiet([Quiet(NOON, NOON + timedelta(hours=1), rule_id=2)], 1, 1, NOON) == NOON


def test_a_quiet_on_all_days_and_hours_has_no_end():
    assert end_of_quiet([weekly(range(7), time(0), time(0))], 1, 1, NOON) is None
    assert end_of_quiet([Quiet(NOON)], 1, 1, NOON) is None


def test_a_skipped_local_time_is_the_moment_of_the_change():
    assert instant(date(2026, 3, 29), time(2, 30), BERLIN, 0) == utc(29, 1)
    assert instant(date(2026, 3, 29), time(2, 0), BERLIN, 1) == utc(29, 1)


@given(
    st.timedeltas(timedelta(0), timedelta(days=365)),
    st.times(),
    st.times(),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_a_window_covers_everything_until_the_end_that_it_tells(after, begin, until, days, zone):
    at = datetime(2026, 1, 1, tzinfo=UTC) + after
    quiet = weekly(days, begin, until, ZoneInfo(zone))
    end = quiet.end_at(at)
    assert end is not None
    assert at <= end <= at + timedelta(hours=25)
    for part in (0.0, 0.3, 0.999):
        moment = at + (end - at) * part
        assert quiet.covers(moment) is (moment < end)
