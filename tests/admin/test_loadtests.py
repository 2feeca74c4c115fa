"""Load tests in the admin."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from monitor.loadtests.models import LoadTest
from tests.admin.pages import text

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_load_test_tells_who_when_and_how_long(boss, stopped_host) -> None:
    ada = User.objects.create_user("ada")
    LoadTest.objects.create(
        host=stopped_host, requested_by=ada, seconds=120, workers=2, state="cancelled", started_at=START,
        ended_at=START + timedelta(seconds=7), report="Never crossed.",
    )  # fmt: skip
    words = text(boss.get(reverse("admin:monitor_loadtest_changelist")))
    for word in ("ada", "Cancelled", "7 s of 2 min", "Never crossed."):
        assert word in words
