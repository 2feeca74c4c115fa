"""What happened on a host, as the page and the API get it."""

import pytest

from monitor.hosts.models import Host
from monitor.metrics.times import moment
from monitor.notifications import silences
from monitor.web.alerts.schemas import Alert
from monitor.web.dashboard import episodes, status
from tests.factories import NOW_MS, make_alert, make_host, make_rule
from tests.stages.members import DISK, GONE

pytestmark = pytest.mark.django_db
START = NOW_MS - NOW_MS % 60_000


def test_the_alerts_frame_holds_the_open_ones_the_newest_twenty_and_the_count_of_a_day() -> None:
    host = make_host()
    make_alert(make_host("other"))
    for minute in range(30):
        make_alert(host, NOW_MS - 7_200_000 + minute * 60_000, NOW_MS - 1000)
    make_alert(host, NOW_MS - 90_000_000, NOW_MS - 89_000_000)
    still_open = make_alert(host, NOW_MS)
    frame = status.alerts_frame(host, NOW_MS)
    assert [alert["id"] for alert in frame["open"]] == [still_open.pk]
    assert (len(frame["recent"]), frame["recent"][0]["id"]) == (20, still_open.pk)
    assert frame["count_24h"] == 31


def test_each_alert_says_its_condition_and_whether_a_silence_holds_it_back() -> None:
    host, rule = make_host(), make_rule()
    make_alert(host, NOW_MS, rule=rule)
    make_alert(host, NOW_MS - 60_000, NOW_MS - 1000, metric="load1", threshold=2.0)
    silences.create(None, moment(NOW_MS), rule=rule, ends_at=moment(NOW_MS + 1000))
    for at_ms, silenced in ((NOW_MS, True), (NOW_MS + 1000, False)):
        frame = status.alerts_frame(host, at_ms)
        told = [(alert["condition"], alert["silenced"]) for alert in frame["recent"]]
        assert told == [("CPU busy at 75 % or above", silenced), ("Load 1 min at 2 or above", False)]
        assert [alert["silenced"] for alert in frame["open"]] == [silenced]


def test_an_alert_on_a_maximum_names_its_member_and_one_on_a_sum_names_none() -> None:
    host = make_host()
    of_a_sum = [GONE[1] | {"adds_up": True}]
    make_alert(host, NOW_MS, **DISK, members=GONE)
    make_alert(host, NOW_MS - 1000, **DISK | {"metric": "disk_read_bytes_per_second"}, members=of_a_sum)
    conditions = [one["condition"] for one in status.alerts_frame(host, NOW_MS)["open"]]
    assert conditions[0] == "Fullest file system at 90 % or above, /data"
    assert not conditions[1].endswith("/srv")


def test_an_alert_is_silenced_by_any_of_many_silences() -> None:
    host, rule = make_host(), make_rule()
    end = moment(NOW_MS + 1000)
    silences.create(None, moment(NOW_MS - 1000), rule=rule, ends_at=end)
    for number in range(12):
        silences.create(None, moment(NOW_MS), rule=make_rule(f"Other {number}"), ends_at=end)
    make_alert(host, NOW_MS, rule=rule)
    assert status.alerts_frame(host, NOW_MS)["open"][0]["silenced"]


def test_the_api_tells_open_alerts_as_its_schema_has_them() -> None:
    make_alert(make_host())
    [alert] = episodes.open_alerts(Host.objects.get())
    assert set(alert) == set(Alert.__annotations__)


def test_rules_come_with_absolute_thresholds_and_a_sentence() -> None:
    host = make_host(effective_cores=4.0)
    make_rule("Queue", metric="load1", threshold=1.5, clear_threshold=1.0, per_core=True)
    rule = next(rule for rule in episodes.rules(host) if rule["name"] == "Queue")
    assert (rule["threshold"], rule["clear"]) == (6.0, 4.0)
    assert rule["sentence"].startswith("Fires when ")


def test_a_rule_tells_both_of_its_levels() -> None:
    host = make_host(effective_cores=4.0)
    make_rule("Queue", metric="load1", threshold=1.5, clear_threshold=1.0, per_core=True, critical_metric="load5",
              critical_threshold=2.0, critical_clear_threshold=1.5)  # fmt: skip
    rule = next(rule for rule in episodes.rules(host) if rule["name"] == "Queue")
    assert (rule["critical_threshold"], rule["critical_clear"], rule["critical_metric"]) == (
        8.0,
        6.0,
        "load5",
    )
    assert (rule["comparison"], rule["statistic"]) == ("above", "mean")


def test_the_thresholds_of_a_share_of_time_are_percent_whatever_the_cores() -> None:
    host = make_host(effective_cores=4.0)
    make_rule("Share", metric="load1", statistic="share", window_seconds=600, level=1.0, threshold=50.0,
              clear_threshold=30.0, per_core=True)  # fmt: skip
    rule = next(rule for rule in episodes.rules(host) if rule["name"] == "Share")
    assert (rule["threshold"], rule["clear"], rule["critical_threshold"]) == (50.0, 30.0, None)


def test_a_rule_per_core_has_no_threshold_while_the_cores_are_unknown() -> None:
    make_rule("Queue", metric="load1", threshold=1.5, clear_threshold=1.0, per_core=True)
    rule = next(rule for rule in episodes.rules(None) if rule["name"] == "Queue")
    assert rule["threshold"] is None
