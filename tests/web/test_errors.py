"""Refusals and failures: a page for people, JSON of one shape for programs, no traceback for a locked database."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from django.test import Client

from monitor.conf import BASE_DIR
from monitor.hosts import lookup
from monitor.version import VERSION
from monitor.web import errors
from tests.factories import make_host, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
TROUBLE = [
    OperationalError("database is locked"),
    OperationalError("database or disk is full"),
    DatabaseError("database disk image is malformed"),
    InterfaceError("connection already closed"),
]


@pytest.fixture
def failing(monkeypatch, request):
    """The database fails in the given way as soon as a host is looked for."""

    def fail(*args):
        raise request.param

    monkeypatch.setattr(lookup, "find_host", fail)
    return request.param


@pytest.mark.parametrize("failing", TROUBLE, indirect=True)
def test_a_page_without_a_database_is_503_without_a_traceback(client, failing, caplog) -> None:
    response = client.get("/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"].startswith("text/html")
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("failing", TROUBLE, indirect=True)
def test_the_api_without_a_database_is_503_with_the_sentence(client, failing) -> None:
    response = client.get("/api/v1/status")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    damaged = "malformed" in str(failing)
    assert response.json()["error"] == (errors.DAMAGED if damaged else errors.NO_DATABASE)


def unknown_to_postgresql(state):
    cause = Exception("relation does not exist")
    cause.sqlstate = state
    error = ProgrammingError("relation does not exist")
    error.__cause__ = cause
    return error


LASTING = [
    (
        OperationalError("no such table: monitor_host"),
        "The database is not up to date: run manage.py migrate.",
    ),
    (OperationalError("no such column: x"), "The database is not up to date: run manage.py migrate."),
    (unknown_to_postgresql("42P01"), "The database is not up to date: run manage.py migrate."),
    (unknown_to_postgresql("42703"), "The database is not up to date: run manage.py migrate."),
    (DatabaseError("database disk image is malformed"), errors.DAMAGED),
]


@pytest.mark.parametrize(("failing", "sentence"), LASTING, indirect=["failing"])
def test_what_will_not_pass_by_itself_is_told_with_what_to_do(client, failing, sentence, caplog) -> None:
    answers = [client.get(path) for path in ("/", "/api/v1/status", "/healthz")]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert sentence.replace("'", "&#x27;") in answers[0].content.decode()
    assert [answer.json()["error"] for answer in answers[1:]] == [sentence, sentence]
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("failing", [OperationalError("unable to open database file")], indirect=True)
def test_a_database_that_is_not_there_is_told_as_missing(client, failing, monkeypatch) -> None:
    monkeypatch.setattr("monitor.database.file.inode", lambda: None)
    for path in ("/api/v1/status", "/healthz"):
        assert client.get(path).json()["error"].startswith("The database is missing")


@pytest.mark.parametrize(
    "failing", [ProgrammingError("no such column"), IntegrityError("x"), KeyError("x")], indirect=True
)
@pytest.mark.parametrize("path", ["/", "/api/v1/status"])
def test_a_fault_of_ours_is_500_and_logged(failing, path, caplog) -> None:
    response = Client(raise_request_exception=False).get(path)
    assert response.status_code == 500
    assert any(record.exc_info for record in caplog.records)
    assert b"Traceback" not in response.content
    if path != "/":
        assert response.json()["status"] == 500


def test_a_database_that_fails_outside_a_view_is_503_too(rf) -> None:
    try:
        raise OperationalError("database is locked")
    except OperationalError:
        response = errors.server_error(rf.get("/"))
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_an_unknown_page_is_404_with_a_way_back(client) -> None:
    response = client.get("/nope")
    assert response.status_code == 404
    assert b"Nothing here" in response.content


PATHS_OUT = [
    *(
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static/..%2f..%2fsecret_key",
        "/static//etc/passwd",
    ),
    *("/static/....//....//etc/passwd", "/static/%00", "/static/%252e%252e/manage.py", "/.git/config"),
    *("/..%5c..%5csecret_key", "/api/v1/..%2f..%2fsecret_key"),
]


@pytest.mark.parametrize("path", PATHS_OUT)
def test_no_path_leads_out_of_the_static_files(client, path) -> None:
    assert client.get(path).status_code == 404


def test_a_wrong_host_is_a_plain_400_without_a_traceback(client, settings, caplog) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    response = client.get("/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert b"LOADMON_ALLOWED_HOSTS" in response.content
    assert b"evil.example" not in response.content
    assert not any(record.exc_info for record in caplog.records)


def test_a_form_without_a_csrf_token_is_403_with_a_way_on() -> None:
    response = Client(enforce_csrf_checks=True).post("/login/", {"username": "ann", "password": "x"})
    assert response.status_code == 403
    assert b"Please try again" in response.content


def test_a_log_out_without_a_csrf_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(), backend=BACKEND)
    assert client.post("/logout/").status_code == 403
    assert "_auth_user_id" in client.session


def test_a_refusal_is_told_in_its_own_sentence(rf) -> None:
    refusal = PermissionDenied("Only on Sundays.")
    assert b"Only on Sundays." in errors.forbidden(rf.get("/"), refusal).content
    assert errors.forbidden(rf.get("/api/v1/x"), refusal).status_code == 403


def test_errors_of_the_api_are_json_whoever_refuses(rf) -> None:
    request = rf.get("/api/v1/x")
    answers = [errors.bad_request(request), errors.forbidden(request), errors.not_found(request),
               errors.csrf_failure(request, "no cookie"), errors.server_error(request)]  # fmt: skip
    assert [answer.status_code for answer in answers] == [400, 403, 404, 403, 500]
    assert {answer["Content-Type"] for answer in answers} == {"application/json"}


def test_a_body_that_is_too_large_is_refused(client) -> None:
    make_host()
    client.force_login(make_user("ann", ["run_loadtest"]), backend=BACKEND)
    response = client.post("/api/v1/loadtests", b" " * 1_100_000 + b"{}", content_type="application/json")
    assert response.status_code in (400, 413)
    assert response.json()["ok"] is False


def test_the_version_is_that_of_the_project() -> None:
    assert f'\nversion = "{VERSION}"\n' in (BASE_DIR / "pyproject.toml").read_text()
