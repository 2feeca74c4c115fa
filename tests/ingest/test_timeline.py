"""The timeline of a host: no two readings of it share a millisecond."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.db.models import QuerySet

from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.ingest.timeline import Timeline
from monitor.metrics.gaps import GapSpec, Kind
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report
from tests.factories import make_host

pytestmark = pytest.mark.django_db


@pytest.fixture
def host() -> Host:
    """A host with samples at 1, 2 and 3 s."""
    host = make_host()
    for at_ms in (1000, 2000, 3000):
        Sample.objects.create(host=host, taken_at_ms=at_ms, covered_ms=1000)
    return host


def report(at_ms: int, *gaps: GapSpec) -> Report:
    return Report(Reading(at_ms, 1.0, 0.0, {}), gaps)


def placed(timeline: Timeline, at_ms: int, waiting: tuple[int, ...] = ()) -> int:
    return timeline.place(report(at_ms), waiting).reading.taken_at_ms


def test_time_that_goes_on_asks_nothing_and_changes_nothing(
    host: Host, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    timeline = Timeline(host)
    one = report(4000, GapSpec(3000, 4000, Kind.SUSPENDED))
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert timeline.place(one, ()) is one


def test_a_millisecond_that_is_taken_gives_way_to_the_next(host: Host) -> None:
    timeline = Timeline(host)
    assert placed(timeline, 2500) == 2500
    assert placed(timeline, 2000) == 2001
    Sample.objects.create(host=host, taken_at_ms=2001, covered_ms=1000)
    assert placed(timeline, 2000) == 2002


def test_what_only_waits_has_its_millisecond_too(host: Host) -> None:
    timeline = Timeline(host)
    assert placed(timeline, 5000) == 5000
    assert placed(timeline, 5000, waiting=(5000,)) == 5001


def test_what_waits_ahead_of_a_new_file_has_its_millisecond_too(host: Host) -> None:
    assert placed(Timeline(host), 5000, waiting=(5000,)) == 5001


def test_the_samples_of_another_host_take_nothing(host: Host) -> None:
    other = Timeline(make_host("other"))
    assert placed(other, 3000) == 3000
    assert placed(other, 2000) == 2000


def test_gaps_begin_and_end_where_their_readings_are_stored(host: Host) -> None:
    timeline = Timeline(host)
    back = timeline.place(report(2000, GapSpec(2000, 2000, Kind.CLOCK_STEPPED)), ())
    assert back.gaps == (GapSpec(2001, 2001, Kind.CLOCK_STEPPED),)
    asleep = timeline.place(report(90_000, GapSpec(2000, 90_000, Kind.SUSPENDED)), ())
    assert asleep.gaps == (GapSpec(2001, 90_000, Kind.SUSPENDED),)


def test_a_second_full_of_samples_is_passed_over(host: Host) -> None:
    Sample.objects.filter(host=host).delete()
    Sample.objects.bulk_create(
        Sample(host=host, taken_at_ms=at_ms, covered_ms=1) for at_ms in range(2000, 3500)
    )
    assert placed(Timeline(host), 2000) == 3500


def test_a_database_that_fails_holds_no_reading_up(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = Timeline(host)

    def fail(*arguments: object, **named: object) -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(QuerySet, "values_list", fail)
    assert placed(timeline, 2000, waiting=(2000,)) == 2001
