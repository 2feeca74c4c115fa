"""The JSON API: its shapes, its refusals, and that no input makes it fail."""

import json
import math
import time
from urllib.parse import quote, urlencode

import pytest
from django.db import OperationalError
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerts.models import Transition
from monitor.history import freshness, rollups
from monitor.live import publishing
from monitor.loadtests import requests
from monitor.loadtests.models import LoadTest
from monitor.metrics.catalogue import NAMES
from monitor.metrics.times import moment
from monitor.web import api
from monitor.web.alerts import schemas
from monitor.web.dashboard import schemas as dashboard_schemas
from monitor.web.history import schemas as history_schemas
from monitor.web.loadtests import schemas as loadtests_schemas
from monitor.web.schemas import schema
from tests.factories import NOW_MS, make_alert, make_host, make_load_test, make_samples, make_user
from tests.stages.examples import examples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
GETS = [
    *(
        "status",
        "hosts",
        "samples",
        "samples.csv",
        "history",
        "history.csv",
        "busyhours",
        "alerts",
        "alerts/1",
    ),
    "openapi.json",
]


def get(client, path: str, status: int = 200, **parameters):
    response = client.get(f"/api/v1/{path}", parameters)
    assert response.status_code == status, response.content
    return response.json()


def post(client, body, status: int, **headers):
    text = body if isinstance(body, (bytes, str)) else json.dumps(body)
    response = client.post("/api/v1/loadtests", text, content_type="application/json", **headers)
    assert response.status_code == status, response.content
    return response.json()


def is_error(shape: dict, status: int) -> bool:
    """Whether `shape` is the one shape of an error."""
    assert shape["ok"] is False
    assert shape["status"] == status
    assert shape["error"] == shape["errors"][0]
    return all(isinstance(sentence, str) and 5 < len(sentence) < 1500 for sentence in shape["errors"])


# Shapes


def test_the_status_answers_as_documented(client) -> None:
    host = make_host()
    make_samples(host, 3, end_ms=time.time_ns() // 1_000_000)
    make_alert(host)
    make_load_test(host)
    status = get(client, "status")
    schema(dashboard_schemas.Status).model_validate(status, strict=True)
    assert (status["sampler"]["state"], status["verdict"]["tone"]) == ("running", "ok")
    assert (len(status["open_alerts"]), status["load_test"]["state"]) == (1, "running")


def test_the_hosts_answer_as_documented(client) -> None:
    make_host("b")
    make_samples(make_host("a"), 1)
    hosts = get(client, "hosts")
    schema(dashboard_schemas.Hosts).model_validate(hosts, strict=True)
    assert [(host["name"], host["last_sample_at"]) for host in hosts["hosts"]] == [("a", NOW_MS), ("b", None)]


def test_samples_are_paged_by_id_without_overlap(client) -> None:
    host = make_host()
    rows = make_samples(host, 5)
    first = get(client, "samples", after=rows[0].pk - 1, limit=3)
    schema(dashboard_schemas.Samples).model_validate(first, strict=True)
    assert tuple(first["samples"][0]["values"]) == NAMES
    second = get(client, "samples", after=first["next_after"], limit=3)
    ids = [sample["id"] for page in (first, second) for sample in page["samples"]]
    assert ids == [row.pk for row in rows]
    assert second["next_after"] is None


def test_without_after_the_newest_samples_come(client) -> None:
    rows = make_samples(make_host(), 5)
    found = get(client, "samples", limit=2)
    assert [sample["id"] for sample in found["samples"]] == [rows[3].pk, rows[4].pk]
    assert found["next_after"] is None


def test_the_history_answers_as_documented(client) -> None:
    host = make_host()
    make_samples(host, 20)
    make_alert(host)
    make_load_test(host)
    start, end = moment(NOW_MS - 60_000).isoformat(), moment(NOW_MS + 60_000).isoformat()
    span = get(client, "history", start=start, end=end, metrics="load1,cpu_percent,load1", points=30)
    schema(history_schemas.History).model_validate(span, strict=True)
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


# What can be kept


def settled(host, minutes: int = 30) -> dict[str, str]:
    """Samples that are rolled up, and a span in the midst of them."""
    make_samples(host, minutes * 60, load1=1.0)
    while rollups.roll_up(host):
        pass
    return {"start": moment(NOW_MS - 1_200_000).isoformat(), "end": moment(NOW_MS - 600_000).isoformat()}


def test_a_span_that_can_change_no_more_is_kept_and_answers_304(client) -> None:
    span = settled(make_host())
    first = client.get("/api/v1/history", span)
    assert first["Cache-Control"] == "private, max-age=3600"
    again = client.get("/api/v1/history", span, headers={"If-None-Match": f'W/{first["ETag"]}, "other"'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "private, max-age=3600"
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
def test_a_span_that_can_still_change_is_not_kept(client, what) -> None:
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


def test_alerts_are_filtered_and_paged_newest_first(client) -> None:
    host = make_host()
    alerts = [make_alert(host, NOW_MS + n, NOW_MS + 9000, rule_name="Load") for n in range(3)]
    still_open = make_alert(host)
    make_alert(make_host("other"), NOW_MS, NOW_MS + 1)
    assert [one["id"] for one in get(client, "alerts", state="open")["alerts"]] == [still_open.pk]
    first = get(client, "alerts", host="db-01", rule="Load", state="resolved", limit=2)
    schema(schemas.Alerts).model_validate(first, strict=True)
    second = get(
        client, "alerts", host="db-01", rule="Load", state="resolved", limit=2, cursor=first["next_cursor"]
    )
    ids = [alert["id"] for page in (first, second) for alert in page["alerts"]]
    assert ids == [alert.pk for alert in reversed(alerts)]
    assert second["next_cursor"] is None


def test_one_alert_comes_with_its_transitions(client) -> None:
    alert = make_alert(make_host())
    Transition.objects.create(alert=alert, at=moment(NOW_MS), change="fired", value=80.0)
    found = get(client, f"alerts/{alert.pk}")
    schema(schemas.AlertDetail).model_validate(found, strict=True)
    [change] = found["transitions"]
    assert (change["at"], change["change"], change["value"], change["by"]) == (NOW_MS, "fired", 80.0, None)


def test_openapi_names_every_path_and_documents_the_refusals(client) -> None:
    document = get(client, "openapi.json")
    paths = (
        *("status", "hosts", "samples", "samples.csv", "history", "history.csv", "busyhours", "backtest"),
        *("alerts", "alerts/{alert_id}", "alerts/{alert_id}/acknowledge", "alerts/{alert_id}/notes"),
        *("loadtests", "loadtests/current", "silences", "silences/{silence_id}"),
    )
    assert set(document["paths"]) == {f"/api/v1/{path}" for path in paths}
    assert {"400", "401", "404", "503"} <= set(document["paths"]["/api/v1/history"]["get"]["responses"])
    assert {"403", "409"} <= set(document["paths"]["/api/v1/loadtests"]["post"]["responses"])
    limit = next(
        one for one in document["paths"]["/api/v1/samples"]["get"]["parameters"] if one["name"] == "limit"
    )
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"]) == (1, 5000)


def test_nan_cannot_leave_the_house() -> None:
    with pytest.raises(ValueError):
        api.answer({"value": math.nan})


# Refusals


BAD_NUMBERS = [
    *(
        "",
        " ",
        "0",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "1_0",
        "٣",
        "１２",
        "NaN",
        "inf",
        "null",
        "0x10",
        " 5",
        "5 ",
        "5\n",
    ),
    *("5\0", "5001", "9" * 5000, "100000000000000000000", "true", "limit"),
]
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


@pytest.mark.parametrize("text", BAD_NUMBERS)
@pytest.mark.parametrize(
    ("path", "name"),
    [("samples", "limit"), ("alerts", "limit"), ("history", "points"), ("history.csv", "points")],
)
def test_a_number_that_is_none_is_refused_and_named(client, path, name, text) -> None:
    make_host()
    error = get(client, path, 400, **{name: text})
    assert is_error(error, 400)
    assert error["error"].startswith(f"{name} must be a whole number from ")


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "9223372036854775808", "9" * 19, "1_0"])
@pytest.mark.parametrize(("path", "name"), [("samples", "after"), ("alerts", "cursor")])
def test_an_id_that_no_row_can_have_is_refused(client, path, name, text) -> None:
    make_host()
    assert is_error(get(client, path, 400, **{name: text}), 400)


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


@pytest.mark.parametrize("state", ["", "OPEN", "open,resolved", "1"])
def test_a_state_that_is_none_is_refused(client, state) -> None:
    error = get(client, "alerts", 400, state=state)
    assert error["error"] == f"state must be open or resolved, not '{state}'."


@pytest.mark.parametrize(
    "path", ["status", "samples", "samples.csv", "history", "history.csv", "busyhours", "alerts"]
)
@pytest.mark.parametrize("name", ["nobody", "%", "_", "' or 1=1 --", "\udcff"])
def test_an_unknown_host_is_404_and_named(client, path, name) -> None:
    make_host()
    response = client.get(f"/api/v1/{path}?host={quote(name, errors='surrogateescape')}")
    assert response.status_code == 404
    assert is_error(response.json(), 404)
    assert response.json()["error"].startswith("There is no host ")


@pytest.mark.parametrize(
    "path", ["status", "samples", "samples.csv", "history", "history.csv", "busyhours", "alerts"]
)
@pytest.mark.parametrize("name", ["a\0b", "x" * 201, "x" * 100_000])
def test_a_host_name_that_no_host_can_have_is_refused(client, path, name) -> None:
    make_host()
    assert is_error(get(client, path, 400, host=name), 400)


@pytest.mark.parametrize("path", GETS)
def test_an_unknown_parameter_is_refused_and_named(client, path) -> None:
    make_alert(make_host(), pk=1)
    assert get(client, path, 400, nonsense="1")["error"].startswith("There is no query parameter 'nonsense'")


@pytest.mark.parametrize(
    "path", ["nope", "status/", "", "alerts/1/2", "%00", "..%2fadmin", "v1", "loadtests/1"]
)
def test_an_unknown_path_is_404_in_the_same_shape(client, path) -> None:
    assert is_error(get(client, path, 404), 404)


@pytest.mark.parametrize("identifier", ["0", "999", "9223372036854775807"])
def test_an_unknown_alert_is_404(client, identifier) -> None:
    assert get(client, f"alerts/{identifier}", 404)["error"] == f"There is no alert {identifier}."


@pytest.mark.parametrize("identifier", ["x", "1_0", "٣", "9223372036854775808", "1.0"])
def test_an_alert_id_that_is_no_number_is_refused(client, identifier) -> None:
    assert is_error(get(client, f"alerts/{quote(identifier)}", 400), 400)


@pytest.mark.parametrize("path", GETS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_wrong_method_is_405_in_the_same_shape(client, path, method) -> None:
    response = getattr(client, method)(f"/api/v1/{path}")
    assert response.status_code == 405
    assert is_error(response.json(), 405)
    assert response["Allow"] == "GET"


def test_a_get_changes_nothing(operator) -> None:
    make_load_test(make_host())
    assert operator.get("/api/v1/loadtests").status_code == 405
    assert operator.get("/api/v1/loadtests/current").status_code == 405
    assert LoadTest.objects.get().state == "running"


@pytest.mark.parametrize(
    "error", [OperationalError("database is locked"), OperationalError("disk I/O error")]
)
def test_a_failing_database_is_503_and_asks_to_come_again(client, monkeypatch, caplog, error) -> None:
    make_host()

    def fail(*args):
        raise error

    monkeypatch.setattr(freshness, "newest", fail)
    response = client.get("/api/v1/status")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert is_error(response.json(), 503)
    assert not any(record.exc_info for record in caplog.records)


def test_a_wrong_host_header_is_a_plain_400_without_a_traceback(client, settings, caplog) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    response = client.get("/api/v1/status", HTTP_HOST="evil.example")
    assert is_error(response.json(), 400)
    assert not any(record.exc_info for record in caplog.records)


NAMES_OF_PARAMETERS = st.sampled_from(
    [
        "host",
        "metrics",
        "start",
        "end",
        "points",
        "limit",
        "after",
        "cursor",
        "state",
        "rule",
        "weeks",
        "zone",
    ]
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["now", "-1h", "-7d", "db-01", "load1", "open", "9999-12-31T23:59:59+00:00", "1" * 400]),
    st.integers().map(str),
    st.floats().map(str),
)


@settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=st.sampled_from(GETS), query=st.lists(st.tuples(st.one_of(NAMES_OF_PARAMETERS, st.text()), VALUES))
)
def test_no_query_makes_the_api_fail(one_host, path, query) -> None:
    text = urlencode(query, errors="surrogatepass")
    with override_settings(LOADMON_PUBLIC="yes"):
        response = Client().get(f"/api/v1/{path}?{text}")
    assert response.status_code in (200, 400, 404)
    assert response.status_code == 200 or is_error(response.json(), response.status_code)


@settings(
    max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.binary(max_size=60))
def test_no_bytes_make_the_api_fail(one_host, query) -> None:
    with override_settings(LOADMON_PUBLIC="yes"):
        response = Client().get("/api/v1/history", QUERY_STRING=query.decode("latin1"))
    assert response.status_code in (200, 400, 404)


@pytest.fixture
def one_host(db) -> None:
    """A host with samples and an alert."""
    host = make_host()
    make_samples(host, 5)
    make_alert(host, pk=1)


# Load tests


def test_a_load_test_is_asked_for_and_published(operator, published) -> None:
    make_host()
    test = post(operator, {"seconds": 120, "workers": 2}, 201)
    schema(loadtests_schemas.LoadTest).model_validate(test, strict=True)
    assert (test["state"], test["requested_by"], test["seconds"], test["workers"]) == (
        "requested",
        "ann",
        120,
        2,
    )
    assert published == [publishing.status_event("db-01")]


def test_an_empty_object_asks_for_the_usual_test(operator, published) -> None:
    make_host()
    test = post(operator, {}, 201)
    assert (test["seconds"], test["workers"]) == (requests.DEFAULT_SECONDS, 2)


def test_a_second_load_test_is_409(operator, published) -> None:
    make_load_test(make_host(), started_ms=time.time_ns() // 1_000_000)
    assert is_error(post(operator, {"seconds": 1, "workers": 1}, 409), 409)
    assert (LoadTest.objects.count(), published) == (1, [])


def test_a_load_test_is_cancelled_and_published(operator, published) -> None:
    make_load_test(make_host(), "requested", None)
    response = operator.delete("/api/v1/loadtests/current")
    assert (response.status_code, response.json()["state"]) == (200, "cancelled")
    assert published == [publishing.status_event("db-01")]


def test_nothing_to_cancel_is_404(operator, published) -> None:
    make_host()
    response = operator.delete("/api/v1/loadtests/current")
    assert (response.status_code, published) == (404, [])
    assert is_error(response.json(), 404)


BAD_BODIES = [
    *(b"", b"[]", b"null", b"1", b'"x"', b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5000),
    *(b'{"seconds": NaN}', b'{"seconds": Infinity}', b'{"seconds": 1e999}'),
    *(b'{"seconds": ' + b"9" * digits + b"}" for digits in (20, 4000, 5000)),
    *({"seconds": value} for value in ("5", 1.0, True, [5], {}, 0, -1, 601)),
    *({"workers": value} for value in (0, 3, "2", 2**63)),
    *({"minutes": 2}, {"host": 5}, {"host": "a\0b"}),
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_a_body_that_asks_for_no_possible_test_is_refused(operator, published, body) -> None:
    make_host()
    assert is_error(post(operator, body, 400), 400)
    assert (LoadTest.objects.count(), published) == (0, [])


def test_a_form_is_no_json(operator) -> None:
    make_host()
    response = operator.post("/api/v1/loadtests", {"seconds": "5", "workers": "1"})
    assert response.status_code == 400
    assert is_error(response.json(), 400)


@pytest.mark.parametrize(("method", "path"), [("post", "loadtests"), ("delete", "loadtests/current")])
class TestWhoMayChange:
    """Login, CSRF and permission, each on its own."""

    def send(self, client, method, path, **extra):
        body = {"data": '{"seconds": 5, "workers": 1}', "content_type": "application/json"}
        return getattr(client, method)(f"/api/v1/{path}", **body, **extra)

    def test_nobody_without_a_login_even_on_loopback(self, client, method, path) -> None:
        make_load_test(make_host(), "requested", None)
        local = {"SERVER_NAME": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"}
        response = self.send(client, method, path, **local)
        assert response.status_code == 401
        assert is_error(response.json(), 401)

    def test_nobody_without_the_permission(self, client, published, method, path) -> None:
        make_load_test(make_host(), "requested", None)
        client.force_login(make_user(), backend=BACKEND)
        response = self.send(client, method, path)
        assert response.status_code == 403
        assert "permission" in response.json()["error"]
        assert LoadTest.objects.get().state == "requested"

    def test_nobody_where_load_tests_are_switched_off(
        self, operator, settings, published, method, path
    ) -> None:
        settings.LOADMON_LOADTEST = "no"
        make_load_test(make_host(), "requested", None)
        response = self.send(operator, method, path)
        assert (response.status_code, LoadTest.objects.get().state) == (403, "requested")

    def test_no_request_without_a_csrf_token(self, published, method, path) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(make_user("ann", ["run_loadtest"]), backend=BACKEND)
        make_load_test(make_host(), "requested", None)
        response = self.send(client, method, path)
        assert response.status_code == 403
        assert response.json()["error"].startswith("CSRF check failed")
        assert (LoadTest.objects.get().state, published) == ("requested", [])

    def test_no_request_with_a_wrong_csrf_token(self, published, method, path) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(make_user("ann", ["run_loadtest"]), backend=BACKEND)
        make_load_test(make_host(), "requested", None)
        client.get("/login/")
        response = self.send(client, method, path, HTTP_X_CSRFTOKEN="x" * 64)
        assert (response.status_code, published) == (403, [])

    def test_no_request_from_another_site_even_with_a_token(self, operator, published, method, path) -> None:
        make_load_test(make_host(), "requested", None)
        response = self.send(operator, method, path, HTTP_SEC_FETCH_SITE="cross-site")
        assert (response.status_code, LoadTest.objects.get().state) == (403, "requested")
        assert "Another site" in response.json()["error"]


def test_the_token_of_the_page_opens_the_way(published) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("ann", ["run_loadtest"]), backend=BACKEND)
    make_host()
    token = client.get("/login/").context["csrf_token"]
    assert (
        post(client, {"seconds": 5, "workers": 1}, 201, HTTP_X_CSRFTOKEN=str(token))["state"] == "requested"
    )


def test_a_foreign_origin_is_refused_though_the_token_is_right(published) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("ann", ["run_loadtest"]), backend=BACKEND)
    make_host()
    token = str(client.get("/login/").context["csrf_token"])
    post(client, {"seconds": 5}, 403, HTTP_X_CSRFTOKEN=token, HTTP_ORIGIN="http://evil.example")
    assert published == []
