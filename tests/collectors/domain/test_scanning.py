"""How often processes are scanned."""

from monitor.collectors.domain.scanning import CALM_SECONDS, MOST_SHARE, WATCHFUL_SECONDS, Pace, pause


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
