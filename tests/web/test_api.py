"""The JSON API as a whole: what all its paths refuse alike, and that no input makes it fail."""

import math
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as conf
from django.db import OperationalError
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.history import freshness
from monitor.web import api
from tests.factories import make_alert, make_host, make_samples
from tests.stages.api import get, is_error
from tests.stages.examples import examples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
TABLES = ["samples", "samples.csv", "history", "history.csv", "usage", "usage.csv", "parts"]
OF_A_HOST = ["status", *TABLES, "busyhours", "busydays", "overloads", "alerts"]
GETS = [*OF_A_HOST, "hosts", "alerts/1", "openapi.json"]


def test_openapi_names_every_path_and_documents_the_refusals(client) -> None:
    document = get(client, "openapi.json")
    paths = (
        *(*OF_A_HOST, "hosts", "backtest"),
        *("alerts/{alert_id}", "alerts/{alert_id}/acknowledge", "alerts/{alert_id}/notes"),
        "alerts/{alert_id}/end",
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


@pytest.mark.parametrize("text", BAD_NUMBERS)
@pytest.mark.parametrize(
    ("path", "name"),
    [
        *((path, "limit") for path in ("samples", "alerts")),
        *((path, "points") for path in ("history", "history.csv", "usage", "usage.csv", "parts")),
        *((path, "top") for path in ("usage", "usage.csv")),
    ],
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


@pytest.mark.parametrize("path", OF_A_HOST)
@pytest.mark.parametrize("name", ["nobody", "%", "_", "' or 1=1 --", "\udcff"])
def test_an_unknown_host_is_404_and_named(client, path, name) -> None:
    make_host()
    response = client.get(f"/api/v1/{path}?host={quote(name, errors='surrogateescape')}")
    assert response.status_code == 404
    assert is_error(response.json(), 404)
    assert response.json()["error"].startswith("There is no host ")


@pytest.mark.parametrize("path", OF_A_HOST)
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


@pytest.mark.parametrize("path", GETS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_wrong_method_is_405_in_the_same_shape(client, path, method) -> None:
    response = getattr(client, method)(f"/api/v1/{path}")
    assert response.status_code == 405
    assert is_error(response.json(), 405)
    assert response["Allow"] == "GET"


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
        *(
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
        ),
        *("by", "top", "consumer", "kind", "user", "name", "percentiles"),
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


PARTS = [b"a=b", b"--x--", b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n--x--\r\n']
DEEDS = ["silences", "loadtests", "alerts/1/notes", "alerts/1/acknowledge", "alerts/1/end"]


@pytest.mark.parametrize("path", DEEDS)
@pytest.mark.parametrize("body", PARTS)
def test_a_form_of_several_parts_is_refused_in_a_sentence(boss, path, body) -> None:
    make_alert(make_host("db01"))
    person, token = Client(enforce_csrf_checks=True), "a" * 32
    person.cookies = boss.cookies
    person.cookies[conf.CSRF_COOKIE_NAME] = token
    kind = "multipart/form-data; boundary=x"
    answer = person.post(f"/api/v1/{path}", body, content_type=kind, headers={"X-CSRFToken": token})
    assert answer.status_code == 400
    is_error(answer.json(), 400)
    assert answer.json()["error"] == "Send the body as JSON, not as a form."
