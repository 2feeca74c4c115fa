"""Alerts in the JSON API: filters, details, and what people do there."""

from urllib.parse import quote

import pytest
from django.test import Client

from monitor.alerts.models import Alert, Transition
from monitor.metrics.times import moment
from monitor.notifications.models import Silence
from monitor.web.alerts import schemas
from monitor.web.schemas import schema
from tests.factories import NOW_MS, make_alert, make_host, make_user
from tests.stages.api import API, get, is_error, send
from tests.stages.members import DISK, GONE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public", "published")]
BACKEND = "django.contrib.auth.backends.ModelBackend"


def ids(client, query: str) -> list[int]:
    response = client.get(f"{API}/alerts?{query}")
    assert response.status_code == 200, response.content
    return [one["id"] for one in response.json()["alerts"]]


# Reading


def test_alerts_are_filtered_and_paged_newest_first(client) -> None:
    host = make_host()
    alerts = [make_alert(host, NOW_MS + n, NOW_MS + 9000, rule_name="Load") for n in range(3)]
    still_open = make_alert(host)
    make_alert(make_host("other"), NOW_MS, NOW_MS + 1)
    assert [one["id"] for one in get(client, "alerts", state="open")["alerts"]] == [still_open.pk]
    first = get(client, "alerts", host="db-01", rule="Load", state="resolved", limit=2)
    schema(schemas.Alerts).model_validate(first, strict=True)
    second = get(
        client, "alerts", host="db-01", rule="Load", state="resolved", limit=2, cursor=first["next_cursor"]
    )
    ids = [alert["id"] for page in (first, second) for alert in page["alerts"]]
    assert ids == [alert.pk for alert in reversed(alerts)]
    assert second["next_cursor"] is None


def test_one_alert_comes_with_its_transitions(client) -> None:
    alert = make_alert(make_host())
    Transition.objects.create(alert=alert, at=moment(NOW_MS), change="fired", value=80.0)
    found = get(client, f"alerts/{alert.pk}")
    schema(schemas.AlertDetail).model_validate(found, strict=True)
    [change] = found["transitions"]
    assert (change["at"], change["change"], change["value"], change["by"]) == (NOW_MS, "fired", 80.0, None)


@pytest.mark.parametrize("state", ["", "OPEN", "open,resolved", "1"])
def test_a_state_that_is_none_is_refused(client, state) -> None:
    error = get(client, "alerts", 400, state=state)
    assert error["error"] == f"state must be open or resolved, not '{state}'."


@pytest.mark.parametrize("identifier", ["0", "999", "9223372036854775807"])
def test_an_unknown_alert_is_404(client, identifier) -> None:
    assert get(client, f"alerts/{identifier}", 404)["error"] == f"There is no alert {identifier}."


@pytest.mark.parametrize("identifier", ["x", "1_0", "٣", "9223372036854775808", "1.0"])
def test_an_alert_id_that_is_no_number_is_refused(client, identifier) -> None:
    assert is_error(get(client, f"alerts/{quote(identifier)}", 400), 400)


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


def test_an_alert_tells_what_it_is_of_and_what_of_that_is_not_measured_any_more(client, public) -> None:
    make_alert(make_host(), members=GONE, **DISK)
    [found] = client.get(f"{API}/alerts").json()["alerts"]
    assert found["members"] == [
        {"name": "/data", "value": 95.0, "gone_at": NOW_MS}, {"name": "/srv", "value": 91.0, "gone_at": None},
    ]  # fmt: skip
    assert found["unseen"].startswith("/data is no longer measured")
    assert found["unseen_since"] == NOW_MS


def test_an_alert_is_ended_where_something_is_not_measured_any_more_and_else_refused(ann, published) -> None:
    alert = make_alert(make_host(), members=GONE, **DISK)
    found = send(ann, f"alerts/{alert.pk}/end", {"note": "sold"}).json()
    assert (found["state"], found["end_observed"], found["unseen"]) == ("resolved", False, "")
    assert found["ended"] == "Ended by hand: /data was not measured any more."
    assert [(one["change"], one["by"], one["note"]) for one in found["transitions"]] == [
        ("ended", "ann", "sold")
    ]
    assert published == [{"type": "live.alerts", "host": "db-01"}]
    assert send(ann, f"alerts/{alert.pk}/end", {}).status_code == 409


@pytest.mark.parametrize("deed", ["acknowledge", "end", "notes"])
def test_a_deed_on_no_alert_is_404(ann, deed) -> None:
    assert send(ann, f"alerts/7/{deed}", {"note": "x"}).json()["error"] == "There is no alert 7."


CHANGES = [
    ("alerts/{}/acknowledge", {}),
    ("alerts/{}/end", {}),
    ("alerts/{}/notes", {"note": "x"}),
    ("silences", {"minutes": 5}),
]


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
