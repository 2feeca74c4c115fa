"""The forms on the page of an alert: acknowledging, notes and links, and who may."""

import re

import pytest
from django.test import Client

from monitor.alerts.sharelinks import ShareLink
from tests.factories import make_user
from tests.stages.members import GONE
from tests.web.alerts.pages import BACKEND, login, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public", "no_calendar")]


def test_acknowledging_on_the_page_is_stored_and_shown(client, alert) -> None:
    login(client, "acknowledge_alert")
    response = client.post(f"/alerts/{alert.pk}/acknowledge/", {"note": "mine"}, follow=True)
    assert response.redirect_chain == [(f"/alerts/{alert.pk}/", 302)]
    page = text_of(response)
    assert re.search(r"Acknowledged by <strong>ann</strong>", page)
    assert "mine" in page
    assert 'data-slot="acknowledge"' not in page


def test_a_refused_form_keeps_what_was_typed(client, alert) -> None:
    login(client, "acknowledge_alert")
    response = client.post(f"/alerts/{alert.pk}/note/", {"note": "x" * 1001})
    assert response.status_code == 400
    assert "at most 1000 characters" in text_of(response)
    assert "x" * 1001 in text_of(response)


DEEDS = [
    ("acknowledge", {"note": "x"}),
    ("end", {"note": "x"}),
    ("note", {"note": "x"}),
    ("share", {"days": "7"}),
    ("revoke", {"link": "1"}),
]


@pytest.mark.parametrize(("deed", "data"), DEEDS)
def test_a_deed_needs_a_login_the_permission_a_token_and_this_very_site(client, alert, deed, data) -> None:
    path = f"/alerts/{alert.pk}/{deed}/"
    assert client.post(path, data).headers["Location"].startswith("/login/?next=")
    login(client)
    assert client.post(path, data).status_code == 403
    may = Client(enforce_csrf_checks=True)
    may.force_login(make_user("bob", ["acknowledge_alert"]), backend=BACKEND)
    assert may.post(path, data).status_code == 403
    may.handler.enforce_csrf_checks = False
    assert may.post(path, data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert may.get(path).status_code == 405
    alert.refresh_from_db()
    assert (alert.acknowledged_at, alert.transitions.count(), ShareLink.objects.count()) == (None, 1, 0)


def test_there_are_no_forms_for_who_may_not_use_them(client, alert) -> None:
    assert "<textarea" not in text_of(client.get(f"/alerts/{alert.pk}/"))
    login(client)
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    assert "<textarea" not in page
    assert "may not acknowledge" in page


def test_an_alert_whose_disk_is_gone_can_be_ended_on_its_page(client, alert) -> None:
    login(client, "acknowledge_alert")
    path = f"/alerts/{alert.pk}/"
    assert 'data-slot="end"' not in text_of(client.get(path))
    assert client.post(f"{path}end/", {}).status_code == 409
    alert.members = GONE
    alert.save()
    assert 'data-slot="end"' in text_of(client.get(path))
    page = text_of(client.post(f"{path}end/", {"note": "sold"}, follow=True))
    assert '<span class="state-word">Ended</span>' in page
    assert "Ended by hand</strong> <span>by ann</span>" in page
    assert "sold" in page
    assert 'data-slot="end"' not in page
