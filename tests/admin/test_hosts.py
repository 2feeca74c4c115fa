"""Hosts in the admin: their facts, and when one may be deleted."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from monitor.alerts.models import Alert, Transition
from monitor.history.models import Sample
from monitor.hosts.models import Host
from tests.admin.pages import make_alert, text

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_host_tells_its_facts_and_leads_to_its_dashboard(boss, stopped_host) -> None:
    answer = boss.get(reverse("admin:monitor_host_change", args=[stopped_host.pk]))
    assert f'href="{reverse("dashboard")}?host=web1"' in answer.content.decode()
    assert "2 (2 of 2)" in text(answer)


def test_deleting_a_host_is_asked_with_numbers_and_takes_all_of_it(boss, stopped_host) -> None:
    Sample.objects.bulk_create(Sample(host=stopped_host, taken_at_ms=at, covered_ms=0) for at in range(3))
    Transition.objects.create(alert=make_alert(stopped_host), at=START, change="fired", value=1)
    url = reverse("admin:monitor_host_delete", args=[stopped_host.pk])
    question = text(boss.get(url))
    assert "samples: 3" in question.lower()
    assert "alerts: 1" in question.lower()
    boss.post(url, {"post": "yes"})
    assert not Host.objects.exists()
    assert not Alert.objects.exists()


def test_a_host_that_is_being_sampled_is_not_deleted(boss) -> None:
    host = Host.objects.create(name="web1")
    now = round(timezone.now().timestamp() * 1000)
    Sample.objects.create(host=host, taken_at_ms=now, covered_ms=0)
    boss.post(reverse("admin:monitor_host_delete", args=[host.pk]), {"post": "yes"})
    form = {"action": "delete_selected", "_selected_action": [host.pk], "post": "yes"}
    boss.post(reverse("admin:monitor_host_changelist"), form)
    assert Host.objects.filter(pk=host.pk).exists()


def test_samples_from_before_the_clock_was_set_back_keep_no_host(boss) -> None:
    host = Host.objects.create(name="web1")
    now = round(timezone.now().timestamp() * 1000)
    for at in (now + 3_600_000, now - 600_000):
        Sample.objects.create(host=host, taken_at_ms=at, covered_ms=0)
    boss.post(reverse("admin:monitor_host_delete", args=[host.pk]), {"post": "yes"})
    assert not Host.objects.exists()


def test_only_a_superuser_deletes_a_host(client, stopped_host) -> None:
    staff = User.objects.create_user("clerk", is_staff=True)
    staff.user_permissions.add(*Permission.objects.filter(codename__in=["view_host", "delete_host"]))
    client.force_login(staff, backend="sesame.backends.ModelBackend")
    answer = client.post(reverse("admin:monitor_host_delete", args=[stopped_host.pk]), {"post": "yes"})
    assert answer.status_code == 403
    assert Host.objects.exists()
