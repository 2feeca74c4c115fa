"""Load tests in the JSON API: asked for, cancelled, refused, and who may."""

import json
import time

import pytest
from django.test import Client

from monitor.live import publishing
from monitor.loadtests import requests
from monitor.loadtests.models import LoadTest
from monitor.web.loadtests import schemas
from monitor.web.schemas import schema
from tests.factories import make_host, make_load_test, make_user
from tests.stages.api import is_error

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
BACKEND = "django.contrib.auth.backends.ModelBackend"


def post(client, body, status: int, **headers):
    text = body if isinstance(body, (bytes, str)) else json.dumps(body)
    response = client.post("/api/v1/loadtests", text, content_type="application/json", **headers)
    assert response.status_code == status, response.content
    return response.json()


def test_a_get_changes_nothing(operator) -> None:
    make_load_test(make_host())
    assert operator.get("/api/v1/loadtests").status_code == 405
    assert operator.get("/api/v1/loadtests/current").status_code == 405
    assert LoadTest.objects.get().state == "running"


def test_a_load_test_is_asked_for_and_published(operator, published) -> None:
    make_host()
    test = post(operator, {"seconds": 120, "workers": 2}, 201)
    schema(schemas.LoadTest).model_validate(test, strict=True)
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
