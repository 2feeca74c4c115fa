"""Search of alerts: the year is counted by the days of a zone."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from monitor.alerts import search
from tests.factories import make_alert

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_calendar")]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/New_York", "Europe/Berlin"])
def test_midnight_is_that_of_the_zone_in_summer_and_winter(host, zone) -> None:
    expected: dict[str, int] = {}
    for days in (20, 120, 220, 320):
        local = timezone.now().astimezone(ZoneInfo(zone)) - timedelta(days=days)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        for at in (midnight - timedelta(seconds=1), midnight):
            make_alert(host, int(at.timestamp() * 1000), int(at.timestamp() * 1000) + 1)
            expected[at.astimezone(ZoneInfo(zone)).date().isoformat()] = 1
    year = search.year(search.Filter(), timezone.now().astimezone(ZoneInfo(zone)).date(), ZoneInfo(zone))
    assert {day.date.isoformat(): day.count for day in year if day.count} == expected
