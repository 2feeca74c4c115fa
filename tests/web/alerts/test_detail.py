"""The detail of an alert: command lines for staff, answers of receivers for who is logged in, evidence of any shape."""

import pytest
from django.test import Client

from tests.web.alerts.pages import login, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public", "no_calendar")]


def test_command_lines_are_for_staff_alone(client, alert) -> None:
    paths = (
        f"/alerts/{alert.pk}/",
        f"/alerts/{alert.pk}/parts/",
        f"/alerts/{alert.pk}.json",
        f"/api/v1/alerts/{alert.pk}",
    )
    user = login(client, "acknowledge_alert")
    assert not [path for path in paths if "secret-folder" in text_of(client.get(path))]
    assert not [path for path in paths if "secret-folder" in text_of(Client().get(path))]
    user.is_staff = True
    user.save()
    assert [path for path in paths if "secret-folder" in text_of(client.get(path))] == list(paths)


def test_what_the_other_side_answered_needs_a_login(client, alert) -> None:
    paths = (f"/alerts/{alert.pk}/", f"/alerts/{alert.pk}.json")
    assert not [path for path in paths if "250 queued" in text_of(client.get(path))]
    login(client)
    assert [path for path in paths if "250 queued" in text_of(client.get(path))] == list(paths)


@pytest.mark.parametrize("state", ["pending", "failed", "expired"])
def test_a_reason_that_is_an_answer_needs_a_login(client, alert, state) -> None:
    alert.notifications.update(state=state, reason="Refused: bob@corp.example: 550 no such user on mx7")
    paths = [f"/alerts/{alert.pk}/", f"/alerts/{alert.pk}.json", f"/api/v1/alerts/{alert.pk}"]
    assert not [path for path in paths if "mx7" in text_of(client.get(path))]
    login(client)
    assert [path for path in paths if "mx7" in text_of(client.get(path))] == paths


def test_a_reason_of_our_own_is_for_everybody_who_may_look(client, alert) -> None:
    alert.notifications.update(state="held", reason="Held back by a silence.")
    assert "Held back by a silence." in text_of(client.get(f"/alerts/{alert.pk}/"))


@pytest.mark.parametrize(
    "document", [None, [], {}, {"by_cpu": None, "groups": 3, "cpu": [], "blocked": ["x"]}]
)
def test_evidence_of_any_shape_is_survived(client, alert, document) -> None:
    alert.evidence.update(document=document if document is not None else {})
    for path in (f"/alerts/{alert.pk}/", f"/alerts/{alert.pk}.json"):
        assert client.get(path).status_code == 200


def test_the_json_is_the_answer_of_the_api_as_a_file(client, alert) -> None:
    exported = client.get(f"/alerts/{alert.pk}.json")
    assert exported.json() == client.get(f"/api/v1/alerts/{alert.pk}").json()
    assert exported.headers["Content-Disposition"] == f'attachment; filename="alert-{alert.pk}.json"'
