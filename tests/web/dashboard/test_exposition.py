"""The Prometheus text."""

import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.metrics.catalogue import CATALOGUE
from monitor.web.dashboard import exposition
from tests.factories import NOW_MS, make_alert, make_host, make_samples

pytestmark = pytest.mark.django_db


def scraped(now_ms: int = NOW_MS) -> dict[tuple, float]:
    """Every value by (name, label values)."""
    families = text_string_to_metric_families(exposition.text(now_ms).decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_newest_sample_of_each_host_is_told() -> None:
    make_samples(make_host("a"), 2, load1=[1.0, 2.0])
    make_samples(make_host("b"), 1, load1=3.0, self_rss_bytes=2.0**30)
    values = scraped()
    assert (values["loadmon_load1", "a"], values["loadmon_load1", "b"]) == (2.0, 3.0)
    assert values["loadmon_self_rss_bytes", "b"] == 2.0**30
    assert values["loadmon_sample_age_seconds", "a"] == 0.0


def test_every_metric_of_the_catalogue_is_told_under_its_name() -> None:
    make_samples(make_host("a"), 1, **dict.fromkeys(CATALOGUE, 1.0))
    assert {f"loadmon_{name}" for name in CATALOGUE} <= {key[0] for key in scraped()}


def test_what_is_not_known_is_left_out_and_never_zero() -> None:
    make_samples(make_host("a"), 1, load1=None)
    assert ("loadmon_load1", "a") not in scraped()


def test_an_old_sample_is_told_by_its_age_alone() -> None:
    make_samples(make_host("a"), 1)
    assert ("loadmon_load1", "a") in scraped(NOW_MS + 300_000)
    values = scraped(NOW_MS + 301_000)
    assert ("loadmon_load1", "a") not in values
    assert values["loadmon_sample_age_seconds", "a"] == 301.0


def test_a_sample_that_lies_ahead_has_no_age_and_no_value_of_now() -> None:
    make_samples(make_host("a"), 1, end_ms=NOW_MS + 3_600_000)
    assert not [key for key in scraped() if key[0] in ("loadmon_load1", "loadmon_sample_age_seconds")]


def test_open_alerts_are_counted_by_host_and_severity() -> None:
    host = make_host("a")
    make_alert(host)
    make_alert(host, rule_name="Load")
    make_alert(host, severity="critical")
    make_alert(host, NOW_MS - 9000, NOW_MS)
    make_host("b")
    values = scraped()
    counts = {key[1:]: value for key, value in values.items() if key[0] == "loadmon_open_alerts"}
    assert counts == {("a", "warning"): 2.0, ("a", "critical"): 1.0, ("a", "info"): 0.0,
                      ("b", "warning"): 0.0, ("b", "critical"): 0.0, ("b", "info"): 0.0}  # fmt: skip


def test_a_hostile_host_name_stays_one_label() -> None:
    name = 'a"} 1\nevil{x="\\'
    make_samples(make_host(name), 1, load1=2.0)
    assert scraped()["loadmon_load1", name] == 2.0


def test_nothing_stored_is_an_empty_page_not_an_error() -> None:
    assert scraped() == {}


def test_the_page_is_served_as_prometheus_text(client, settings, monkeypatch) -> None:
    settings.LOADMON_PUBLIC = "yes"
    monkeypatch.setattr(time, "time_ns", lambda: NOW_MS * 1_000_000)
    make_samples(make_host("a"), 1)
    response = client.get("/metrics", HTTP_ACCEPT="application/openmetrics-text; version=x; escaping=\0")
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert b'loadmon_cpu_percent{host="a"} 20.0\n' in response.content
