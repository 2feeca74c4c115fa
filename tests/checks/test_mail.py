"""The checks of how messages leave: each fires on its fault, and is silent otherwise."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from monitor.checks import mail
from monitor.notifications.models import Receiver
from tests.checks.messages import ids
from tests.factories import make_receiver, make_rule


@pytest.mark.parametrize(
    ("host", "sender", "found"),
    [("", "", []), ("mail.example.org", "a@example.org", []), ("mail.example.org", "", ["E030"])],
)
def test_mail_needs_a_sender(settings, host, sender, found) -> None:
    settings.EMAIL_HOST, settings.LOADMON_MAIL_FROM = host, sender
    assert ids(mail.mail_has_a_sender()) == found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "address", "enabled", "sentences"),
    [
        ("email", "ann@example.org", True, ["No mail can be sent to ops: EMAIL_URL is empty."]),
        ("email", "ann@example.org", False, []),
        ("webhook", "https://hooks.example.org/x", True, []),
        ("webhook", "http://127.0.0.1:9/x", True, []),
        (
            "webhook",
            "http://hooks.example.org/T0P5ECRET",
            True,
            ["Messages to ops cross the network in clear"],
        ),
        ("apprise", "ntfys://ntfy.sh/x", True, []),
    ],
)
def test_a_receiver_that_cannot_be_reached_or_is_overheard_is_found(
    settings, kind, address, enabled, sentences
) -> None:
    settings.EMAIL_HOST, settings.LOADMON_URL = "", "https://load.example.org"
    Receiver.objects.create(name="ops", kind=kind, address=address, enabled=enabled)
    found = mail.receivers_can_be_reached(databases=["default"])
    assert ids(found) == ["W029"] * len(sentences)
    assert [one.msg for one in found if one.msg.startswith(tuple(sentences) or "-")] == [
        one.msg for one in found
    ]
    assert "T0P5ECRET" not in str(found)


@pytest.mark.django_db
def test_links_that_open_on_this_machine_only_are_found_once_somebody_is_told(settings) -> None:
    settings.LOADMON_URL = ""
    assert mail.receivers_can_be_reached(databases=["default"]) == []
    Receiver.objects.create(name="ops", kind="apprise", address="ntfys://ntfy.sh/x")
    (found,) = mail.receivers_can_be_reached(databases=["default"])
    assert "which opens on this machine only" in found.msg


def test_the_database_is_left_alone_unless_it_is_named() -> None:
    assert mail.receivers_can_be_reached() == []


@pytest.mark.django_db
def test_a_receiver_whose_rules_were_all_deleted_is_found() -> None:
    rule = make_rule()
    limited = make_receiver(only_chosen_rules=True)
    limited.rules.add(rule)
    make_receiver("of every rule")
    assert not mail.receivers_hear_of_something(databases=["default"])
    rule.delete()
    [found] = mail.receivers_hear_of_something(databases=["default"])
    assert found.msg.startswith("The receiver ops hears of nothing")
    Receiver.objects.update(enabled=False)
    assert not mail.receivers_hear_of_something(databases=["default"])


@pytest.mark.django_db
def test_receivers_that_had_rules_are_limited_to_them_and_never_widened_by_an_older_version() -> None:
    migration = import_module("monitor.migrations.0013_resting_silences_and_limited_receivers")
    rule = make_rule()
    make_receiver("of every rule")
    make_receiver().rules.add(rule)
    migration.limit_those_with_rules(apps, None)
    assert list(Receiver.objects.filter(only_chosen_rules=True).values_list("name", flat=True)) == ["ops"]
    rule.delete()
    migration.switch_off_those_limited_to_nothing(apps, None)
    assert list(Receiver.objects.filter(enabled=True).values_list("name", flat=True)) == ["of every rule"]
