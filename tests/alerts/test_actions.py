"""What people do to an alert: acknowledge, annotate, share; who may, what is stored, what is refused."""

from datetime import timedelta

import pytest

from monitor.alerts import actions
from monitor.alerts.recording import nobody
from monitor.alerts.sharelinks import ShareLink
from monitor.metrics.times import moment
from tests.factories import NOW_MS, make_alert, make_host, make_user
from tests.stages.crowds import at_once

pytestmark = pytest.mark.django_db
NOW = moment(NOW_MS)
DAY = timedelta(days=1)


@pytest.fixture
def ann():
    return make_user("ann", ["acknowledge_alert"])


@pytest.fixture
def alert():
    return make_alert(make_host())


def test_an_acknowledgement_is_stored_with_who_when_and_why(alert, ann) -> None:
    actions.acknowledge(alert, ann, " the backup \r\nruns ", NOW)
    alert.refresh_from_db()
    assert (alert.acknowledged_at, alert.acknowledged_by) == (NOW, ann)
    [deed] = alert.transitions.all()
    assert (deed.change, deed.by, deed.note, deed.value) == (
        "acknowledged",
        ann,
        "the backup \nruns",
        None,
    )


def test_only_the_first_acknowledgement_counts_and_the_second_person_is_told_who_it_was(alert, ann) -> None:
    actions.acknowledge(alert, ann, "", NOW)
    with pytest.raises(actions.TooLate, match="ann has acknowledged this alert already"):
        actions.acknowledge(alert, make_user("bob", ["acknowledge_alert"]), "", NOW + DAY)
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.transitions.count()) == (ann, 1)


def test_an_alert_that_is_over_cannot_be_acknowledged_but_annotated(ann) -> None:
    alert = make_alert(make_host(), resolved_ms=NOW_MS)
    with pytest.raises(actions.TooLate, match="is over"):
        actions.acknowledge(alert, ann, "", NOW)
    actions.add_note(alert, ann, "it was the backup", NOW)
    assert [(row.change, row.note) for row in alert.transitions.all()] == [("note", "it was the backup")]


def test_who_lacks_the_permission_can_do_nothing(alert) -> None:
    bob = make_user("bob")
    link, _ = actions.share(alert, make_user("ann", ["acknowledge_alert"]), 1, NOW)
    for deed in (
        lambda: actions.acknowledge(alert, bob, "", NOW),
        lambda: actions.add_note(alert, bob, "x", NOW),
        lambda: actions.share(alert, bob, 1, NOW),
        lambda: actions.revoke(alert, link.pk, bob, NOW),
    ):
        with pytest.raises(actions.NotAllowed):
            deed()
    alert.refresh_from_db()
    link.refresh_from_db()
    assert (alert.acknowledged_at, alert.transitions.count(), link.revoked_at) == (None, 0, None)


@pytest.mark.parametrize("note", ["x" * 1001, "a\0b", "half \ud800"], ids=["long", "nul", "surrogate"])
def test_a_note_that_cannot_be_stored_is_refused(alert, ann, note) -> None:
    with pytest.raises(actions.Unusable):
        actions.add_note(alert, ann, note, NOW)
    with pytest.raises(actions.Unusable):
        actions.acknowledge(alert, ann, note, NOW)
    alert.refresh_from_db()
    assert (alert.acknowledged_at, alert.transitions.count()) == (None, 0)


def test_an_empty_note_is_no_note(alert, ann) -> None:
    with pytest.raises(actions.Unusable, match="empty"):
        actions.add_note(alert, ann, " \n ", NOW)


def test_a_link_is_found_by_its_token_which_is_stored_nowhere(alert, ann) -> None:
    link, token = actions.share(alert, ann, 7, NOW)
    assert actions.find_shared(token) == link
    assert link.expires_at == NOW + 7 * DAY
    assert token not in str(ShareLink.objects.values_list())
    assert len(token) >= 43


@pytest.mark.parametrize("token", ["", "x", "é" * 90, "y" * 5000, "half \ud800"])
def test_a_token_that_nobody_made_finds_nothing(alert, ann, token) -> None:
    actions.share(alert, ann, 7, NOW)
    assert actions.find_shared(token) is None


def test_a_link_ends_when_it_expires_or_is_revoked(alert, ann) -> None:
    link, token = actions.share(alert, ann, 1, NOW)
    assert not link.has_ended(NOW + DAY - timedelta(seconds=1))
    assert link.has_ended(NOW + DAY)
    actions.revoke(alert, link.pk, ann, NOW)
    assert actions.find_shared(token).has_ended(NOW)


def test_revoking_twice_keeps_the_first_time_and_a_link_of_another_alert_is_not_touched(alert, ann) -> None:
    link, _ = actions.share(alert, ann, 1, NOW)
    actions.revoke(alert, link.pk, ann, NOW)
    actions.revoke(alert, link.pk, ann, NOW + DAY)
    link.refresh_from_db()
    assert link.revoked_at == NOW
    other = make_alert(alert.host)
    with pytest.raises(actions.TooLate, match="no such link"):
        actions.revoke(other, link.pk, ann, NOW)


def test_a_link_lasts_no_other_time_and_there_are_not_too_many(alert, ann) -> None:
    with pytest.raises(actions.Unusable, match="not 400"):
        actions.share(alert, ann, 400, NOW)
    for _ in range(actions.MOST_LINKS):
        actions.share(alert, ann, 1, NOW)
    with pytest.raises(actions.TooLate, match="revoke one"):
        actions.share(alert, ann, 1, NOW)
    actions.share(alert, ann, 1, NOW + 2 * DAY)


GONE = [{"name": "/data", "value": 95.0, "gone_at": NOW_MS, "is_back": False, "adds_up": False}]


def test_an_alert_of_a_disk_that_is_gone_for_good_can_be_ended_and_that_is_told(ann) -> None:
    alert, told = make_alert(make_host(), metric="disk_fullest_percent", members=GONE), []
    deed = actions.end(alert, ann, " sold ", NOW + DAY, lambda *change: told.append(change))
    alert.refresh_from_db()
    assert (alert.state, alert.resolved_at, alert.end_observed) == ("resolved", NOW + DAY, False)
    assert alert.note == "Ended by hand: /data was not measured any more."
    assert (deed.change, deed.by, deed.note, deed.value) == ("ended", ann, "sold", None)
    assert told == [(alert, deed)]


def test_an_alert_whose_members_are_all_measured_ends_by_itself_alone(alert, ann) -> None:
    with pytest.raises(actions.TooLate, match="ends by itself"):
        actions.end(alert, ann, "", NOW, nobody)
    alert.refresh_from_db()
    assert alert.resolved_at is None


def test_an_alert_is_ended_once_and_by_who_may(ann) -> None:
    alert = make_alert(make_host(), members=GONE)
    with pytest.raises(actions.NotAllowed):
        actions.end(alert, make_user("bob"), "", NOW, nobody)
    actions.end(alert, ann, "", NOW, nobody)
    with pytest.raises(actions.TooLate, match="over already"):
        actions.end(alert, ann, "", NOW, nobody)
    with pytest.raises(actions.TooLate, match="over already"):
        actions.end(make_alert(make_host("other"), resolved_ms=NOW_MS), ann, "", NOW, nobody)
    assert alert.transitions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_links_made_at_once_none_is_too_many(monkeypatch) -> None:
    monkeypatch.setattr(actions, "MOST_LINKS", 3)
    alert, ann = make_alert(make_host()), make_user("ann", ["acknowledge_alert"])
    made = at_once(12, lambda: actions.share(alert, ann, 1, NOW))
    assert ShareLink.objects.count() == 3
    assert sum(isinstance(one, actions.TooLate) for one in made) == 9


def test_an_alert_has_room_for_so_many_notes_and_no_more(alert, ann, monkeypatch) -> None:
    monkeypatch.setattr(actions, "MOST_NOTES", 2)
    for _ in range(2):
        actions.add_note(alert, ann, "seen", NOW)
    with pytest.raises(actions.TooLate, match="2 notes already"):
        actions.add_note(alert, ann, "seen", NOW)


def test_a_note_is_stored_without_what_deceives_and_one_of_nothing_else_is_refused(alert, ann) -> None:
    assert actions.add_note(alert, ann, "the\u202e backup\x1b\n runs\u200b", NOW).note == "the backup\n runs"
    for deed in (actions.add_note, actions.acknowledge):
        with pytest.raises(actions.Unusable, match="nothing that can be seen"):
            deed(alert, ann, "\u202e \u200b", NOW)
