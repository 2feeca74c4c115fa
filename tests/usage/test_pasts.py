"""The past of each part over a span, from the tier that suits it."""

import pytest

from monitor.metrics.parts import Kind, Part, PartAccount, PartUsed
from monitor.usage import parts, pasts
from tests.factories import make_samples

pytestmark = pytest.mark.django_db

START = 29_833_500  # in minutes
START -= START % 360
SDA, ROOT, VAR = Part(Kind.DISK, "sda"), Part(Kind.FILE_SYSTEM, "/"), Part(Kind.FILE_SYSTEM, "/var")
MINUTE_MS = 60_000


def ms(minute):
    return (START + minute) * MINUTE_MS


def moved(minute, in_bytes=0, seen_minutes=1, part=SDA):
    used = PartUsed(
        seen_minutes * MINUTE_MS, in_bytes=in_bytes, out_bytes=0, in_highest=in_bytes // 60, busy_ms=0
    )
    return PartAccount(START + minute, part, used)


def held(minute, percent, seen_minutes=1, part=ROOT):
    seconds = 60 * seen_minutes
    return PartAccount(
        START + minute,
        part,
        PartUsed(1000 * seconds, round(10 * percent) * seconds, 1000 * seconds, 10 * percent),
    )


def figures(answer, name):
    [found] = [one["figures"] for one in answer["parts"] if one["name"] == name]
    return found


def test_parts_of_a_host_that_began_in_the_middle_of_a_coarse_row_are_told_from_then_on(host):
    parts.add(host, [moved(103, 600)])
    assert pasts.between(host, ms(0), ms(4), 10)["oldest_at"] == ms(103)


def test_each_part_has_its_own_course_with_means_and_what_is_unknown(host):
    parts.add(host, [moved(0, 600), moved(1, 0), moved(3, 1200), held(0, 50), held(1, 60)])
    answer = pasts.between(host, ms(0), ms(4), 10)
    assert answer["times"] == [ms(minute) for minute in range(4)]
    assert (answer["resolution_seconds"], answer["tier_seconds"], answer["oldest_at"]) == (60, 60, ms(0))
    assert [one["name"] for one in answer["parts"]] == ["/", "sda"]
    read = figures(answer, "sda")["read_bytes_per_second"]
    assert read["series"]["mean"] == [10.0, 0.0, None, 20.0]
    assert (read["now"], read["mean"], read["highest"], read["highest_at"]) == (20.0, 10.0, 20.0, ms(3))
    assert figures(answer, "/")["full_percent"]["series"]["mean"] == [50.0, 60.0, None, None]


def test_what_rested_is_known_for_all_of_its_minutes(host):
    parts.add(
        host, [moved(0, 600), moved(14, 0, seen_minutes=14), held(0, 50), held(14, 50, seen_minutes=14)]
    )
    answer = pasts.between(host, ms(0), ms(10), 10)
    assert figures(answer, "sda")["read_bytes_per_second"]["series"]["mean"] == [10.0] + [0.0] * 9
    assert figures(answer, "/")["full_percent"]["series"]["mean"] == [50.0] * 10


def test_what_rests_now_is_told_up_to_the_newest_sample(host):
    parts.add(host, [moved(0, 600), held(0, 50)])
    make_samples(host, 2, end_ms=ms(3) + 5000)
    answer = pasts.between(host, ms(0), ms(10), 10)
    assert (
        figures(answer, "sda")["read_bytes_per_second"]["series"]["mean"] == [10.0] + [0.0] * 3 + [None] * 6
    )
    assert figures(answer, "/")["full_percent"]["now"] == 50.0


@pytest.mark.parametrize(
    ("minutes", "points", "tier"), [(60, 600, 60), (7200, 600, 900), (40_000, 600, 3600)]
)
def test_a_longer_span_is_read_from_a_coarser_tier_with_the_same_sums(host, minutes, points, tier):
    parts.add(host, [moved(minute, 600 * (minute % 7)) for minute in range(minutes // 50)])
    answer = pasts.between(host, ms(0), ms(minutes), points)
    assert answer["tier_seconds"] == tier
    mean = figures(answer, "sda")["read_bytes_per_second"]["mean"]
    every = [minute % 7 for minute in range(minutes // 50)]
    assert mean == pytest.approx(10 * sum(every) / len(every), abs=0.001)


def test_parts_are_asked_for_by_kind_and_name(host):
    parts.add(host, [moved(0, 600), held(0, 50), held(0, 90, part=VAR)])
    every = pasts.between(host, ms(0), ms(1), 10)
    assert [one["name"] for one in every["parts"]] == ["/var", "/", "sda"]  # the fullest first
    assert [one["name"] for one in pasts.between(host, ms(0), ms(1), 10, Kind.DISK)["parts"]] == ["sda"]
    assert [one["name"] for one in pasts.between(host, ms(0), ms(1), 10, None, "/var")["parts"]] == ["/var"]
    assert pasts.between(host, ms(0), ms(1), 10, None, "/home")["parts"] == []
    assert pasts.between(host, ms(500), ms(501), 10)["parts"] == []


def test_a_disk_that_filled_tells_since_when(host):
    parts.add(host, [held(minute, 20 + max(0, minute - 30), part=VAR) for minute in range(60)])
    full = figures(pasts.between(host, ms(0), ms(60), 60), "/var")["full_percent"]
    assert (full["now"], full["highest"], full["highest_at"]) == (49.0, 49.0, ms(59))
    assert full["series"]["mean"][30] == 20.0
