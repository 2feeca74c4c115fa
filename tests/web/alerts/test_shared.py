"""The shared page of an alert: for whoever has the link, while it lasts, and less than others see."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from monitor.alerts import actions
from monitor.alerts.sharelinks import ShareLink
from tests.factories import make_drill_receiver, make_load_test
from tests.web.alerts.pages import EVIL, MINUTE_MS, login, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public", "no_calendar")]


def shared_link(client, alert, days: str = "7") -> str:
    """Make a link as the page does; return its path."""
    response = client.post(f"/alerts/{alert.pk}/share/", {"days": days})
    assert response.status_code == 201
    return re.search(r'value="http://testserver(/alerts/shared/[^"]+)"', text_of(response))[1]


def test_a_shared_alert_is_read_without_a_login_and_tells_less(client, alert, settings) -> None:
    login(client, "acknowledge_alert", is_staff=True)
    path = shared_link(client, alert)
    settings.LOADMON_PUBLIC = "no"
    response = Client().get(path)
    page = text_of(response)
    assert response.status_code == 200
    assert "did it" in page
    assert "rsync" in page
    assert "1 message: 1 accepted." in page
    for hidden in ("secret-folder", "ops-mail", "250 queued", "<form", "<textarea", "/admin/", "csrf"):
        assert hidden not in page, hidden
    assert EVIL not in page


def test_a_shared_alert_names_neither_people_nor_receivers_nor_the_reports_of_load_tests(
    client, alert, now_ms
) -> None:
    user = login(client, "acknowledge_alert", "run_loadtest")
    test = make_load_test(
        alert.host,
        "finished",
        now_ms - 2 * MINUTE_MS,
        requested_by=user,
        report="mail refused: 550 bob unknown",
    )
    test.receivers.add(make_drill_receiver("ops-pager"))
    actions.acknowledge(alert, user, "on it", timezone.now())
    page = text_of(client.get(shared_link(client, alert)))
    data = json.loads(re.search(r'<script id="alert-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert data["history"]["load_tests"] == [{"started_at": now_ms - 2 * MINUTE_MS, "ended_at": None}]
    assert "on it" in page
    for hidden in ("ops-pager", "550 bob", "by <strong>ann", "by ann", '"ann"'):
        assert hidden not in page, hidden


def test_even_staff_sees_on_a_shared_page_only_what_everybody_sees(client, alert) -> None:
    login(client, "acknowledge_alert", is_staff=True)
    page = text_of(client.get(shared_link(client, alert)))
    assert "secret-folder" not in page
    assert "ops-mail" not in page


def test_a_shared_page_is_kept_from_search_engines_and_from_the_next_site(client, alert) -> None:
    login(client, "acknowledge_alert")
    path = shared_link(client, alert)
    for response in (client.get(path), client.get(path[:-3] + "/")):
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert response.headers["Cache-Control"] == "no-store"
        assert '<meta name="referrer" content="no-referrer">' in text_of(response)


def test_an_expired_or_revoked_or_unknown_link_ends_at_one_calm_page(client, alert) -> None:
    user = login(client, "acknowledge_alert")
    expired = shared_link(client, alert, "1")
    ShareLink.objects.update(expires_at=timezone.now())
    revoked = shared_link(client, alert)
    actions.revoke(alert, ShareLink.objects.latest("id").pk, user, timezone.now())
    pages = [Client().get(path) for path in (expired, revoked, "/alerts/shared/guess/")]
    assert [page.status_code for page in pages] == [410, 410, 404]
    assert len({page.content for page in pages}) == 1
    assert "This link does not lead anywhere any more" in text_of(pages[0])


def test_a_link_is_listed_until_it_is_revoked_on_the_page(client, alert) -> None:
    login(client, "acknowledge_alert")
    path = shared_link(client, alert)
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    [link] = re.findall(r'name="link" value="(\d+)"', page)
    assert path not in page
    client.post(f"/alerts/{alert.pk}/revoke/", {"link": link})
    assert Client().get(path).status_code == 410
    assert 'name="link"' not in text_of(client.get(f"/alerts/{alert.pk}/"))


@pytest.mark.parametrize("days", ["", "0", "365", "x", "-1"])
def test_a_link_of_another_length_is_refused(client, alert, days) -> None:
    login(client, "acknowledge_alert")
    assert client.post(f"/alerts/{alert.pk}/share/", {"days": days}).status_code == 400
