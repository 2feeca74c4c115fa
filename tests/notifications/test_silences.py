"""Silences as rows: made, refused, ended, asked."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from monitor.notifications import silences
from monitor.notifications.models import Silence
from tests.factories import make_host, make_rule, make_user
from tests.stages.crowds import at_once

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
HOUR = timedelta(hours=1)


def test_a_silence_of_one_rule_leaves_the_others_alone():
    rule, other, host = make_rule("A"), make_rule("B"), make_host()
    silence = silences.create(make_user(), NOW, rule=rule, ends_at=NOW + HOUR, note="known")
    quiet = silences.Silences(NOW)
    assert quiet.is_quiet(rule.pk, host.pk)
    assert not quiet.is_quiet(other.pk, host.pk)
    assert not quiet.is_quiet(None, host.pk)
    assert [(one.silence, one.until) for one in silences.standing(NOW)] == [(silence, NOW + HOUR)]
    assert silences.standing(NOW + HOUR) == []


def test_a_weekly_silence_stands_in_its_window_only():
    zone = {"time_zone": "Europe/Berlin", "weekdays": "2"}
    silences.create(None, NOW, from_time=time(13), until_time=time(15), **zone)
    assert [one.until for one in silences.standing(NOW)] == [NOW + 2 * HOUR]
    assert silences.standing(NOW + 2 * HOUR) == []
    assert len(silences.not_over(NOW + 2 * HOUR)) == 1


def test_the_reason_tells_until_when_and_what_was_noted():
    host = make_host()
    silences.create(None, NOW, host=host, ends_at=NOW + HOUR, note="disk swap")
    told = silences.Silences(NOW).reason(None, host.pk)
    assert told == "A silence holds it back until 2026-03-04 13:00 UTC: disk swap"
    assert silences.Silences(NOW + HOUR).reason(None, host.pk) == ""


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({}, "ends_at", "until when"),
        ({"ends_at": NOW - HOUR}, "ends_at", "before it begins"),
        ({"ends_at": NOW + timedelta(days=400)}, "ends_at", "at most a year"),
        ({"ends_at": NOW + HOUR, "from_time": time(1)}, "weekdays", "weekdays of these times"),
        ({"weekdays": "7", "from_time": time(1), "until_time": time(2)}, "weekdays", "'7'"),
        ({"weekdays": "11", "from_time": time(1), "until_time": time(2)}, "weekdays", "each once"),
        ({"weekdays": "1", "from_time": time(1)}, "from_time", "one at which it ends"),
        ({"ends_at": NOW + HOUR, "time_zone": "Mars/Base"}, "time_zone", "'Mars/Base'"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(fields, field, said):
    with pytest.raises(ValidationError) as refusal:
        silences.create(None, NOW, **fields)
    assert said in " ".join(refusal.value.message_dict[field])
    assert not Silence.objects.exists()


def test_a_silence_that_is_ended_stays_on_record():
    silence = silences.create(None, NOW, ends_at=NOW + 5 * HOUR)
    silences.end(silence, NOW + HOUR)
    assert silences.standing(NOW + HOUR) == []
    assert Silence.objects.get().ends_at == NOW + HOUR


def test_a_silence_that_has_not_begun_is_forgotten_when_it_is_ended():
    silences.end(silences.create(None, NOW, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR), NOW)
    assert not Silence.objects.exists()


def test_an_end_is_never_put_off_by_ending_again():
    silence = silences.create(None, NOW, ends_at=NOW + HOUR)
    silences.end(silence, NOW + 2 * HOUR)
    assert Silence.objects.get().ends_at == NOW + HOUR


def test_a_weekly_silence_is_ended_for_this_time_only():
    weekly = silences.create(None, NOW - HOUR, weekdays="23", from_time=time(11), until_time=time(15))
    assert silences.end(weekly, NOW)
    assert silences.standing(NOW) == silences.standing(NOW + 2 * HOUR) == []
    assert [one.until for one in silences.standing(NOW + 24 * HOUR)] == [NOW + 27 * HOUR]
    assert not silences.end(weekly, NOW + HOUR)
    assert Silence.objects.get().ends_at is None


def test_maintenance_quiets_everything_for_an_hour_and_is_switched_off_again():
    host = make_host()
    maintenance = silences.start_maintenance(make_user(), NOW)
    assert silences.Silences(NOW).is_quiet(make_rule().pk, host.pk)
    assert silences.Silences(NOW).reason(None, host.pk).startswith("Maintenance holds it back until")
    assert not silences.Silences(NOW + HOUR).is_quiet(None, host.pk)
    assert silences.end(maintenance, NOW + HOUR / 2)
    assert not silences.Silences(NOW + HOUR / 2).is_quiet(None, host.pk)
    assert not silences.end(maintenance, NOW + HOUR / 2)


def test_maintenance_asked_for_twice_is_one_that_lasts_longer():
    silences.start_maintenance(None, NOW)
    silences.start_maintenance(None, NOW + HOUR / 2)
    assert Silence.objects.get().ends_at == NOW + HOUR * 1.5


def test_a_time_zone_that_is_gone_is_taken_for_utc():
    silences.create(None, NOW, weekdays="2", from_time=time(12), until_time=time(13))
    Silence.objects.update(time_zone="Gone/Away")
    assert len(silences.standing(NOW)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_silences_made_at_once_none_is_too_many(monkeypatch):
    monkeypatch.setattr(silences, "MOST_SILENCES", 3)
    made = at_once(12, lambda: silences.create(None, NOW, ends_at=NOW + HOUR))
    assert Silence.objects.count() == 3
    assert sum(isinstance(one, silences.TooMany) for one in made) == 9


@pytest.mark.django_db(transaction=True)
def test_maintenance_asked_for_by_many_at_once_is_one():
    at_once(6, lambda: silences.start_maintenance(None, NOW))
    assert Silence.objects.count() == 1


def test_only_silences_that_are_not_over_take_room(monkeypatch):
    monkeypatch.setattr(silences, "MOST_SILENCES", 1)
    first = silences.create(None, NOW, ends_at=NOW + HOUR)
    first.note = "changed"
    silences.store(first, NOW)
    with pytest.raises(silences.TooMany, match="There are 1 silences already that are not over"):
        silences.create(None, NOW, ends_at=NOW + HOUR)
    silences.create(None, NOW + 2 * HOUR, ends_at=NOW + 3 * HOUR)


def test_a_note_is_stored_without_what_deceives_and_one_of_nothing_else_is_refused():
    assert silences.create(None, NOW, ends_at=NOW + HOUR, note="the\u202e mo\x1bve").note == "the move"
    assert silences.start_maintenance(None, NOW, note="up\u200bgrade").note == "upgrade"
    with pytest.raises(ValidationError, match="nothing that can be seen"):
        silences.create(None, NOW, ends_at=NOW + HOUR, note="\u202e\u200b")
