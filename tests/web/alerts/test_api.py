"""Alerts and silences in the JSON API: filters, details, and what people do there."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitor.alerts.models import Alert
from monitor.notifications.models import Silence
from tests.factories import make_alert, make_host, make_rule, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public", "published")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
API = "/api/v1"


@pytest.fixture
def ann():
    """A client whose user may acknowledge and silence."""
    client = Client()
    client.force_login(make_user("ann", ["acknowledge_alert", "add_silence"]), backend=BACKEND)
    return client


def ids(client, query: str) -> list[int]:
    response = client.get(f"{API}/alerts?{query}")
    assert response.status_code == 200, response.content
    return [one["id"] for one in response.json()["alerts"]]


def send(client, path: str, body: object, method: str = "post", **headers: str):
    return getattr(client, method)(f"{API}/{path}", body, content_type="application/json", headers=headers)


# Reading


def test_the_list_can_be_narrowed_by_severity_time_and_text(client, now_ms) -> None:
    host = make_host()
    bad = make_alert(host, now_ms - 60_000, now_ms, worst_severity="critical", explanation="5 x rsync")
    old = make_alert(host, now_ms - 9 * 86_400_000, now_ms)
    assert (
        ids(client, "severity=critical")
        == ids(client, "since=-1h")
        == ids(client, "search=RSYNC")
        == [bad.pk]
    )
    assert ids(client, "until=-1d") == [old.pk]
    assert ids(client, f"cursor={bad.pk}") == [old.pk]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("severity=bad", "severity must be info or warning or critical"),
        ("since=yesterday", "since: 'yesterday' is not a time"),
        ("until=", "until: '' is not a time"),
        ("search=" + "x" * 201, "search is not usable"),
        ("search=a%00b", "search is not usable"),
        ("serverity=critical", "serverity"),
    ],
)
def test_a_wrong_filter_is_refused_with_its_value(client, query, sentence) -> None:
    response = client.get(f"{API}/alerts?{query}")
    assert response.status_code == 400
    assert sentence in response.json()["error"]


# Deeds


def test_an_acknowledgement_is_answered_with_the_alert_and_told_to_every_page(ann, published) -> None:
    alert = make_alert(make_host())
    found = send(ann, f"alerts/{alert.pk}/acknowledge", {"note": "mine"}).json()
    assert (found["acknowledged_by"], found["acknowledged_at"] is None) == ("ann", False)
    [change] = found["transitions"]
    assert (change["change"], change["by"], change["note"], change["value"]) == (
        "acknowledged",
        "ann",
        "mine",
        None,
    )
    assert published == [{"type": "live.alerts", "host": "db-01"}]
    again = send(ann, f"alerts/{alert.pk}/acknowledge", {})
    assert (again.status_code, again.json()["error"]) == (409, "ann has acknowledged this alert already.")


def test_a_note_is_stored_also_when_the_alert_is_over(ann, now_ms) -> None:
    alert = make_alert(make_host(), now_ms, now_ms)
    response = send(ann, f"alerts/{alert.pk}/notes", {"note": "it was the backup"})
    assert (response.status_code, response.json()["transitions"][0]["note"]) == (201, "it was the backup")
    assert send(ann, f"alerts/{alert.pk}/acknowledge", {}).status_code == 409


@pytest.mark.parametrize(
    "body", [{}, {"note": " "}, {"note": "x" * 1001}, {"note": None}, {"text": "x"}, [], "x"]
)
def test_a_note_that_is_none_is_refused(ann, body) -> None:
    alert = make_alert(make_host())
    assert send(ann, f"alerts/{alert.pk}/notes", body).status_code == 400
    assert alert.transitions.count() == 0


@pytest.mark.parametrize("deed", ["acknowledge", "notes"])
def test_a_deed_on_no_alert_is_404(ann, deed) -> None:
    assert send(ann, f"alerts/7/{deed}", {"note": "x"}).json()["error"] == "There is no alert 7."


CHANGES = [("alerts/{}/acknowledge", {}), ("alerts/{}/notes", {"note": "x"}), ("silences", {"minutes": 5})]


@pytest.mark.parametrize(("path", "body"), CHANGES)
def test_changes_need_a_login_the_permission_a_token_and_this_very_site(settings, client, path, body) -> None:
    alert = make_alert(make_host())
    path = path.format(alert.pk)
    assert send(client, path, body).status_code == 401
    client.force_login(make_user("bob"), backend=BACKEND)
    assert send(client, path, body).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    permissions = ["acknowledge_alert", "add_silence"]
    strict.force_login(make_user("ann", permissions), backend=BACKEND)
    assert "CSRF" in send(strict, path, body).json()["error"]
    strict.handler.enforce_csrf_checks = False
    assert send(strict, path, body, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert (Alert.objects.get().acknowledged_at, alert.transitions.count(), Silence.objects.count()) == (
        None,
        0,
        0,
    )


# Silences


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
