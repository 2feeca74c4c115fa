"""The API does what openapi.json says: any request of its schema, alone and in sequence, gets a documented answer."""

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from monitor.loadtests.models import LoadTest, LoadTestState
from tests.factories import make_alert, make_load_test, make_samples, make_user
from tests.stages.examples import examples
from tests.stages.members import DISK, GONE

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
BOUNDED = settings(
    max_examples=examples(25),
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
PLAIN = {"Accept-Encoding": "identity"}
BODIES = {
    "loadtests": {"seconds": 5, "workers": 1},
    "acknowledge": {"note": "seen"},
    "end": {"note": "sold"},
    "notes": {"note": "the backup"},
    "silences": {"minutes": 5},
}
BOUNDED_LESS = settings(BOUNDED, max_examples=examples(3))


@pytest.fixture
def caller(host, now_ms, public, published) -> dict[str, dict[str, str]]:
    """A host with some of everything, and what somebody sends who may do all."""
    make_samples(host, 300, end_ms=now_ms)
    make_alert(host, now_ms - 60_000)
    make_alert(host, now_ms - 30_000, members=GONE, **DISK)
    make_alert(host, now_ms - 120_000, now_ms - 90_000)
    make_load_test(host, "finished")
    return login_of("ann")


def login_of(name: str) -> dict[str, dict[str, str]]:
    """Cookies and headers of a logged-in user who may run load tests, acknowledge alerts and make silences."""
    client = Client()
    client.force_login(
        make_user(name, ["run_loadtest", "acknowledge_alert", "add_silence"]),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    token = "t" * 32
    cookies = {
        django_settings.SESSION_COOKIE_NAME: client.cookies[django_settings.SESSION_COOKIE_NAME].value,
        django_settings.CSRF_COOKIE_NAME: token,
    }
    return {"cookies": cookies, "headers": {"X-CSRFToken": token, **PLAIN}}


@pytest.fixture
def document(caller):
    """The API's own description, with the caller behind it; no request may close the test's connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_answers_as_documented(document, caller, mode) -> None:
    for found in document.get_all_operations():
        operation = found.ok()
        takes_nothing = operation.method.upper() == "GET" and operation.path.endswith(("/hosts", "/silences"))
        if mode is GenerationMode.NEGATIVE and takes_nothing:
            continue  # nothing of it could be wrong

        @BOUNDED
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case) -> None:
            case.call_and_validate(**caller, checks=CHECKS)

        ask()


def test_any_sequence_along_the_links_answers_as_documented(document, caller) -> None:
    asked: set[tuple[str, str, int]] = set()

    class Sequence(document.as_state_machine()):
        def setup(self):
            super().setup()
            self.before = transaction.savepoint()

        def teardown(self):
            """Undo the sequence: the links that lead on must not depend on what an earlier one did."""
            transaction.savepoint_rollback(self.before)
            super().teardown()

        def get_call_kwargs(self, case):
            return caller

        def before_call(self, case):
            """Get somewhere: ask for the host that there is, and for a load test that can be had."""
            if isinstance(case.query, dict):
                case.query.pop("host", None)
            if case.method == "POST":
                LoadTest.objects.update(state=LoadTestState.CANCELLED)
                case.body = BODIES[case.path.rpartition("/")[2]]

        def validate_response(self, response, case, additional_checks=(), **kwargs):
            asked.add((case.method, case.path.removeprefix("/api/v1/"), response.status_code))
            case.validate_response(response, checks=CHECKS)

    Sequence.run(settings=settings(BOUNDED, max_examples=examples(30), stateful_step_count=8))
    assert {method for method, _, status in asked if status < 300} >= {"GET", "POST"}
    assert ("GET", "samples", 200) in asked


def test_what_was_asked_for_can_be_read_and_taken_back_as_documented(document, caller) -> None:
    """The links that lead from one operation to the next, each walked on purpose: chance may leave one out."""

    def ask(method: str, path: str, status: int, **parts) -> dict:
        response = (
            document[f"/api/v1/{path}"][method].Case(**parts).call_and_validate(**caller, checks=CHECKS)
        )
        assert response.status_code == status
        return response.json()

    ask("POST", "loadtests", 201, body=BODIES["loadtests"], media_type="application/json")
    ask("DELETE", "loadtests/current", 200)
    alert = {"alert_id": ask("GET", "alerts", 200)["alerts"][0]["id"]}
    ask("GET", "alerts/{alert_id}", 200, path_parameters=alert)
    note = {"body": BODIES["notes"], "media_type": "application/json"}
    ask("POST", "alerts/{alert_id}/notes", 201, path_parameters=alert, **note)
    silence = ask("POST", "silences", 201, body=BODIES["silences"], media_type="application/json")
    ask("DELETE", "silences/{silence_id}", 200, path_parameters={"silence_id": silence["id"]})


def test_who_may_not_look_is_answered_as_documented(document, caller, settings) -> None:
    settings.LOADMON_PUBLIC = "no"
    for found in document.get_all_operations():

        @BOUNDED_LESS
        @given(found.ok().as_strategy())
        def ask(case) -> None:
            response = case.call_and_validate(headers=PLAIN, checks=CHECKS)
            assert response.status_code == 401

        ask()
