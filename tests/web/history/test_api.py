"""The history in the JSON API: its shape, how long an answer can be kept, and spans that are refused."""

import pytest

from monitor.metrics.catalogue import NAMES
from monitor.metrics.times import moment
from monitor.web.history import schemas
from monitor.web.schemas import schema
from tests.factories import NOW_MS, make_alert, make_host, make_load_test, make_samples
from tests.stages.api import get, is_error
from tests.stages.rolling import roll_up_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]


def test_the_history_answers_as_documented(client) -> None:
    host = make_host()
    make_samples(host, 20)
    make_alert(host)
    make_load_test(host)
    start, end = moment(NOW_MS - 60_000).isoformat(), moment(NOW_MS + 60_000).isoformat()
    span = get(client, "history", start=start, end=end, metrics="load1,cpu_percent,load1", points=30)
    schema(schemas.History).model_validate(span, strict=True)
    assert list(span["series"]) == ["load1", "cpu_percent"]
    assert (span["start_at"], span["end_at"], span["resolution_seconds"]) == (
        NOW_MS - 60_000,
        NOW_MS + 60_000,
        4,
    )
    assert len(span["times"]) == len(span["series"]["load1"]["mean"]) == 30
    assert (len(span["alerts"]), len(span["load_tests"])) == (1, 1)


def test_every_metric_can_be_had_at_once(client) -> None:
    make_samples(make_host(), 3)
    assert list(get(client, "history", metrics=",".join(NAMES))["series"]) == list(NAMES)


def test_the_history_of_the_last_hour_is_the_default(client) -> None:
    make_host()
    span = get(client, "history")
    assert span["end_at"] - span["start_at"] == 3_600_000
    assert list(span["series"]) == ["cpu_percent", "load1", "load5", "load15"]
    assert len(span["gaps"]) == 1


@pytest.mark.parametrize(
    ("asked", "days", "told"),
    [(None, 30, False), ("no", 30, False), ("yes", 1, True), ("auto", 7, False), ("auto", 8, True)],
)
def test_percentiles_come_when_they_are_asked_for(client, asked, days, told) -> None:
    make_samples(make_host(), 3)
    wanted = {} if asked is None else {"percentiles": asked}
    span = get(client, "history", metrics="load1", start=f"-{days}d", **wanted)
    assert ("percentile_seconds" in span, set(span["series"]["load1"]) == {"mean", "low", "high"}) == (
        told,
        not told,
    )
    if told:
        schema(schemas.History).model_validate(span, strict=True)
        assert len(span["series"]["load1"]["p5"]) == len(span["series"]["load1"]["p95"]) == len(span["times"])


def test_a_span_whose_last_window_is_not_over_has_no_etag(client) -> None:
    host = make_host()
    span = settled(host) | {"percentiles": "yes"}  # ends ten minutes ago, in a window of 20 minutes
    assert "ETag" not in client.get("/api/v1/history", span)
    make_samples(host, 20, end_ms=NOW_MS + 1_200_000, step_ms=60_000, load1=1.0)
    roll_up_all(host)
    assert "ETag" in client.get("/api/v1/history", span)


def settled(host, minutes: int = 30) -> dict[str, str]:
    """Samples that are rolled up, and a span in the midst of them."""
    make_samples(host, minutes * 60, load1=1.0)
    roll_up_all(host)
    return {"start": moment(NOW_MS - 1_200_000).isoformat(), "end": moment(NOW_MS - 600_000).isoformat()}


def test_a_span_that_can_change_no_more_answers_304_to_who_has_it_and_is_in_no_cache(client) -> None:
    span = settled(make_host())
    first = client.get("/api/v1/history", span)
    assert first["Cache-Control"] == "no-store"
    again = client.get("/api/v1/history", span, headers={"If-None-Match": f'W/{first["ETag"]}, "other"'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "no-store"
    other = client.get("/api/v1/history", {**span, "points": "20"}, headers={"If-None-Match": first["ETag"]})
    assert (other.status_code, len(other.json()["times"]) <= 20) == (200, True)


def test_a_late_sample_changes_the_etag(client) -> None:
    host = make_host()
    span = settled(host)
    first = client.get("/api/v1/history", span)
    make_samples(host, 1, end_ms=NOW_MS - 900_500, load1=99.0)
    fresh = client.get("/api/v1/history", span, headers={"If-None-Match": first["ETag"]})
    assert (fresh.status_code, fresh["Cache-Control"]) == (200, "no-store")
    assert max(filter(None, fresh.json()["series"]["load1"]["high"])) == 99.0


@pytest.mark.parametrize("what", ["relative", "unfinished", "alert", "load test", "future"])
def test_a_span_that_can_still_change_has_no_etag(client, what) -> None:
    host = make_host()
    span = settled(host)
    if what == "relative":
        span |= {"start": "-3650d"}
    elif what == "unfinished":
        span |= {"end": moment(NOW_MS - 1000).isoformat()}
    elif what == "future":
        span |= {"end": "2100-01-01T00:00:00Z", "start": "2099-01-01T00:00:00Z"}
    elif what == "alert":
        make_alert(host, NOW_MS - 900_000)
    else:
        make_load_test(host, started_ms=NOW_MS - 900_000)
    response = client.get("/api/v1/history", span)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in response


BAD_TIMES = [
    "",
    "NaN",
    "2025-10-09",
    "10000-01-01T00:00:00Z",
    "-1x",
    "1e9",
    "-1_0h",
    "now\0",
    "2025-10-09T08:53:20",
]


@pytest.mark.parametrize("text", BAD_TIMES)
@pytest.mark.parametrize("name", ["start", "end"])
def test_a_time_that_is_none_is_refused_and_named(client, name, text) -> None:
    make_host()
    error = get(client, "history", 400, **{name: text})
    assert is_error(error, 400)
    assert error["error"].startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"start": "now"}, "end 'now' must lie after start 'now'."),
        ({"start": "-1h", "end": "-2h"}, "end '-2h' must lie after start '-1h'."),
        ({"start": "1970-01-01T00:00:00Z"}, "From '1970-01-01T00:00:00Z' to 'now' is over ten years."),
        ({"metrics": "load1,nonsense"}, "There is no metric 'nonsense'. Metrics: cpu_percent, "),
        ({"metrics": ""}, "There is no metric ''. "),
        ({"metrics": "load1\0"}, "metrics is not usable: 'load1\\x00'."),
        ({"metric": "load1"}, "There is no query parameter 'metric': known are host, metrics, "),
        ({"percentiles": "true"}, "percentiles must be no, yes or auto, not 'true'."),
        ({"points": "9"}, "points must be a whole number from 10 to 4000, not '9'."),
        ({"points": "1000000"}, "points must be a whole number from 10 to 4000, not '1000000'."),
    ],
)
def test_a_span_that_cannot_be_read_is_refused_by_a_sentence(client, parameters, sentence) -> None:
    make_host()
    error = get(client, "history", 400, **parameters)
    assert is_error(error, 400)
    assert error["error"].startswith(sentence)


def test_a_span_in_the_year_9999_is_empty_not_an_error(client) -> None:
    make_host()
    span = get(client, "history", start="9999-12-31T00:00:00Z", end="9999-12-31T23:59:59Z")
    assert set(span["series"]["load1"]["mean"]) == {None}
