"""Drills and disk tests over the JSON API: what is asked for, what is answered, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest
from monitor.rules.models import Rule
from monitor.web.loadtests import schemas
from monitor.web.schemas import schema
from tests.factories import make_alert, make_drill_receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]
TOKEN = "t" * 32


@pytest.fixture(autouse=True)
def token(settings: Any, host: Host, operator: Client) -> None:
    """The operator has the token of the page of a host."""
    operator.cookies[settings.CSRF_COOKIE_NAME] = TOKEN


def post(client: Client, body: Any, status: int) -> Any:
    response = client.post(
        "/api/v1/loadtests", json.dumps(body), content_type="application/json", headers={"X-CSRFToken": TOKEN}
    )
    assert response.status_code == status, response.content
    return response.json()


def test_a_drill_is_asked_for_with_its_receivers_by_name(operator: Client) -> None:
    make_drill_receiver("ops"), make_drill_receiver("hook")
    test = post(operator, {"expects_alert": True, "receivers": ["ops"]}, 201)
    schema(schemas.LoadTest).model_validate(test, strict=True)
    told = {name: test[name] for name in ("kind", "seconds", "expects_alert", "rule", "receivers", "passed")}
    assert told == {"kind": "cpu", "seconds": 120, "expects_alert": True, "rule": "CPU", "receivers": ["ops"],
                    "passed": None}  # fmt: skip
    assert (test["promised_seconds"], test["alert"], test["seen_in_browser_at"]) == (98.0, None, None)


def test_without_names_everybody_who_wants_drills_is_told(operator: Client) -> None:
    make_drill_receiver("ops"), make_drill_receiver("hook"), make_drill_receiver("quiet", wants_drills=False)
    assert post(operator, {"expects_alert": True}, 201)["receivers"] == ["hook", "ops"]


def test_an_empty_list_means_nobody(operator: Client) -> None:
    make_drill_receiver("ops")
    assert post(operator, {"expects_alert": True, "receivers": []}, 201)["receivers"] == []


def test_a_rule_is_chosen_by_name(operator: Client) -> None:
    Rule.objects.create(
        name="Quick", metric="cpu_percent", window_seconds=2, threshold=50, clear_threshold=50
    )
    assert post(operator, {"expects_alert": True, "rule": "Quick"}, 201)["rule"] == "Quick"


def test_a_disk_test_is_asked_for(operator: Client) -> None:
    test = post(operator, {"kind": "io", "seconds": 5}, 201)
    assert (test["kind"], test["expects_alert"], test["rule"], test["receivers"]) == ("io", False, None, [])


def test_a_plain_test_tells_nothing_of_a_drill(operator: Client) -> None:
    test = post(operator, {}, 201)
    assert (test["kind"], test["expects_alert"], test["promised_seconds"]) == ("cpu", False, None)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"kind": "net"}, "kind must be cpu or io, not 'net'."),
        ({"kind": 5}, "kind must be cpu or io, not '5'."),
        ({"expects_alert": 1}, "expects_alert must be true or false, not '1'."),
        ({"expects_alert": None}, "expects_alert must be true or false, not null."),
        ({"expects_alert": True, "receivers": "ops"}, "receivers must be a list of at most 100 names, not 'ops'."),
        ({"expects_alert": True, "receivers": ["x"] * 101}, "receivers must be a list of at most 100 names, not a list."),
        ({"expects_alert": True, "receivers": [5]}, "receivers must hold names of at most 80 characters, not '5'."),
        ({"expects_alert": True, "receivers": ["x"]}, "There is no receiver 'x'. Those that hear of this drill: none."),
        ({"expects_alert": True, "rule": ["CPU"]}, "rule must be a name of at most 80 characters, not a list."),
        ({"expects_alert": True, "seconds": 50}, "CPU promises to fire within 98.0 s: give at least 98 seconds, not 50."),
        ({"receivers": []}, "receivers needs expects_alert: true."),
        ({"rule": "CPU"}, "rule needs expects_alert: true."),
    ],
)  # fmt: skip
def test_what_is_no_possible_drill_is_refused_with_a_sentence(
    operator: Client, body: Any, sentence: str
) -> None:
    assert post(operator, body, 400)["error"] == sentence
    assert not LoadTest.objects.exists()


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 81])
def test_a_name_that_none_can_be_is_refused(operator: Client, name: str) -> None:
    post(operator, {"expects_alert": True, "receivers": [name]}, 400)
    post(operator, {"expects_alert": True, "rule": name}, 400)


def test_an_alert_that_stands_is_a_conflict(operator: Client) -> None:
    make_alert(Host.objects.get(), rule=Rule.objects.get(name="CPU"))
    assert "stands already" in post(operator, {"expects_alert": True}, 409)["error"]
