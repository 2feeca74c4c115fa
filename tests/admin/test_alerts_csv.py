"""The export of the list of alerts as CSV."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from monitor.admin.alerts import AlertAdmin
from monitor.alerts.models import Alert
from monitor.hosts.models import Host
from monitor.metrics.quantities import span
from monitor.web.alerts import summary
from tests.admin.pages import make_alert, text

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIST = "admin:monitor_alert_changelist"


def rows(answer) -> list[dict[str, str]]:
    """A streamed CSV, parsed."""
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_link_exports_all_that_matches_and_no_more(boss, stopped_host) -> None:
    for number in range(60):
        make_alert(stopped_host, peak=float(number))
    make_alert(stopped_host, worst_severity="critical")
    page = boss.get(reverse(LIST), {"severity": "warning"}).content.decode()
    link = re.search(r'href="([^"]*/export/[^"]*)"', page)
    assert link
    exported = rows(boss.get(link.group(1).replace("&amp;", "&")))
    assert [row["peak"] for row in exported] == [f"{number}.0" for number in reversed(range(60))]


def test_ticked_alerts_are_exported(boss, stopped_host) -> None:
    chosen, _ = make_alert(stopped_host), make_alert(stopped_host)
    form = {"action": "export_selected", "_selected_action": [chosen.pk]}
    assert [row["id"] for row in rows(boss.post(reverse(LIST), form))] == [str(chosen.pk)]


def test_the_export_tells_of_an_alert_the_length_that_the_list_shows(boss, stopped_host) -> None:
    ended = make_alert(stopped_host)
    (row,) = rows(boss.get(reverse("admin:monitor_alert_export")))
    told = summary.lasted(ended, timezone.now())
    assert span(float(row["duration_seconds"])) == told
    assert f'<td class="field-duration">{told}</td>' in boss.get(reverse(LIST)).content.decode()


def test_where_the_clock_was_set_back_meanwhile_the_length_is_not_known(boss, stopped_host) -> None:
    ended = make_alert(stopped_host)
    ended.resolved_at = ended.fired_at - timedelta(hours=1)
    ended.save()
    (row,) = rows(boss.get(reverse("admin:monitor_alert_export")))
    assert row["duration_seconds"] == ""
    assert summary.lasted(ended, timezone.now()) == "not known"


def test_the_list_sorts_by_the_length_that_it_shows(boss, stopped_host) -> None:
    make_alert(stopped_host, rule_name="An end", resolved_at=START + timedelta(seconds=100))
    make_alert(
        stopped_host, rule_name="Unseen", end_observed=False, last_seen_at=START + timedelta(seconds=45)
    )
    column = AlertAdmin.list_display.index("duration") + 1  # the boxes to tick come first
    page = text(boss.get(reverse(LIST), {"o": str(column)}))
    assert page.index("Unseen") < page.index("An end")


def test_the_export_is_for_those_who_may_see_alerts(client, stopped_host) -> None:
    staff = User.objects.create_user("clerk", is_staff=True)
    client.force_login(staff, backend="sesame.backends.ModelBackend")
    assert client.get(reverse("admin:monitor_alert_export")).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_alert"))
    assert client.get(reverse("admin:monitor_alert_export")).status_code == 200


def test_the_export_needs_a_login(client) -> None:
    answer = client.get(reverse("admin:monitor_alert_export"))
    assert answer.status_code == 302
    assert "/login/" in answer.url


def test_a_load_test_marks_its_alerts_in_the_list(boss, stopped_host) -> None:
    make_alert(stopped_host)
    assert "load test" not in text(boss.get(reverse(LIST)))
    make_alert(stopped_host, is_test=True)
    assert "load test" in text(boss.get(reverse(LIST)))


@pytest.mark.django_db(transaction=True)
async def test_under_asgi_the_export_streams_as_it_reads(monkeypatch) -> None:
    monkeypatch.setattr("monitor.web.alerts.csv.PAGE", 1)
    host = await Host.objects.acreate(name="web1")
    for _ in range(2):
        await Alert.objects.acreate(
            host=host, rule_name="CPU", metric="cpu_percent", severity="info", started_at=START,
            fired_at=START, last_seen_at=START, threshold=1, clear_threshold=1, value=1, peak=1,
        )  # fmt: skip
    client = AsyncClient()
    await client.aforce_login(
        await User.objects.acreate_superuser("boss"), backend="sesame.backends.ModelBackend"
    )
    answer = await client.get(reverse("admin:monitor_alert_export"), headers={"accept-encoding": "gzip"})
    assert (
        answer.headers["Content-Encoding"] == "identity"
    )  # browsers read only the first of many gzip members
    assert answer.is_async
    assert len([part async for part in answer.streaming_content]) == 3
