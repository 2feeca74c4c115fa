"""The past of parts is stored in every tier at once, and what comes and goes fills no dictionary."""

import pytest
from django.db.models import Sum

from monitor.metrics.parts import Kind, Part, PartAccount, PartUsed
from monitor.usage import parts
from monitor.usage.domain.tiers import TIERS
from monitor.usage.models import Part as Name
from monitor.usage.models import PartUsage

pytestmark = pytest.mark.django_db

SDA = Part(Kind.DISK, "sda")


def moved(minute, in_bytes, part=SDA, seen_ms=60_000):
    return PartAccount(minute, part, PartUsed(seen_ms, in_bytes=in_bytes, in_highest=in_bytes))


def test_all_tiers_hold_the_same_sums(host):
    parts.add(host, [moved(minute, minute) for minute in range(400)])
    sums = {
        (row["tier"], row["whole"], row["seen"])
        for row in PartUsage.objects.values("tier").annotate(whole=Sum("in_bytes"), seen=Sum("seen_ms"))
    }
    assert sums == {(tier, sum(range(400)), 400 * 60_000) for tier in TIERS}
    assert PartUsage.objects.get(tier=360, start=0).in_highest == 359


def test_accounts_of_one_minute_are_one_row(host):
    parts.add(host, [moved(3, 5, seen_ms=15_000), moved(3, 7, seen_ms=15_000)])
    row = PartUsage.objects.get(tier=1)
    assert (row.start, row.seen_ms, row.in_bytes, row.in_highest, row.out_bytes) == (3, 30_000, 12, 7, None)


def test_what_comes_and_goes_leaves_the_dictionary_bounded(host):
    for minute in range(0, 10_000, 100):
        parts.add(host, [moved(minute, 1, Part(Kind.DISK, f"sd{minute + number}")) for number in range(100)])
    assert Name.objects.count() == parts.MOST


def test_one_part_has_one_name_and_it_is_known_when_it_was_last_seen(host):
    for minute in range(0, 100, 10):
        parts.add(host, [moved(minute, 1)])
    assert Name.objects.get().seen == 80
