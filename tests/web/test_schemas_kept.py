"""Every operation keeps to the schema that it publishes: with every null that can be stored, old documents, and with all.

A field that is added to a document, to a table or to an answer is tried here without a word more.
"""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerts.models import Alert, Evidence, Transition
from monitor.diagnosis.document import Document
from monitor.history.models import Gap, Sample
from monitor.hosts.models import Host
from monitor.ingest import frames
from monitor.loadtests.models import LoadTestState
from monitor.metrics.catalogue import NAMES
from monitor.metrics.reading import Reading
from monitor.metrics.times import moment
from monitor.metrics.windows import MEAN_METRICS
from monitor.notifications.models import Attempt, Silence
from monitor.runtime import clock
from monitor.web.dashboard import schemas, status
from tests.factories import (
    VALUES,
    make_alert,
    make_host,
    make_load_test,
    make_notification,
    make_receiver,
    make_samples,
    make_user,
)
from tests.stages.api import get
from tests.stages.contract import Contract, breaches_of
from tests.stages.documents import documents, full, of_an_older_version, sparse
from tests.stages.examples import examples
from tests.stages.members import GONE
from tests.stages.nulls import filled, nulled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public", "published")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
MAY = ["run_loadtest", "acknowledge_alert", "add_silence"]
DOCUMENTS = {
    "no document": None,
    "nulls": sparse(Document),
    "everything": full(Document),
    "nothing but its time": {},
    "damaged": {"by_cpu": "x", "disk": None, "cpu": [], "cores": "two", "blocked": [None, {"pid": 1}]},
}


@pytest.fixture
def contract(client) -> Contract:
    """The published schema."""
    return Contract(get(client, "openapi.json"))


@pytest.fixture
def staff() -> Client:
    """A client whose user may do and see everything."""
    return logged_in(make_user("boss", is_staff=True, is_superuser=True))


def logged_in(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def asker(client: Client):
    """Asks through a client of Django's."""

    def ask(method, path, body):
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        answer = getattr(client, method)(path, **sent)
        return answer.status_code, answer.get("Content-Type", ""), answer.getvalue()

    return ask


def furnish(how, now_ms, document) -> dict[str, int]:
    """A host with a row in each table, every one of them passed through `how`; the ids that addresses need."""
    host = make_host()
    boss = make_user("owner")
    receiver = make_receiver()
    how(host, "busy", "busy_at", "sampler_stopped_at")  # one that is sampled
    for at, row in enumerate(make_samples(host, 5, end_ms=now_ms)):
        how(row) if at else nulled(row)
    how(Gap.objects.create(host=host, start_ms=now_ms - 9000, end_ms=now_ms - 5000, kind="suspended"))
    alerts = [
        how(
            make_alert(host, now_ms - 60_000, members=GONE),
            "resolved_at",
            "acknowledged_at",
            "acknowledged_by",
        ),
        how(make_alert(host, now_ms - 90_000, now_ms - 70_000, rule_name="Gone"), "resolved_at"),
    ]
    for alert in alerts:
        how(
            Transition.objects.create(
                alert=alert, change="fired", at=moment(now_ms), stored_at=moment(now_ms)
            )
        )
        for word in ("onset", "peak", "recovery"):
            Evidence.objects.create(
                alert=alert, moment=word, at=moment(now_ms), value=1.0, document=document or {}, sentence="x"
            )
        message = how(make_notification(alert, receiver, "sent"), "receiver")
        how(
            Attempt.objects.create(
                notification=message, started_at=moment(now_ms), duration_ms=1, delivered=True
            )
        )
    how(make_load_test(host, LoadTestState.FINISHED, now_ms - 50_000, requested_by=boss), "started_at")
    silence = Silence.objects.create(starts_at=moment(now_ms - 1000), ends_at=moment(now_ms + 900_000))
    weekly = Silence.objects.create(
        starts_at=moment(now_ms - 1000), weekdays="0123456", from_time="00:00", until_time="00:00"
    )
    how(silence, "ends_at", "resumes_at", "from_time", "until_time")
    how(weekly, "from_time", "until_time", "ends_at", "resumes_at")
    if document is not None:
        Host.objects.update(busy={"at": now_ms, **document, **({} if "at" not in document else {"at": now_ms})},
                            busy_at=moment(now_ms))  # fmt: skip
    return {"alert_id": alerts[0].pk, "silence_id": silence.pk}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
@pytest.mark.parametrize("how", [nulled, filled])
def test_every_operation_keeps_to_its_schema_with_every_null_and_with_none(
    contract, staff, now_ms, how, document
):
    found = contract.walk(asker(staff), furnish(how, now_ms, document))
    assert {one: status for one, status in found.items() if status >= 300} == {}
    assert set(found) == set(contract.operations())


@pytest.mark.parametrize("how", [nulled, filled])
def test_whoever_may_see_less_is_answered_by_the_same_schema(contract, client, now_ms, how):
    ids = furnish(how, now_ms, full(Document))
    person = logged_in(make_user("ann", MAY))
    for one in (client, person):
        found = contract.walk(asker(one), ids, reading=True)
        assert set(found.values()) == {200}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
@pytest.mark.parametrize("how", [nulled, filled])
def test_the_live_frames_keep_to_their_schema(now_ms, how, document):
    furnish(how, now_ms, document)
    host = Host.objects.get()
    assert breaches_of(schemas.StatusFrame, status.status_frame(host, now_ms, None)) == []
    assert breaches_of(schemas.AlertsFrame, status.alerts_frame(host, now_ms)) == []
    for known in (True, False):
        reading = Reading(now_ms, 1.0, 0.0, dict.fromkeys(NAMES, 1.0 if known else None))
        means = dict.fromkeys(MEAN_METRICS, 1.0 if known else None)
        frame = frames.sample_frame(reading, means, None, None, host.busy)
        assert breaches_of(frames.SampleFrame, frame) == []


def test_a_host_of_which_nothing_is_known_is_answered_by_the_same_schema(contract, staff):
    make_host(effective_cores=None, cores_reason="")
    found = contract.walk(asker(staff), {"alert_id": 0, "silence_id": 0})
    assert found["get", "status"] == 200
    assert found["get", "alerts/{alert_id}"] == 404


@pytest.mark.parametrize("name", NAMES)
def test_any_one_metric_may_be_unknown_while_the_others_are_known(contract, client, host, now_ms, name):
    make_samples(host, 3, end_ms=now_ms, **{one: None if one == name else 1.0 for one in NAMES})
    for path in ("status", "samples", "history", "backtest"):
        contract.call(asker(client), "get", path, {})


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stored=documents().flatmap(lambda one: st.just(one) | of_an_older_version(one)))
def test_any_document_of_any_version_is_told_by_the_schema(contract, staff, stored):
    host, _ = Host.objects.get_or_create(name="db-01")
    now_ms = clock.now_ms()
    make_samples(host, 1, end_ms=now_ms + Sample.objects.count(), **VALUES)
    Host.objects.update(busy={**stored, "at": now_ms}, busy_at=moment(now_ms))
    alert = Alert.objects.first() or make_alert(host)
    Evidence.objects.update_or_create(
        alert=alert, moment="onset", defaults={"at": moment(now_ms), "value": 1.0, "document": stored}
    )
    ids = {"alert_id": alert.pk}
    assert contract.call(asker(staff), "get", "status", ids) == 200
    assert contract.call(asker(staff), "get", "alerts/{alert_id}", ids) == 200


def test_a_field_that_the_schema_does_not_name_and_one_that_is_null_against_it_are_found(contract):
    host = sparse(schemas.Host)
    for wrong in ({**host, "more": 1}, {**host, "interval": None}, {**host, "cores": "2"}):
        answer = json.dumps({"hosts": [wrong]}).encode()
        assert len(contract.breaches("get", "hosts", 200, "application/json", answer)) == 1
    assert contract.breaches("get", "hosts", 418, "application/json", b"{}")
    assert not contract.breaches(
        "get", "hosts", 200, "application/json", json.dumps({"hosts": [host]}).encode()
    )
