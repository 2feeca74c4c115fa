"""GET backtest: the numbers of a rule tried on the past."""

import threading

import pytest

from monitor.web import turns
from monitor.web.rules import panel
from tests.factories import NOW_MS, make_samples, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
END_MS = NOW_MS - NOW_MS % HOUR_MS  # a whole hour


GOOD = {"metric": "cpu_percent", "threshold": "75", "clear_threshold": "65"}


def get(client, status=200, **parameters):
    response = client.get("/api/v1/backtest", GOOD | parameters)
    assert response.status_code == status, response.content
    return response.json()


def test_the_api_answers_with_the_documented_shape(client, host, monkeypatch):
    monkeypatch.setattr("time.time_ns", lambda: END_MS * 1_000_000)
    make_samples(host, 300, END_MS, cpu_percent=[10.0] * 100 + [90.0] * 50 + [10.0] * 150)
    shape = get(client, days="7", hold_seconds="0")
    assert set(shape) == {
        "host", "metric", "statistic", "comparison", "start_at", "end_at", "resolution_seconds", "threshold", "clear",
        "critical_threshold", "count", "critical_count", "total_seconds", "longest_seconds",
        "episodes", "suggested_threshold", "suggested_clear_threshold", "no_suggestion", "rule_sentence", "sentence",
        "notes",
    }  # fmt: skip
    assert (shape["start_at"], shape["end_at"], shape["count"]) == (END_MS - 7 * DAY_MS, END_MS, 1)
    assert set(shape["episodes"][0]) == {
        "started_at",
        "fired_at",
        "resolved_at",
        "last_seen_at",
        "peak",
        "severity",
        "end_observed",
    }


def test_the_clear_is_the_threshold_unless_told(client, host):
    response = client.get("/api/v1/backtest", {"metric": "cpu_percent", "threshold": "-1.5e1"})
    assert (response.json()["threshold"], response.json()["clear"]) == (-15.0, -15.0)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"metric": "nonsense"}, "There is no metric 'nonsense'. Metrics: cpu_percent,"),
        ({"metric": ""}, "There is no metric ''."),
        ({"threshold": "nan"}, "threshold must be a number such as 75 or 0.8, of at most 15 digits, not 'nan'."),
        ({"threshold": ""}, "threshold must be a number such as 75 or 0.8, of at most 15 digits, not ''."),
        ({"threshold": "1e99"}, "not '1e99'."),
        ({"threshold": "1_0"}, "not '1_0'."),
        ({"threshold": "٣"}, "threshold must be a number"),
        ({"comparison": "beside"}, "comparison must be above or below, not 'beside'."),
        ({"statistic": "mode"}, "statistic must be mean, max or share, not 'mode'."),
        ({"critical_metric": "nonsense"}, "There is no metric 'nonsense'."),
        ({"unless_metric": "load1"}, "Give the value too, or no metric."),
        ({"level": "5"}, "Only a share of time has a level"),
        ({"critical_threshold": "70"}, "It must lie above the threshold 75, where the alert fires."),
        ({"comparison": "below"}, "The alert could never clear: 65 lies below the threshold 75."),
        ({"clear_threshold": "80"}, "The alert could never clear: 80 lies above the threshold 75."),
        ({"window_seconds": "3601"}, "window_seconds must be a whole number from 0 to 3600, not '3601'."),
        ({"window_seconds": "-1"}, "window_seconds must be a whole number from 0 to 3600, not '-1'."),
        ({"for_seconds": "1.5"}, "for_seconds must be a whole number from 0 to 3600, not '1.5'."),
        ({"hold_seconds": "86401"}, "hold_seconds must be a whole number from 0 to 86400, not '86401'."),
        ({"per_core": "yes"}, "per_core must be true or false, not 'yes'."),
        ({"days": "0"}, "days must be a whole number from 1 to 400, not '0'."),
        ({"days": "401"}, "days must be a whole number from 1 to 400, not '401'."),
        ({"days": "9" * 5000}, "days must be a whole number from 1 to 400, not '99"),
        ({"dayz": "1"}, "There is no query parameter 'dayz': known are host, metric,"),
    ],
)  # fmt: skip
def test_wrong_input_is_a_400_with_a_sentence(client, host, parameters, sentence):
    shape = get(client, 400, **parameters)
    assert (shape["ok"], shape["status"]) == (False, 400)
    assert sentence in shape["error"]


def test_a_missing_parameter_is_named(client, host):
    response = client.get("/api/v1/backtest", {"metric": "cpu_percent"})
    assert (response.status_code, response.json()["error"]) == (400, "threshold: Field required.")


def test_an_unknown_host_is_a_404(client, host):
    assert "There is no host 'nowhere'" in get(client, 404, host="nowhere")["error"]


def test_a_crowd_is_a_503_with_a_time_to_come_again(client, host, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(panel.TURN, "_free", threading.Semaphore(0))
    response = client.get("/api/v1/backtest", GOOD)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.json()["error"] == "Other back-tests are running. Try again in a few seconds."


def test_a_stranger_learns_nothing_where_the_monitor_is_private(client, host, settings):
    settings.LOADMON_PUBLIC = "no"
    assert get(client, 401)["error"] == "Log in first."
    client.force_login(make_user(), backend=BACKEND)
    assert get(client)["count"] == 0


def test_the_api_document_lists_it(client):
    document = client.get("/api/v1/openapi.json").json()
    operation = document["paths"]["/api/v1/backtest"]["get"]
    found = {one["name"]: one for one in operation["parameters"]}
    assert set(found) == {
        "host", "metric", "comparison", "window_seconds", "statistic", "level", "threshold", "clear_threshold",
        "critical_threshold", "critical_clear_threshold", "critical_metric", "per_core", "for_seconds", "hold_seconds",
        "unless_metric", "unless_value", "days",
    }  # fmt: skip
    assert found["days"]["schema"] | {"default": 30, "minimum": 1, "maximum": 400} == found["days"]["schema"]
    assert {"200", "400", "401", "404", "503"} <= set(operation["responses"])
