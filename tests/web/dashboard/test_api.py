"""Status, hosts and samples in the JSON API."""

import time

import pytest

from monitor.metrics.catalogue import NAMES
from monitor.web.dashboard import schemas
from monitor.web.schemas import schema
from tests.factories import NOW_MS, make_alert, make_host, make_load_test, make_samples
from tests.stages.api import get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]


def test_the_status_answers_as_documented(client) -> None:
    host = make_host()
    make_samples(host, 3, end_ms=time.time_ns() // 1_000_000)
    make_alert(host)
    make_load_test(host)
    status = get(client, "status")
    schema(schemas.Status).model_validate(status, strict=True)
    assert (status["sampler"]["state"], status["verdict"]["tone"]) == ("running", "busy")  # an alert is open
    assert (len(status["open_alerts"]), status["load_test"]["state"]) == (1, "running")


def test_the_hosts_answer_as_documented(client) -> None:
    make_host("b")
    make_samples(make_host("a"), 1)
    hosts = get(client, "hosts")
    schema(schemas.Hosts).model_validate(hosts, strict=True)
    assert [(host["name"], host["last_sample_at"]) for host in hosts["hosts"]] == [("a", NOW_MS), ("b", None)]


def test_samples_are_paged_by_id_without_overlap(client) -> None:
    host = make_host()
    rows = make_samples(host, 5)
    first = get(client, "samples", after=rows[0].pk - 1, limit=3)
    schema(schemas.Samples).model_validate(first, strict=True)
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
