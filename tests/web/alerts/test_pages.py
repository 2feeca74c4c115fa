"""The list of all alerts and the page of each one, as a browser gets them."""

import json
import re
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from monitor.alerts import actions
from monitor.alerts.models import Alert
from monitor.metrics.parts import Kind, Part, PartAccount, PartUsed
from monitor.metrics.windows import LEAST_COVERAGE
from monitor.notifications import composing
from monitor.notifications.models import Notification
from monitor.usage import parts
from tests.factories import make_alert, make_rule, make_user
from tests.stages.members import DISK, GONE
from tests.web.alerts.pages import DOCUMENT, EVIL, MINUTE_MS, listed, login, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public", "no_calendar")]


def test_the_list_shows_the_newest_first_and_leads_to_each(client, host, now_ms) -> None:
    old = make_alert(host, now_ms - 9 * MINUTE_MS, now_ms)
    new = make_alert(host, now_ms)
    assert listed(client) == [new.pk, old.pk]
    assert f'href="/alerts/{new.pk}/"' in text_of(client.get("/alerts/"))


def test_the_list_leads_into_the_admin_only_whoever_may_look_there(client, host, now_ms) -> None:
    make_alert(host, now_ms)
    link = 'href="/admin/monitor/alert/"'
    assert link not in text_of(client.get("/alerts/"))
    login(client, "view_alert", is_staff=True)
    assert link in text_of(client.get("/alerts/"))


def test_the_calendar_counts_the_days_and_each_leads_to_its_alerts(client, host, now_ms) -> None:
    alert = make_alert(host, now_ms - 3 * 86_400_000, now_ms, worst_severity="critical")
    page = text_of(client.get("/alerts/"))
    day = f"{alert.fired_at:%Y-%m-%d}"
    [cell] = re.findall(rf'<a href="([^"]*)" data-date="{day}" data-level="1" data-severity="critical"', page)
    assert page.count("data-date=") == 365
    assert listed(client, cell) == [alert.pk]


def test_before_the_first_alert_the_page_says_what_will_be_here(client) -> None:
    assert "No alert has fired yet" in text_of(client.get("/alerts/"))


def test_where_nothing_matches_the_way_back_is_shown(client, host, now_ms) -> None:
    make_alert(host, now_ms)
    page = text_of(client.get("/alerts/?q=nothing"))
    assert "No alert matches." in page
    assert 'href="/alerts/"' in page


def test_a_list_takes_a_fixed_number_of_queries(client, host, now_ms, django_assert_max_num_queries) -> None:
    for n in range(60):
        make_alert(host, now_ms - n * 1000, acknowledged_at=timezone.now(), acknowledged_by=None)
    with django_assert_max_num_queries(8):
        client.get("/alerts/")


def test_the_page_of_an_alert_tells_all_of_it(client, alert) -> None:
    login(client)
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    for told in ("80 %", "90 %", "rsync", "backup.service", "nfs_wait", "did it", "ops-mail", "250 queued",
                 "Fired as warning", "accepted", "Before it fired", "when it was", "96.1 %",
                 "Waiting uninterruptibly", "A silence held it back."):  # fmt: skip
        assert told in page, told


def head(page: str) -> str:
    """The text of the head of an alert's page."""
    found = re.search(r'<section class="alert-head".*?</section>', page, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def test_each_sentence_of_the_head_says_of_which_moment_it_is_and_messages_tell_the_same(
    client, alert
) -> None:
    alert.evidence.create(moment="peak", at=alert.fired_at, value=90.0, sentence="At the top.", document={})
    told = head(text_of(client.get(f"/alerts/{alert.pk}/")))
    assert re.search(
        r"Before it fired, [^<]*\d\d:\d\d:\d\d[^<]* again At its worst, [^<]* At the top\.", told
    )
    for kind, begins in (("fired", "Before it fired: "), ("repeat", "At its worst: At the top.")):
        alert.notifications.update(kind=kind)
        sent = Notification.objects.get(alert=alert)
        assert begins in composing.message(sent).text


def test_the_evidence_says_which_time_it_tells_of_and_how_much_of_that_was_looked_at(client, alert) -> None:
    looked = {"judged_seconds": 20.0, "seconds": 8.0, "hidden_tasks": 185, "hidden_reason": "hidepid"}
    alert.evidence.update(document=DOCUMENT | looked)
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    assert "; over the 20 s before it fired; processes were looked at in 8 s of that" in page
    assert "185 tasks cannot be seen from here (hidepid)." in page


def test_who_has_gone_and_what_is_no_process_stand_among_the_culprits(client, alert) -> None:
    gone = {"pid": 4712, "name": "cc1", "cpu_percent": 90.0, "rss_bytes": 1, "gone": True, "job": "make"}
    starts = {"pid": 4711, "name": "bash", "cpu_percent": 170.0}
    found = {
        "by_cpu": [gone],
        "by_memory": [gone],
        "short_lived": {"started_per_second": 148.0, "cpu_percent": 170.0, "by": [starts]},
        "memory": {"used_bytes": 31 * 2**30, "shared_bytes": 28 * 2**30},
        "seen_percent": 12.0,
    }
    alert.evidence.update(document=found)
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(client.get(f"/alerts/{alert.pk}/"))))
    assert "started by bash, gone again 4711 170 %" in page
    assert "cc1 4712 gone now of make 90 %" in page
    assert "tmpfs and shared memory 28 GiB" in page
    assert "Of the CPU time seen 12 %" in page


def test_the_page_says_which_disk_is_full_as_text(client, alert) -> None:
    disk = {"fullest_percent": 95.0, "fullest_path": f"/var/{EVIL}", "fullest_left_bytes": 2**30}
    alert.evidence.update(document=DOCUMENT | {"disk": disk})
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    assert "Fullest disk, /var/&lt;img" in page
    assert "1 GiB" in page


@pytest.mark.parametrize(("metric", "is_told"), [("disk_fullest_percent", True), ("cpu_percent", False)])
def test_the_page_of_an_alert_on_disks_says_which_are_not_measured(client, alert, metric, is_told) -> None:
    disk = {"unasked": [{"path": f"/home/{EVIL}", "reason": "this user may not look there", "remedy": ""}]}
    alert.evidence.update(document=DOCUMENT | {"disk": disk | {"fullest_inodes_left": 0}})
    type(alert).objects.update(metric=metric)
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    assert ("Not measured, /home/&lt;img" in page) is is_told
    assert ("this user may not look there" in page) is is_told
    assert "Inodes left on it" in page


def test_the_page_says_what_is_judged_and_how_long_it_must_last(client, host) -> None:
    facts = {"window_seconds": 120, "statistic": "mean"}
    rule = make_rule(hold_seconds=60, **facts)
    alert = make_alert(host, rule=rule, critical_threshold=95.0, **facts)
    told = "CPU busy, mean of 2 min: fires at 75 % or above, clears below 65 % for 1 min, critical at 95 % or above."
    assert told in text_of(client.get(f"/alerts/{alert.pk}/"))
    rule.window_seconds = 300
    rule.save()
    assert "mean of 2 min: fires at 75 % or above, clears below 65 %, critical" in text_of(
        client.get(f"/alerts/{alert.pk}/")
    )


def test_the_page_holds_the_history_of_its_metric(client, alert) -> None:
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    data = json.loads(re.search(r'<script id="alert-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert data["live"] is True
    assert [line["text"] for line in data["lines"]] == ["clears at 65 %", "fires at 75 %"]
    assert any(value is not None for value in data["history"]["series"]["cpu_percent"]["mean"])
    assert data["history"]["start_at"] == int(alert.started_at.timestamp() * 1000) - 600_000
    assert data["metric"] == {
        "name": "cpu_percent", "label": "CPU busy", "unit": "percent", "judged": "", "peak_word": "peak",
        "least_coverage": LEAST_COVERAGE,
    }  # fmt: skip


def full_disks(host, now_ms, metric="disk_fullest_percent"):
    """A full disk, the alert on it, and a fuller one that nobody was told of: both with a past of ten minutes."""
    first = now_ms // MINUTE_MS - 10
    for name, percent in (("/srv", 91), ("/tmp", 99)):
        parts.add(
            host,
            [
                PartAccount(
                    first + minute,
                    Part(Kind.FILE_SYSTEM, name),
                    PartUsed(60_000, 600 * percent, 60_000, 10 * percent),
                )
                for minute in range(10)
            ],
        )
    disk = DISK | {"metric": metric, "members": [GONE[1]]}
    return make_alert(host, now_ms - 5 * MINUTE_MS, **disk)


def embedded(client, alert):
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    return page, json.loads(re.search(r'<script id="alert-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_of_an_alert_on_a_maximum_draws_the_member_that_it_is_of(client, host, now_ms) -> None:
    page, data = embedded(client, full_disks(host, now_ms))
    assert data["member"] == {"kind": "file_system", "name": "/srv", "figure": "full_percent"}
    mean = data["history"]["series"]["disk_fullest_percent"]["mean"]
    assert {value for value in mean if value is not None} == {91.0}
    assert len(mean) == len(data["history"]["times"])
    assert "/srv, how full" in page


def test_without_a_past_of_the_member_the_maximum_is_drawn(client, host, now_ms) -> None:
    alert = make_alert(host, now_ms - 5 * MINUTE_MS, **DISK, members=[GONE[1]])
    page, data = embedded(client, alert)
    assert data["member"] is None
    assert "Fullest file system" in page


def test_of_a_sum_and_of_a_set_without_pasts_the_metric_is_drawn(client, host, now_ms) -> None:
    sum_of = [{**GONE[1], "name": "sda", "adds_up": True}]
    for metric, members in (("disk_read_bytes_per_second", sum_of), ("cpu_busiest_core_percent", [GONE[1]])):
        _, data = embedded(client, make_alert(host, now_ms, **DISK | {"metric": metric, "members": members}))
        assert data["member"] is None


def test_the_page_leads_to_the_same_span_on_the_dashboard_and_to_the_long_past_of_the_member(
    client, host, now_ms
) -> None:
    page, data = embedded(client, full_disks(host, now_ms))
    onward, history = data["onward"], data["history"]
    assert (onward["family"], onward["part"]) == ("file_systems", "/srv")
    asked = {
        name: dict(parse_qsl(urlsplit(onward[name]).query, strict_parsing=True))
        for name in ("around", "long")
    }
    assert {one["host"] for one in asked.values()} == {host.name}
    start, end = (datetime.fromisoformat(asked["around"][name]).timestamp() for name in ("start", "end"))
    assert [int(start), int(end)] == [history["start_at"] // 1000, history["end_at"] // 1000]
    assert asked["long"]["end"] == asked["around"]["end"]
    long = datetime.fromisoformat(asked["long"]["end"]) - datetime.fromisoformat(asked["long"]["start"])
    assert long == timedelta(days=30)
    assert "/srv over 30 days" in page


def test_of_a_sum_the_largest_member_is_led_to_and_without_members_the_span_alone(
    client, host, now_ms
) -> None:
    two = [
        GONE[1] | {"name": name, "value": value, "adds_up": True}
        for name, value in (("sda", 1.0), ("sdb", 2.0))
    ]
    disk = DISK | {"metric": "disk_read_bytes_per_second", "members": two}
    _, data = embedded(client, make_alert(host, now_ms - 5 * MINUTE_MS, **disk))
    assert (data["onward"]["family"], data["onward"]["part"]) == ("disk", "sdb")
    _, plain = embedded(client, make_alert(host, now_ms - 5 * MINUTE_MS))
    assert (plain["onward"]["part"], plain["onward"]["long"]) == ("", "")


def test_a_shared_page_leads_nowhere_and_still_draws_the_member(client, host, now_ms) -> None:
    alert = full_disks(host, now_ms)
    _, token = actions.share(alert, make_user(permissions=["acknowledge_alert"]), 7, timezone.now())
    page = text_of(client.get(f"/alerts/shared/{token}/"))
    assert "/srv, how full" in page
    assert "Show on the dashboard" not in page


@pytest.mark.parametrize("path", ["/alerts/", "/alerts/{}/", "/alerts/{}/parts/"])
def test_names_of_processes_hosts_rules_and_notes_are_text(client, alert, path) -> None:
    user = login(client, "acknowledge_alert", is_staff=True)
    actions.add_note(alert, user, f"{EVIL}<script>alert(2)</script>", timezone.now())
    alert.host.name = EVIL
    alert.host.save()
    page = text_of(client.get(path.format(alert.pk)))
    assert EVIL not in page
    assert "<script>alert" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_an_alert_on_a_metric_that_is_gone_still_has_its_page(client, alert) -> None:
    Alert.objects.filter(pk=alert.pk).update(metric="phase_of_the_moon")
    assert "No history is kept" in text_of(client.get(f"/alerts/{alert.pk}/"))


def test_an_end_nobody_saw_is_told_as_such(client, host, now_ms) -> None:
    alert = make_alert(host, now_ms - 9 * MINUTE_MS, now_ms, end_observed=False, state="resolved")
    assert "not observed" in text_of(client.get(f"/alerts/{alert.pk}/"))


@pytest.mark.parametrize("number", ["999", "9223372036854775808", "99999999999999999999999"])
@pytest.mark.parametrize("path", ["/alerts/{}/", "/alerts/{}.json", "/alerts/{}/parts/"])
def test_an_alert_that_is_not_there_is_told_in_a_sentence(client, number, path) -> None:
    response = client.get(path.format(number))
    assert (response.status_code, f"There is no alert {number}." in text_of(response)) == (404, True)


@pytest.mark.parametrize("path", ["/alerts/", "/alerts/1/", "/alerts/1/parts/", "/alerts/1.json"])
def test_who_may_not_look_is_led_to_the_login(client, settings, path) -> None:
    settings.LOADMON_PUBLIC = "no"
    assert client.get(path).headers["Location"].startswith("/login/?next=")


def test_what_is_not_measured_any_more_is_said_and_its_last_value_is_not_called_the_present_one(
    client, host, now_ms
) -> None:
    alert = make_alert(host, now_ms, members=GONE, **DISK)
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    assert re.search(
        r"Not measured since .*</strong> /data is no longer measured \(unmounted, read-only or hidden\)", page
    )
    assert "<dt>Last seen</dt>" in page
    assert "<dt>Now</dt>" not in page


def test_an_alert_that_somebody_ended_is_not_called_recovered(client, host, now_ms) -> None:
    alert = make_alert(host, now_ms - MINUTE_MS, now_ms, members=GONE, note="Ended by hand: it was sold.",
                       end_observed=False, **DISK)  # fmt: skip
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    assert '<span class="state-word">Ended</span>' in page
    assert "Ended by hand: it was sold." in page
    assert "Recovered" not in page
    assert "Not measured since" not in page
