"""Whether the database is sound, and a second process sees the same in it."""

from __future__ import annotations

import pytest

from monitor.doctor import database
from monitor.doctor.child import ChildFailed
from monitor.doctor.finding import Level
from monitor.notifications.models import Receiver
from monitor.rules.models import Rule
from tests.doctor.findings import only

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


@pytest.mark.parametrize(
    ("release", "noted"),
    [
        ("3.6.23", False), ("3.40.1", True), ("3.44.5", True), ("3.44.6", False), ("3.45.0", True), ("3.50.6", True),
        ("3.50.7", False), ("3.51.2", True), ("3.51.3", False), ("3.52.0", False),
    ],
)  # fmt: skip
def test_the_sqlite_versions_with_the_rare_bug_are_noted(release: str, noted: bool) -> None:
    assert ("WAL-reset" in database._known_bug(release)) is noted


@pytest.mark.django_db
def test_a_rule_that_cannot_work_is_told() -> None:
    Rule.objects.filter(name="CPU").update(metric="gone")
    assert only(database.its_rules_can_work()).level is FAILURE


@pytest.mark.django_db
def test_a_receiver_that_no_mail_can_reach_is_told(settings) -> None:
    settings.EMAIL_HOST, settings.LOADMON_URL = "", "https://load.example.org"
    assert only(database.its_receivers_can_be_reached()).level is OK
    Receiver.objects.create(name="ops", kind="email", address="ann@example.org")
    assert only(database.its_receivers_can_be_reached()).level is WARNING


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "level"), [({"newest_id": None}, OK), ({"newest_id": 7}, FAILURE)])
def test_a_second_process_that_sees_other_samples_is_a_failure(
    monkeypatch, answer: dict, level: Level
) -> None:
    monkeypatch.setattr(database.child, "ask", lambda *arguments: answer)
    assert only(database.a_second_process_sees_the_same()).level is level


@pytest.mark.django_db
def test_a_second_process_that_fails_is_quoted(monkeypatch) -> None:
    def fail(*arguments: str) -> None:
        raise ChildFailed("unable to open database file")

    monkeypatch.setattr(database.child, "ask", fail)
    assert "unable to open database file" in only(database.a_second_process_sees_the_same()).text
