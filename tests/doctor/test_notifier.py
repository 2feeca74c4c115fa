"""Whether a notifier runs, delivers, and is heard of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from monitor.doctor import notifier
from monitor.doctor.finding import Level
from monitor.notifications.models import Notifier
from tests.doctor.findings import only
from tests.factories import make_receiver
from tests.stages.outbox import Stage

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


@pytest.mark.django_db
def test_an_installation_that_tells_nobody_is_well_and_says_so() -> None:
    told = only(notifier.messages_are_delivered())
    assert told.level is OK
    assert "Nobody is told" in told.text


@pytest.mark.django_db
def test_receivers_without_a_notifier_are_told() -> None:
    make_receiver()
    assert "no notifier has run yet" in only(notifier.messages_are_delivered()).text
    Notifier.objects.create(pk=1, seen_at=timezone.now() - timedelta(minutes=10))
    told = only(notifier.messages_are_delivered())
    assert (told.level, "last seen 10 min" in told.text) == (WARNING, True)


@pytest.mark.django_db
def test_a_notifier_that_was_seen_before_the_clock_was_set_back_is_told() -> None:
    make_receiver()
    Notifier.objects.create(pk=1, seen_at=timezone.now() + timedelta(hours=1))
    told = only(notifier.messages_are_delivered())
    assert (told.level, "before the clock was set back" in told.text) == (WARNING, True)


@pytest.mark.django_db
def test_a_notifier_that_runs_is_well_unless_messages_wait() -> None:
    make_receiver()
    Notifier.objects.create(pk=1, seen_at=timezone.now())
    assert only(notifier.messages_are_delivered()).level is OK
    Stage().fire(timezone.now() - timedelta(hours=2))
    assert "more than an hour: 1" in only(notifier.messages_are_delivered()).text


@pytest.mark.django_db
def test_a_receiver_that_fails_is_named() -> None:
    assert only(notifier.receivers_are_well()).level is OK
    make_receiver("pager", failing_since=timezone.now(), failure="HTTP 500")
    told = only(notifier.receivers_are_well())
    assert (told.level, "pager" in told.text, "HTTP 500" in told.text) == (WARNING, True, True)


@pytest.mark.django_db
def test_the_heartbeat_is_told_where_it_is_wanted(settings) -> None:
    assert notifier.the_heartbeat_gets_through() == []
    settings.LOADMON_HEARTBEAT_URL = "https://example.org/secret"
    now = timezone.now()
    assert only(notifier.the_heartbeat_gets_through()).level is WARNING
    Notifier.objects.create(pk=1, heartbeat_at=now)
    assert only(notifier.the_heartbeat_gets_through()).level is OK
    Notifier.objects.update(heartbeat_failure="The other side answered HTTP 500.")
    assert "HTTP 500" in only(notifier.the_heartbeat_gets_through()).text
    for age in (timedelta(hours=1), -timedelta(hours=1)):  # ahead: the clock was set back since
        Notifier.objects.update(heartbeat_failure="", heartbeat_at=now - age)
        assert only(notifier.the_heartbeat_gets_through()).level is WARNING
