"""How often processes are scanned."""

from monitor.collectors.domain.scanning import CALM_SECONDS, MOST_SHARE, WATCHFUL_SECONDS, pause


def test_scans_are_rare_while_all_is_calm_and_frequent_when_an_alert_is_near():
    assert (pause(False, 0.004), pause(True, 0.004)) == (CALM_SECONDS, WATCHFUL_SECONDS) == (15.0, 2.0)


def test_scans_never_take_more_than_a_hundredth_of_a_core():
    assert pause(True, 0.4) == 0.4 / MOST_SHARE == 40.0
    assert pause(False, 0.4) == 40.0
