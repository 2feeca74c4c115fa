"""The admin as a whole: its name, its login, what no page needs."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from monitor.loadtests.models import LoadTest
from tests.admin.pages import make_alert, text
from tests.factories import make_user

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIST = "admin:monitor_alert_changelist"


def test_the_admin_is_named_and_leads_back_to_the_dashboard(boss) -> None:
    page = boss.get(reverse("admin:index")).content.decode()
    assert "loadmon" in page
    assert f'<a href="{reverse("dashboard")}">View site</a>' in page


def test_every_admin_page_has_an_icon_so_that_browsers_ask_for_no_other(client, boss) -> None:
    for name in ("admin:index", LIST):
        assert "monitor/icons/ok.svg" in boss.get(reverse(name)).content.decode()
    client.logout()
    assert "monitor/icons/ok.svg" in client.get(reverse("admin:login")).content.decode()


@pytest.mark.parametrize("name", ["alert", "rule", "host", "loadtest"])
def test_no_page_needs_inline_script_or_style(boss, stopped_host, name: str) -> None:
    make_alert(stopped_host)
    LoadTest.objects.create(host=stopped_host, seconds=1, workers=1)
    page = boss.get(reverse(f"admin:monitor_{name}_changelist")).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*(src=|type=\"application/json))", page)


def test_without_login_nothing_is_shown(client, stopped_host) -> None:
    make_alert(stopped_host)
    assert client.get(reverse(LIST)).status_code == 302


def test_the_login_of_the_admin_tells_of_the_link_that_logs_one_in(client) -> None:
    words = text(client.get(reverse("admin:login")))
    assert "On the server, .venv/bin/python manage.py loginlink prints a link" in words


@pytest.mark.parametrize("path", ["auth/user/?username__regex=(a%2B)%2B$", "auth/group/?name__iregex=(a%2B)%2B$",
                                  "monitor/alert/?fired_at__year=99999999999999"])  # fmt: skip
def test_no_address_makes_a_list_expensive_or_breaks_it(client, path) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/admin/{path}").status_code in (302, 400, 403)
