"""Overload in the JSON API: the episodes with the alerts that stood then, and one answer for every range."""

import threading

import pytest

from monitor.metrics.times import moment
from monitor.web import turns
from monitor.web.history import overloads
from tests.factories import make_alert, make_host, make_samples
from tests.stages.api import get, is_error
from tests.stages.rolling import START

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]


def sampled(host):
    """Half a minute of overload, ten seconds after the start, in two minutes of samples."""
    make_samples(host, 120, START + 120_000, load1=[1.0] * 10 + [3.0] * 30 + [1.0] * 80)


def asked(client, start_ms, end_ms):
    return get(client, "overloads", start=moment(start_ms).isoformat(), end=moment(end_ms).isoformat())


def test_the_episodes_are_told_with_what_reached_its_limit_and_the_alerts_that_stood_then(client, host):
    sampled(host)
    make_alert(host, START - 60_000, START + 5_000, rule_name="Before")
    stood = [
        make_alert(host, START + 20_000, START + 30_000, rule_name="Load"),
        make_alert(host, START + 30_000, rule_name="CPU"),
    ]
    make_alert(host, START + 90_000, START + 95_000, rule_name="After")
    make_alert(make_host("other"), START + 20_000, rule_name="Elsewhere")
    found = get(
        client,
        "overloads",
        host=host.name,
        start=moment(START).isoformat(),
        end=moment(START + 120_000).isoformat(),
    )
    episode = {
        "start_at": START + 10_000, "end_at": START + 40_000, "seconds": 30.0, "least_seconds": 30.0,
        "resolution_seconds": 0, "reached": [{"metric": "load1", "worst": 3.0, "limit": 2.0}],
        "alerts": [{"id": stood[0].pk, "title": "Load"}, {"id": stood[1].pk, "title": "CPU"}],
    }  # fmt: skip
    assert found == {
        "host": host.name, "start_at": START, "end_at": START + 120_000, "oldest_at": START + 1000, "count": 1,
        "total_seconds": 30.0, "seconds_within": 30.0, "unknown_seconds": 0.0, "episodes": [episode], "last": episode,
        "ongoing": False, "notes": [],
        "parts": [{"start_at": START + 1000, "end_at": START + 120_000, "resolution_seconds": 0}],
    }  # fmt: skip


def test_every_range_tells_the_same_episode_and_the_same_last_one(client, host):
    sampled(host)
    answers = [
        asked(client, START - width, START + 35_000) for width in (0, 60_000, 3_600_000, 300 * 86_400_000)
    ]
    assert [one["episodes"] for one in answers] == [answers[0]["episodes"]] * 4
    assert (answers[0]["total_seconds"], answers[0]["seconds_within"]) == (30.0, 25.0)
    later = asked(client, START + 100_000, START + 110_000)
    assert (later["count"], later["last"]) == (0, answers[0]["last"])


def test_a_crowd_is_a_503_with_a_time_to_come_again(client, host, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(overloads.TURN, "_free", threading.Semaphore(0))
    response = client.get("/api/v1/overloads")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert is_error(response.json(), 503)


@pytest.mark.parametrize("parameters", [{"start": "now", "end": "-1h"}, {"start": "x"}, {"metrics": "load1"}])
def test_nonsense_is_refused(client, host, parameters):
    assert is_error(get(client, "overloads", 400, **parameters), 400)
