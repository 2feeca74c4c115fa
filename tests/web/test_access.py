"""Who may look and who may act, asked over HTTP."""

import pytest
from asgiref.testing import ApplicationCommunicator

from loadmon_site.asgi import http
from tests.factories import make_host, make_samples, make_user
from tests.stages.scopes import scope

LOCAL = {"SERVER_NAME": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}
FOREIGN = [
    {"REMOTE_ADDR": "192.168.0.9"},
    {"SERVER_NAME": "192.168.0.5"},
    {"HTTP_HOST": "load.example.org"},
    {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    {"HTTP_FORWARDED": "for=127.0.0.1"},
    {"HTTP_VIA": "1.1 proxy"},
    {"HTTP_X_REAL_IP": "127.0.0.1"},
]
PAGES = ["/", "/metrics"]
API = [
    "/api/v1/status",
    "/api/v1/hosts",
    "/api/v1/samples",
    "/api/v1/history",
    "/api/v1/usage",
    "/api/v1/usage.csv",
    "/api/v1/parts",
    "/api/v1/busydays",
    "/api/v1/alerts",
    "/api/v1/openapi.json",
]


@pytest.fixture
def visitor(db, settings, client):
    """Somebody at a site that measures and is known under two names."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "load.example.org"]
    make_samples(make_host(), 3)
    return client


@pytest.mark.parametrize("path", [*PAGES, *API])
def test_this_machines_own_user_may_look_without_login(visitor, path) -> None:
    assert visitor.get(path, **LOCAL).status_code == 200


@pytest.mark.parametrize("changed", FOREIGN)
@pytest.mark.parametrize("path", PAGES)
def test_anyone_else_is_sent_to_the_login_and_back(visitor, path, changed) -> None:
    response = visitor.get(f"{path}?host=db-01", **(LOCAL | changed))
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={path}%3Fhost%3Ddb-01"


@pytest.mark.parametrize("changed", FOREIGN)
@pytest.mark.parametrize("path", API)
def test_anyone_elses_program_gets_401(visitor, path, changed) -> None:
    response = visitor.get(path, **(LOCAL | changed))
    assert (response.status_code, response.json()["error"]) == (401, "Log in first.")


@pytest.mark.parametrize("path", [*PAGES, *API])
def test_a_site_that_is_never_public_asks_even_its_own_machine(visitor, settings, path) -> None:
    settings.LOADMON_PUBLIC = "no"
    assert visitor.get(path, **LOCAL).status_code == (401 if path in API else 302)


@pytest.mark.parametrize("changed", FOREIGN)
@pytest.mark.parametrize("path", [*PAGES, *API])
def test_a_public_site_shows_itself_to_all(visitor, settings, path, changed) -> None:
    settings.LOADMON_PUBLIC = "yes"
    assert visitor.get(path, **(LOCAL | changed)).status_code == 200


@pytest.mark.parametrize("changed", FOREIGN)
@pytest.mark.parametrize("path", [*PAGES, *API])
def test_whoever_is_logged_in_may_look_from_anywhere(visitor, settings, path, changed) -> None:
    settings.LOADMON_PUBLIC = "no"
    visitor.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    assert visitor.get(path, **(LOCAL | changed)).status_code == 200


def test_a_deactivated_user_may_not_look_any_more(visitor, settings) -> None:
    settings.LOADMON_PUBLIC = "no"
    user = make_user()
    visitor.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    user.is_active = False
    user.save()
    assert visitor.get("/api/v1/hosts", **LOCAL).status_code == 401


@pytest.mark.parametrize("changed", [{}, *FOREIGN])
@pytest.mark.parametrize("public", ["auto", "yes", "no"])
def test_health_is_open_to_all_and_tells_nothing_else(visitor, settings, public, changed) -> None:
    settings.LOADMON_PUBLIC = public
    response = visitor.get("/healthz", **(LOCAL | changed))
    assert (response.status_code, response.json()) == (503, {"ok": False})


def test_a_redirect_to_the_login_keeps_no_measurement_in_its_body(visitor) -> None:
    assert visitor.get("/", **(LOCAL | FOREIGN[0])).content == b""


# The peer of a connection


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        ({"client": ("192.168.0.9", 1)}, 401),
        ({"server": ("192.168.0.5", 8000)}, 401),
        ({"server": None}, 401),
        ({"client": None}, 401),
        ({"headers": [(b"host", b"localhost"), (b"x-forwarded-for", b"127.0.0.1")]}, 401),
        ({"headers": [(b"host", b"localhost"), (b"x-forwarded-server", b"127.0.0.1")]}, 401),
        ({"headers": [(b"host", b"localhost"), (b"X_FORWARDED_SSL", b"off")]}, 401),
        ({"headers": []}, 401),
        ({"headers": [(b"host", b"evil.example")]}, 400),
    ],
)
async def test_the_asgi_application_itself_decides_by_the_connection(settings, changed, status) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    application = ApplicationCommunicator(http, scope(**changed))
    await application.send_input({"type": "http.request", "body": b""})
    start, body = await application.receive_output(5), await application.receive_output(5)
    await application.wait(5)
    assert (start["status"], body["type"]) == (status, "http.response.body")
