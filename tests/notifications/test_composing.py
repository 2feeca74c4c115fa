"""What a row of the outbox says: facts from rows, and the chart drawn once."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import jsonschema_rs
import pytest
from PIL import Image

from monitor.alerts.models import Evidence, Transition
from monitor.metrics.times import moment
from monitor.notifications import chart_cache, composing
from monitor.notifications.models import Flapping, Notification, NotificationKind, Receiver
from tests.factories import NOW_MS, make_alert, make_host, make_rule, make_samples
from tests.notifications.documents import schema
from tests.stages.members import DISK, GONE

pytestmark = pytest.mark.django_db
DOCUMENT = {
    "cores": 4.0,
    "tasks": {"running": 3, "blocked": 6},
    "blocked": [{"name": "rsync", "waits_in": "nfs_wait", "threads": 5}],
    "by_cpu": [{"name": "postgres", "cpu_percent": 12.0, "rss_bytes": 1e9, "unit": "pg.service"}],
    "pressure": {"io_some": 41.0},
}


@pytest.fixture(autouse=True)
def _no_charts_of_other_tests():
    chart_cache.clear()


@pytest.fixture(autouse=True)
def minute_of_load(host):
    """The host has four cores, and a minute of samples."""
    host.effective_cores = 4.0
    host.save()
    make_samples(host, 60, load1=9.2)


def row(host, kind="fired", receiver_kind="webhook", change_value=9.2, **alert_fields) -> Notification:
    """One notification with its transition, alert and receiver."""
    fields = {"rule_name": "Load", "metric": "load1", "threshold": 4.0, "clear_threshold": 3.2, "value": 5.5}
    alert = make_alert(host, **(fields | alert_fields))
    change = Transition.objects.create(alert=alert, at=alert.fired_at, change="fired", value=change_value)
    receiver = Receiver.objects.create(name=f"{receiver_kind}-{alert.pk}", kind=receiver_kind, address="x")
    return Notification.objects.create(
        key=f"k-{alert.pk}", alert=alert, transition=change, receiver=receiver, receiver_name=receiver.name,
        kind=kind, severity="critical", created_at=alert.fired_at, next_attempt_at=alert.fired_at,
    )  # fmt: skip


def with_evidence(notification: Notification, moment_name: str, sentence: str) -> Notification:
    """The same row, with evidence of that moment."""
    Evidence.objects.create(
        alert=notification.alert, moment=moment_name, at=notification.alert.fired_at, value=9.2, sentence=sentence,
        document=DOCUMENT,
    )  # fmt: skip
    return notification


def test_a_message_on_a_full_disk_says_which_one(host):
    full = row(host, metric="disk_fullest_percent", rule_name="Disk full", threshold=90.0, value=95.0)
    told = composing.message(with_evidence(full, "onset", "Fullest file system /var 95 %, 1.2 GiB left."))
    assert "Fullest file system /var 95 %, 1.2 GiB left." in told.text


def test_a_message_blames_whom_the_evidence_found(host):
    message = composing.message(with_evidence(row(host), "onset", "The disk, not the CPU."))
    assert message.subject == "[critical] db-01: load 9.2 on 4 cores - the network file system, 5 x rsync"
    assert "The disk, not the CPU." in message.text
    assert "- postgres: 12 % of a core, 953.67 MiB, in pg.service" in message.text
    assert (message.kind, message.severity) == ("fired", "critical")


@pytest.mark.parametrize(
    ("kind", "sentence"), [("fired", "At onset."), ("repeat", "At the peak."), ("resolved", "At the peak.")]
)
def test_each_kind_tells_the_evidence_that_fits(host, kind, sentence):
    notification = with_evidence(with_evidence(row(host, kind), "onset", "At onset."), "peak", "At the peak.")
    assert composing.facts(notification, moment(NOW_MS)).explanation == sentence


def test_without_evidence_the_alert_s_own_sentence_is_told(host):
    assert composing.facts(row(host, explanation="Busy."), moment(NOW_MS)).explanation == "Busy."


@pytest.mark.parametrize(("kind", "value"), [("fired", 9.2), ("escalated", 9.2), ("repeat", 5.5)])
def test_a_late_message_tells_the_value_of_its_change_and_a_repeat_the_latest(host, kind, value):
    assert composing.facts(row(host, kind), moment(NOW_MS)).value == value


def test_times_are_told_in_the_zone_of_the_installation(host, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    assert "CEST" in composing.message(row(host)).text


def test_a_share_of_time_is_told_as_one(host):
    share = make_rule("Share", window_seconds=60, statistic="share", level=8.0)
    message = composing.message(row(host, rule=share, threshold=50.0, change_value=75.0))
    assert "Load 1 min beyond 8 for 75 % of the time" in message.subject


def test_the_low_side_of_a_share_of_time_is_told_as_such(host):
    share = make_rule("Share", window_seconds=60, statistic="share", level=8.0, comparison="below")
    message = composing.message(row(host, rule=share, threshold=50.0, change_value=75.0))
    assert "Load 1 min below 8 for 75 % of the time" in message.subject


def test_the_reason_of_a_change_is_told(host):
    escalated = row(host, kind="escalated")
    escalated.transition.note = "The 5-minute load is 8.2, critical at 8 or above."
    assert (
        "became critical: the 5-minute load is 8.2, critical at 8 or above;"
        in composing.message(escalated).text
    )


def test_why_it_became_worse_is_told_in_the_sentence_and_not_again_as_a_note(host):
    told = row(host, "escalated")
    told.transition.note = "The 5-minute load is 9, critical at 8 or above."
    facts = composing.facts(told, moment(NOW_MS))
    assert (facts.reason, facts.note) == (told.transition.note, "")


def test_flapping_is_told_with_its_count(host):
    rule = make_rule("My load")
    began = moment(NOW_MS) - timedelta(minutes=20)
    Flapping.objects.create(host=host, rule=rule, began_at=began, last_change_at=moment(NOW_MS), changes=5)
    assert "Load changed 5 times" in composing.message(row(host, "flapping", rule=rule)).subject


def test_flapping_says_whether_a_later_alert_fires_now(host):
    rule = make_rule("My load")
    told = row(host, "flapping", rule=rule, resolved_at=moment(NOW_MS), state="resolved")
    assert not composing.facts(told, moment(NOW_MS)).fires_now
    make_alert(host, rule=rule)
    assert composing.facts(told, moment(NOW_MS)).fires_now


def test_a_digest_tells_of_its_own_flapping_and_not_of_the_next(host):
    rule = make_rule("My load")
    fields = {"host": host, "rule": rule, "last_change_at": moment(NOW_MS)}
    now = moment(NOW_MS)
    Flapping.objects.create(began_at=now - timedelta(hours=1), ended_at=now, changes=7, **fields)
    Flapping.objects.create(began_at=now, changes=4, **fields)
    told = row(host, "digest", rule=rule)
    assert composing.facts(told, now).changes == 7
    told.kind = "flapping"
    assert composing.facts(told, now).changes == 4


def test_a_rule_that_is_gone_and_a_metric_that_is_gone_are_told_all_the_same(host):
    for kind in NotificationKind.values:
        assert composing.message(row(host, kind, "email", metric="gone", rule=None)).subject


# Links


def test_a_link_leads_to_the_alert_s_page(host, settings):
    settings.LOADMON_URL = "https://load.example.org"
    notification = row(host)
    assert composing.message(notification).link == f"https://load.example.org/alerts/{notification.alert_id}/"


def test_without_an_address_of_its_own_the_link_is_worked_out(host, settings):
    settings.LOADMON_URL, settings.LOADMON_TRUSTED_ORIGINS = "", ["https://proxy.example.org"]
    assert composing.message(row(host)).link.startswith("https://proxy.example.org/alerts/")


def test_a_sub_path_is_in_the_link_once(settings):
    settings.LOADMON_URL, settings.LOADMON_BASE_PATH = "https://load.example.org/loadmon", "/loadmon"
    assert composing.site_url() == "https://load.example.org"


# The chart


def test_only_a_mail_gets_a_chart(host):
    assert composing.message(row(host)).chart == b""
    message = composing.message(row(host, receiver_kind="email"))
    assert Image.open(io.BytesIO(message.chart)).size == (1200, 440)
    assert "cid:chart" in message.html


def test_ten_mails_about_one_change_cost_one_chart(host, monkeypatch):
    drawn = []
    monkeypatch.setattr("monitor.notifications.chart_png.draw", lambda chart: drawn.append(chart) or b"png")
    notification = row(host, receiver_kind="email")
    for _ in range(10):
        assert composing.message(notification).chart == b"png"
    assert len(drawn) == 1
    assert drawn[0].thresholds == ((4.0, "fires at 4"),)
    assert drawn[0].end - drawn[0].start >= timedelta(minutes=30)


def test_a_chart_that_fails_leaves_a_mail_without_and_one_complaint(host, monkeypatch, caplog):
    def broken(chart):
        raise OSError("no font")

    monkeypatch.setattr("monitor.notifications.chart_png.draw", broken)
    for _ in range(2):
        message = composing.message(row(host, receiver_kind="email"))
        assert (message.chart, "cid:chart" in message.html) == (b"", False)
    assert caplog.text.count("could not be drawn") == 1


def test_a_metric_without_samples_has_no_chart(host):
    assert composing.message(row(host, receiver_kind="email", metric="sampler_silent_seconds")).chart == b""


def test_samples_with_gaps_and_nothing_else_can_be_drawn():
    for values in ([None] * 5, [0.0] * 5, [None, 1.0, None, 2.0, None]):
        host = make_host(f"h{len(str(values))}")
        make_samples(host, 5, load1=values)
        assert composing.message(row(host, receiver_kind="email", fired_ms=NOW_MS)).chart.startswith(
            b"\x89PNG"
        )


# The document


@pytest.mark.parametrize("kind", NotificationKind.values)
def test_every_document_is_as_its_schema_says(host, kind):
    payload = composing.message(with_evidence(row(host, kind), "onset", "x")).payload
    jsonschema_rs.validate(schema(), json.loads(json.dumps(payload, allow_nan=False)))


def test_a_test_is_as_the_schema_says_and_has_a_key_of_its_own():
    first, second = composing.test_message("ops"), composing.test_message("ops")
    jsonschema_rs.validate(schema(), dict(first.payload))
    assert first.key != second.key


def test_what_is_not_measured_any_more_is_a_fact_and_the_rest_has_no_course_to_tell(host):
    found = composing.facts(row(host, kind="repeat", members=GONE, **DISK), moment(NOW_MS))
    assert found.unseen.startswith("/data is no longer measured")
    assert found.unseen_since == moment(NOW_MS)
    assert found.course is None


def test_an_end_by_hand_is_told_as_one_with_what_was_written(host):
    told = row(host, kind="resolved", members=GONE, **DISK)
    Transition.objects.filter(pk=told.transition_id).update(change="ended", value=None, note="sold")
    told.alert.note = "Ended by hand: /data was not measured any more."
    told.refresh_from_db(fields=["transition"])
    found = composing.facts(told, moment(NOW_MS))
    assert (found.how_ended, found.note) == ("Ended by hand: /data was not measured any more.", "sold")
