"""How often processes are scanned."""

from monitor.collectors.domain.scanning import CALM_SECONDS, MOST_SHARE, WATCHFUL_SECONDS, Pace, is_due, pause


def test_scans_are_rare_while_all_is_calm_and_frequent_when_an_alert_is_near():
    assert (
        (pause(Pace.CALM, 0.004), pause(Pace.WATCHFUL, 0.004))
        == (CALM_SECONDS, WATCHFUL_SECONDS)
        == (15.0, 2.0)
    )


def test_a_look_at_once_leaves_a_second_between_it_and_the_last():
    assert pause(Pace.AT_ONCE, 0.004) == 1.0


def test_scans_never_take_more_than_a_hundredth_of_a_core():
    assert {pause(pace, 0.4) for pace in Pace} == {0.4 / MOST_SHARE} == {40.0}


def test_calm_scans_begin_with_the_quarters_of_a_minute_and_never_within_one_again():
    assert [is_due(Pace.CALM, passed, 60_000, 60_000 + 1000 * passed, 0.004) for passed in (2, 14, 15, 16)] == [
        False, False, True, True,
    ]  # fmt: skip


def test_a_calm_scan_leaves_two_seconds_between_it_and_the_last_and_more_where_it_is_dear():
    assert not is_due(Pace.CALM, 1.0, 74_500, 75_500, 0.004)
    assert is_due(Pace.CALM, 2.0, 74_500, 76_500, 0.004)
    assert not is_due(Pace.CALM, 15.0, 60_000, 75_000, 0.4)
    assert is_due(Pace.CALM, 40.0, 60_000, 100_000, 0.4)
