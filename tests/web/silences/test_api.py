"""Silences and maintenance in the JSON API: made, listed, ended, refused."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitor.notifications import silences
from monitor.notifications.models import Silence
from tests.factories import make_host, make_rule, make_user
from tests.stages.api import API, send

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public", "published")]


def test_a_silence_of_a_rule_is_made_listed_and_ended(ann, client, published) -> None:
    make_host()
    make_rule("Busy")
    made = send(ann, "silences", {"rule": "Busy", "host": "db-01", "minutes": 60, "note": "the move"}).json()
    assert (made["rule"], made["host"], made["created_by"], made["is_active"]) == (
        "Busy",
        "db-01",
        "ann",
        True,
    )
    assert made["ends_at"] - made["starts_at"] == 3_600_000
    [listed] = client.get(f"{API}/silences").json()["silences"]
    assert listed == made
    ended = ann.delete(f"{API}/silences/{made['id']}")
    assert (ended.status_code, ended.json()["is_active"]) == (200, False)
    assert client.get(f"{API}/silences").json() == {"silences": []}
    assert [event["type"] for event in published] == ["live.status", "live.status"]


def test_a_silence_ends_at_a_given_time(ann) -> None:
    ends = timezone.now().replace(microsecond=0) + timedelta(hours=3)
    made = send(ann, "silences", {"until": ends.isoformat()}).json()
    assert (made["until_at"], made["rule"]) == (int(ends.timestamp() * 1000), None)


def test_maintenance_is_one_silence_however_often_it_is_asked_for(ann, client) -> None:
    first = send(ann, "silences", {"maintenance": True, "minutes": 30}).json()
    second = send(ann, "silences", {"maintenance": True, "minutes": 120}).json()
    assert first["id"] == second["id"]
    assert second["until_at"] > first["until_at"]
    assert [one["maintenance"] for one in client.get(f"{API}/silences").json()["silences"]] == [True]


def test_a_silence_may_last_a_year_in_minutes(ann) -> None:
    assert send(ann, "silences", {"minutes": 525_600}).status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({}, 400, "Give either minutes or until"),
        ({"minutes": 5, "until": "2099-01-01T00:00:00Z"}, 400, "Give either minutes or until"),
        ({"minutes": 0}, 400, "minutes must be a whole number from 1 to 525600, not 0."),
        ({"minutes": 525_601}, 400, "minutes must be a whole number"),
        ({"minutes": "60"}, 400, "minutes must be"),
        ({"minutes": 1.5}, 400, "minutes must be"),
        ({"minutes": True}, 400, "minutes must be"),
        ({"until": "soon"}, 400, "until: 'soon' is not a time"),
        ({"until": "-1h"}, 400, "must lie in the future"),
        ({"until": "2999-01-01T00:00:00Z"}, 400, "over a year away"),
        ({"minutes": 5, "rule": "Nobody"}, 404, "There is no rule 'Nobody'."),
        ({"minutes": 5, "host": "nowhere"}, 404, "There is no host 'nowhere'."),
        ({"minutes": 5, "host": "db-01", "maintenance": True}, 400, "leave rule and host out"),
        ({"minutes": 5, "note": "x" * 201}, 400, "note"),
        ({"minutes": 5, "everything": True}, 400, "everything"),
    ],
)
def test_a_wrong_silence_is_refused_with_a_sentence(ann, body, status, sentence) -> None:
    make_host()
    response = send(ann, "silences", body)
    assert (response.status_code, sentence in response.json()["error"]) == (status, True), response.content
    assert Silence.objects.count() == 0


def test_a_weekly_silence_is_ended_for_this_time_and_not_again(ann) -> None:
    row = Silence.objects.create(
        starts_at=timezone.now() - timedelta(hours=1),
        weekdays="0123456",
        from_time=time(0),
        until_time=time(0),
    )
    ended = ann.delete(f"{API}/silences/{row.pk}").json()
    assert (ended["ends_at"], ended["is_active"]) == (None, False)
    assert ended["resumes_at"] > timezone.now().timestamp() * 1000
    again = ann.delete(f"{API}/silences/{row.pk}")
    assert again.status_code == 409
    assert "holds nothing back now; end it for ever in the admin" in again.json()["error"]


def test_only_a_silence_that_stands_can_be_ended(ann, client) -> None:
    made = send(ann, "silences", {"minutes": 60}).json()
    bob = Client()
    bob.force_login(make_user("bob"), backend=BACKEND)
    assert bob.delete(f"{API}/silences/{made['id']}").status_code == 403
    assert client.delete(f"{API}/silences/{made['id']}").status_code == 401
    assert ann.delete(f"{API}/silences/{made['id'] + 1}").status_code == 404
    assert ann.delete(f"{API}/silences/{made['id']}").status_code == 200
    assert ann.delete(f"{API}/silences/{made['id']}").status_code == 404


def test_where_too_many_stand_another_is_refused_with_a_sentence(ann, monkeypatch) -> None:
    monkeypatch.setattr(silences, "MOST_SILENCES", 0)
    for body in ({"minutes": 5}, {"minutes": 5, "maintenance": True}):
        answer = ann.post("/api/v1/silences", body, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]) == (
            409, "There are 0 silences already that are not over: end one of them first.",
        )  # fmt: skip
