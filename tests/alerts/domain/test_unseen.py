"""Words of what an alert is of and is not measured any more."""

from __future__ import annotations

import pytest

from monitor.alerts.domain.unseen import named, since_ms, told, unseen
from monitor.metrics.catalogue import Unit


def member(name, value=95.0, gone_at=None, is_back=False, adds_up=False):
    return {"name": name, "value": value, "gone_at": gone_at, "is_back": is_back, "adds_up": adds_up}


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["/data"], "/data"),
        (["/a", "/b"], "/a and /b"),
        (["/a", "/b", "/c"], "/a, /b and /c"),
        (["/a", "/b", "/c", "/d", "/e"], "/a, /b, /c and 2 more"),
        (["/a\n\u202eb"], "/a??b"),
    ],
)
def test_names_are_told_in_a_sentence_and_are_harmless(names, text):
    assert named(names) == text


def test_a_disk_that_is_gone_keeps_the_alert_open_and_says_until_when():
    members = [member("/data", gone_at=1000), member("/srv", 92.0)]
    assert unseen(members, "disk_fullest_percent", Unit.PERCENT, 0) == (
        "/data is no longer measured (unmounted, read-only or hidden): "
        "the alert stays open until it is seen again or somebody ends it."
    )
    assert since_ms(members) == 1000


def test_of_a_sum_what_is_gone_counts_and_its_rate_is_told():
    members = [member("eth0", 70e6, 1000, adds_up=True), member("eth1", 20e6, 2000, adds_up=True)]
    text = unseen(members, "network_received_bytes_per_second", Unit.BYTES_PER_SECOND, 0)
    assert text.startswith("eth0 and eth1 are no longer measured (removed or renamed) and count with the ")
    assert text.endswith(" last seen, until they are seen again or somebody ends it.")
    assert "90" in text or "85.8" in text


def test_what_is_back_is_judged_once_the_window_holds_it():
    members = [member("cpu1", gone_at=1000, is_back=True)]
    text = unseen(members, "cpu_busiest_core_percent", Unit.PERCENT, 600)
    assert text == "cpu1 is measured again: the alert is judged once it was for 10 min."


def test_where_all_is_measured_there_is_nothing_to_say():
    assert unseen([member("/data")], "disk_fullest_percent", Unit.PERCENT, 0) == ""
    assert since_ms([member("/data")]) is None
    assert unseen([], "load1", Unit.LOAD, 0) == ""


def test_a_change_tells_the_names_with_what_they_last_had():
    assert told([member("/data", 95.0)], ["/data", "/srv"], Unit.PERCENT) == "/data (95 %) and /srv"
