"""How the admin writes times."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from monitor.loadtests.models import LoadTest
from tests.admin.pages import text

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_dates_are_written_in_one_way_with_their_zone(boss, stopped_host) -> None:
    row = LoadTest.objects.create(
        host=stopped_host, seconds=120, workers=2, state="finished", started_at=START
    )
    words = text(boss.get(reverse("admin:monitor_loadtest_change", args=[row.pk])))
    assert "2026-03-01 12:00:00 UTC" in words
