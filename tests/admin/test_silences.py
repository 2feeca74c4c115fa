"""Silences, evidence and share links in the admin."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from monitor.alerts import actions
from monitor.alerts.models import Evidence
from monitor.notifications import silences
from monitor.notifications.models import Silence
from tests.factories import make_alert, make_host, make_rule, make_user

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
EVIL = "<img src=x onerror=alert(1)>"
ADD = "/admin/monitor/silence/add/"


def form(**fields: object) -> dict[str, object]:
    """What the form sends for a silence of a day."""
    return {
        "rule": "", "host": "", "note": "",
        "starts_at_0": "2026-11-24", "starts_at_1": "10:00:00", "ends_at_0": "2026-11-25",
        "ends_at_1": "10:00:00", "from_time": "", "until_time": "", "time_zone": "UTC",
    } | fields  # fmt: skip


def test_a_silence_for_once_is_stored_with_who_made_it(boss) -> None:
    rule = make_rule("Busy")
    response = boss.post(ADD, form(rule=rule.pk, note="the move"))
    assert response.status_code == 302, response.content
    silence = Silence.objects.get()
    assert (silence.rule, silence.note, silence.created_by.username) == (rule, "the move", "boss")


def test_a_weekly_silence_is_ticked_by_day_and_read_back(boss) -> None:
    weekly = form(weekdays=["6", "0"], from_time="22:00", until_time="06:00", time_zone="Europe/Berlin",
                  ends_at_0="", ends_at_1="")  # fmt: skip
    assert boss.post(ADD, weekly).status_code == 302
    silence = Silence.objects.get()
    assert (silence.weekdays, silence.time_zone, silence.ends_at) == ("06", "Europe/Berlin", None)
    page = boss.get(f"/admin/monitor/silence/{silence.pk}/change/").content.decode()
    assert page.count('type="checkbox" name="weekdays"') == 7
    assert page.count("checked") == 2
    assert "Mon, Sun 22:00 to 06:00, Europe/Berlin" in boss.get("/admin/monitor/silence/").content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ends_at_0": "", "ends_at_1": ""}, "Say until when"),
        ({"ends_at_0": "2026-11-23"}, "It would end before it begins."),
        ({"weekdays": ["0"]}, "needs a time at which it begins"),
        ({"from_time": "10:00"}, "Choose the weekdays of these times"),
        ({"weekdays": ["7"]}, "7 is not one of the available choices"),
        ({"time_zone": "Nowhere/Land"}, "Nowhere/Land is not one of the available choices"),
    ],
)
def test_a_silence_that_could_not_be_kept_is_refused_with_a_sentence(boss, fields, sentence) -> None:
    response = boss.post(ADD, form(**fields))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert Silence.objects.count() == 0


def test_the_form_begins_now_in_the_zone_of_the_admin(boss) -> None:
    before = timezone.now()
    response = boss.get(ADD)
    assert '<option value="UTC" selected>' in response.content.decode()
    assert before <= response.context["adminform"].form.initial["starts_at"] <= timezone.now()


def test_the_list_says_what_stands_and_ends_it(boss) -> None:
    now = timezone.now()
    standing = Silence.objects.create(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    Silence.objects.create(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    page = boss.get("/admin/monitor/silence/").content.decode()
    assert (page.count(">until 20"), page.count(">over<")) == (1, 1)
    boss.post("/admin/monitor/silence/", {"action": "end_now", "_selected_action": [standing.pk]})
    standing.refresh_from_db()
    assert standing.ends_at <= timezone.now()


def test_a_weekly_silence_is_ended_for_this_time_and_stands_again_once_it_is_stored(boss) -> None:
    now = timezone.now()
    days = {"weekdays": "0123456", "from_time": time(0), "until_time": time(0)}
    weekly = Silence.objects.create(starts_at=now - timedelta(hours=1), **days)
    chosen = {"action": "end_now", "_selected_action": [weekly.pk]}
    assert boss.post("/admin/monitor/silence/", chosen).status_code == 302
    weekly.refresh_from_db()
    assert weekly.ends_at is None
    assert weekly.resumes_at > now
    page = boss.post("/admin/monitor/silence/", chosen, follow=True).content.decode()
    assert "To end a weekly silence for ever, delete it or give it an end." in page
    again = form(weekdays=list("0123456"), from_time="00:00", until_time="00:00", time_zone="UTC")
    boss.post(f"/admin/monitor/silence/{weekly.pk}/change/", again)
    weekly.refresh_from_db()
    assert weekly.resumes_at is None


def test_an_alert_shows_evidence_acknowledgement_and_links(boss) -> None:
    alert = make_alert(make_host(), explanation=f"{EVIL} did it")
    user = make_user("ann", ["acknowledge_alert"])
    now = timezone.now()
    actions.acknowledge(alert, user, "mine", now)
    actions.share(alert, user, 1, now)
    document = {
        "by_cpu": [{"name": EVIL, "pid": 7, "cpu_percent": 96.1}],
        "blocked": [{"name": "tar", "waits_in": None}],
    }
    Evidence.objects.create(alert=alert, moment="onset", at=now, value=1.0, sentence=EVIL, document=document)
    page = boss.get(f"/admin/monitor/alert/{alert.pk}/change/").content.decode()
    for told in (
        "did it",
        "By ann, 20",
        "96.1 %",
        "tar in not known",
        "Before it fired",
        "valid",
        f"/alerts/{alert.pk}/",
        "mine",
    ):
        assert told in page, told
    assert EVIL not in page


@pytest.mark.parametrize("document", [[], {}, {"by_cpu": None}, {"by_cpu": [3], "blocked": {"x": 1}}])
def test_evidence_of_any_shape_is_survived(boss, document) -> None:
    alert = make_alert(make_host())
    Evidence.objects.create(
        alert=alert, moment="peak", at=timezone.now(), value=1.0, sentence="x", document=document
    )
    assert boss.get(f"/admin/monitor/alert/{alert.pk}/change/").status_code == 200


def test_where_too_many_stand_the_form_leads_back_to_the_list_with_the_reason(boss, monkeypatch) -> None:
    monkeypatch.setattr(silences, "MOST_SILENCES", 0)
    later = timezone.now() + timedelta(days=1)
    answer = boss.post(ADD, form(ends_at_0=f"{later:%Y-%m-%d}"), follow=True)
    assert b"There are 0 silences already that are not over: end one of them first." in answer.content
    assert not Silence.objects.exists()
