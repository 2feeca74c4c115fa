"""The list of all alerts, the page of each one, its forms and its shared copy, as a browser gets them."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from monitor.alerts import actions
from monitor.alerts.models import Alert, Evidence, ShareLink
from monitor.metrics.times import moment
from monitor.metrics.windows import LEAST_COVERAGE
from monitor.notifications.models import Notification
from tests.factories import (
    make_alert,
    make_drill_receiver,
    make_host,
    make_load_test,
    make_rule,
    make_samples,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public", "no_calendar")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
EVIL = "<img src=x onerror=alert(1)>"
MINUTE_MS = 60_000
DOCUMENT = {
    "at": 1, "seconds": 120.0, "cores": 4.0, "load1": 9.2, "cpu": {"busy": 38.0, "user": None},
    "pressure": {"io_some": 41.0}, "memory": {"available_bytes": 2**30}, "tasks": {"running": 3, "blocked": 6},
    "by_cpu": [{"pid": 7, "name": "rsync", "unit": "backup.service", "user": "root", "cpu_percent": 96.1,
                "rss_bytes": 2**20, "command": "rsync --secret-folder"}],
    "by_memory": [{"pid": 8, "name": EVIL, "unit": EVIL, "user": EVIL, "cpu_percent": None, "rss_bytes": None}],
    "blocked": [{"pid": 9, "name": "tar", "unit": None, "user": None, "waits_in": "nfs_wait", "threads": 2}],
    "groups": [{"name": EVIL, "kind": "unit", "cpu_percent": 1.0, "rss_bytes": 1, "processes": 2, "blocked": 0}],
    "truncated": False,
}  # fmt: skip


def login(client, *permissions: str, **fields) -> User:
    user = make_user("ann", permissions, **fields)
    client.force_login(user, backend=BACKEND)
    return user


def text_of(response) -> str:
    return response.content.decode()


def listed(client, query: str = "") -> list[int]:
    response = client.get(f"/alerts/{query}")
    assert response.status_code == 200, text_of(response)
    return [int(found) for found in re.findall(r'data-alert="(\d+)"', text_of(response))]


# The list


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


def test_each_filter_leaves_what_it_says(client, host, now_ms) -> None:
    other = make_host("web-01")
    critical = make_alert(host, now_ms, rule_name="Load", worst_severity="critical")
    over = make_alert(other, now_ms - MINUTE_MS, now_ms)
    old = make_alert(host, now_ms - 40 * 86_400_000, now_ms)
    assert listed(client, "?severity=critical") == listed(client, "?rule=Load") == [critical.pk]
    assert listed(client, "?state=resolved") == [over.pk, old.pk]
    assert listed(client, "?host=web-01") == [over.pk]
    assert listed(client, "?host=web-01&state=open") == []
    assert listed(client, f"?until={old.fired_at:%Y-%m-%d}") == [old.pk]
    assert listed(client, f"?day={old.fired_at:%Y-%m-%d}") == [old.pk]
    assert listed(client, f"?since={critical.fired_at - timedelta(days=1):%Y-%m-%d}") == [
        critical.pk,
        over.pk,
    ]


@pytest.mark.parametrize("text", ["rsync", "BUSY box", "db-0", "nightly", "100%_\\'\""])
def test_a_search_finds_rule_host_explanation_and_notes_literally(client, host, now_ms, text) -> None:
    quiet = make_host("web-9")
    rule = make_alert(host, now_ms, rule_name="Busy box", explanation="5 x rsync 100%_\\'\" of it")
    rule.transitions.create(at=rule.fired_at, change="note", note="the Nightly job")
    make_alert(quiet, now_ms)
    assert listed(client, f"?{'q=' + text.replace('%', '%25')}") == [rule.pk]


@pytest.mark.parametrize("text", ["%", "_", "sync%"])
def test_a_pattern_is_no_pattern(client, host, now_ms, text) -> None:
    make_alert(host, now_ms, explanation="rsync")
    assert listed(client, f"?q={text.replace('%', '%25')}") == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("q=" + "x" * 201, "at most 200"),
        ("q=a%00b", "cannot be looked for"),
        ("host=a%00b", "cannot be looked for"),
        ("state=closed", "state must be open or resolved"),
        ("severity=bad", "severity must be"),
        ("since=yesterday", "no day such as"),
        ("until=2026-13-01", "no day such as"),
        ("since=20261101", "no day such as"),
        ("since=2026-11-20&until=2026-11-01", "lies before the first"),
        ("before=x", "must be the id"),
        ("before=99999999999999999999", "must be the id"),
    ],
)
def test_a_wrong_filter_is_told_and_shows_nothing(client, host, now_ms, query, sentence) -> None:
    make_alert(host, now_ms)
    response = client.get(f"/alerts/?{query}")
    assert response.status_code == 400
    assert sentence in text_of(response)
    assert '<tr role="row" class' not in text_of(response)


def test_pages_follow_each_other_without_a_hole_or_a_repeat(client, host, now_ms) -> None:
    fired = [now_ms - (n // 3) * MINUTE_MS for n in range(120)]  # three at a time share a moment
    Alert.objects.bulk_create(
        Alert(host=host, rule_name="CPU", metric="cpu_percent", severity="warning", state="resolved", threshold=1,
              clear_threshold=1, value=1, peak=1,
              **dict.fromkeys(("started_at", "fired_at", "resolved_at", "last_seen_at"), moment(at)))
        for at in fired
    )  # fmt: skip
    seen: list[int] = []
    query = ""
    for _ in range(3):
        seen += listed(client, query)
        more = re.search(r'href="(\?[^"]*)" rel="next"', text_of(client.get(f"/alerts/{query}")))
        query = more[1] if more else ""
    assert query == ""
    assert len(seen) == len(set(seen)) == 120
    order = dict(Alert.objects.values_list("pk", "fired_at"))
    assert seen == sorted(seen, key=lambda pk: (order[pk], pk), reverse=True)


def test_the_calendar_counts_the_days_and_each_leads_to_its_alerts(client, host, now_ms) -> None:
    alert = make_alert(host, now_ms - 3 * 86_400_000, now_ms, worst_severity="critical")
    page = text_of(client.get("/alerts/"))
    day = f"{alert.fired_at:%Y-%m-%d}"
    [cell] = re.findall(rf'<a href="([^"]*)" data-date="{day}" data-level="1" data-severity="critical"', page)
    assert page.count("data-date=") == 365
    assert listed(client, cell) == [alert.pk]


def test_the_days_are_those_of_the_reader(client, host) -> None:
    midnight = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=3)
    alert = make_alert(host, int(midnight.timestamp() * 1000), int(midnight.timestamp() * 1000) + 1)
    client.cookies["loadmon_zone"] = "Pacific/Kiritimati"  # 14 hours ahead
    day = (midnight + timedelta(days=1)).strftime("%Y-%m-%d")
    assert listed(client, f"?day={day}") == [alert.pk]
    assert "Pacific/Kiritimati" in text_of(client.get("/alerts/"))


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../../etc/passwd", "x" * 500, "a b", "Europe"])
def test_a_zone_that_is_none_is_that_of_the_server(client, host, now_ms, zone) -> None:
    make_alert(host, now_ms)
    client.cookies["loadmon_zone"] = zone
    assert 'data-slot="rendered-zone">UTC<' in text_of(client.get("/alerts/"))


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


# One alert


@pytest.fixture
def alert(host, now_ms):
    """An open alert with evidence and a message."""
    make_samples(host, 60, end_ms=now_ms)
    made = make_alert(
        host, now_ms - MINUTE_MS, rule=make_rule(EVIL), rule_name=EVIL, explanation=f"{EVIL} did it"
    )
    fired = made.transitions.create(at=made.fired_at, change="fired", value=80.0, severity="warning")
    Evidence.objects.create(
        alert=made, moment="onset", at=made.fired_at, value=70.0, sentence=f"{EVIL} again", document=DOCUMENT
    )
    sent = Notification.objects.create(
        key="k", alert=made, transition=fired, receiver_name=f"ops-mail {EVIL}", kind="fired", severity="warning",
        state="sent", created_at=made.fired_at, next_attempt_at=made.fired_at, held_back="A silence held it back",
    )  # fmt: skip
    sent.tries.create(started_at=made.fired_at, duration_ms=1400, delivered=True, answer=f"250 queued {EVIL}")
    return made


def test_the_page_of_an_alert_tells_all_of_it(client, alert) -> None:
    login(client)
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    for told in ("80 %", "90 %", "rsync", "backup.service", "nfs_wait", "did it", "ops-mail", "250 queued",
                 "Fired as warning", "accepted", "Before it fired", "when it was", "96.1 %",
                 "Waiting uninterruptibly", "A silence held it back."):  # fmt: skip
        assert told in page, told


def test_the_page_says_which_disk_is_full_as_text(client, alert) -> None:
    disk = {"fullest_percent": 95.0, "fullest_path": f"/var/{EVIL}", "fullest_left_bytes": 2**30}
    alert.evidence.update(document=DOCUMENT | {"disk": disk})
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    assert "Fullest disk, /var/&lt;img" in page
    assert "1 GiB" in page


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


def test_command_lines_are_for_staff_alone(client, alert) -> None:
    paths = (
        f"/alerts/{alert.pk}/",
        f"/alerts/{alert.pk}/parts/",
        f"/alerts/{alert.pk}.json",
        f"/api/v1/alerts/{alert.pk}",
    )
    user = login(client, "acknowledge_alert")
    assert not [path for path in paths if "secret-folder" in text_of(client.get(path))]
    assert not [path for path in paths if "secret-folder" in text_of(Client().get(path))]
    user.is_staff = True
    user.save()
    assert [path for path in paths if "secret-folder" in text_of(client.get(path))] == list(paths)


def test_what_the_other_side_answered_needs_a_login(client, alert) -> None:
    paths = (f"/alerts/{alert.pk}/", f"/alerts/{alert.pk}.json")
    assert not [path for path in paths if "250 queued" in text_of(client.get(path))]
    login(client)
    assert [path for path in paths if "250 queued" in text_of(client.get(path))] == list(paths)


@pytest.mark.parametrize("state", ["pending", "failed", "expired"])
def test_a_reason_that_is_an_answer_needs_a_login(client, alert, state) -> None:
    alert.notifications.update(state=state, reason="Refused: bob@corp.example: 550 no such user on mx7")
    paths = [f"/alerts/{alert.pk}/", f"/alerts/{alert.pk}.json", f"/api/v1/alerts/{alert.pk}"]
    assert not [path for path in paths if "mx7" in text_of(client.get(path))]
    login(client)
    assert [path for path in paths if "mx7" in text_of(client.get(path))] == paths


def test_a_reason_of_our_own_is_for_everybody_who_may_look(client, alert) -> None:
    alert.notifications.update(state="held", reason="Held back by a silence.")
    assert "Held back by a silence." in text_of(client.get(f"/alerts/{alert.pk}/"))


@pytest.mark.parametrize(
    "document", [None, [], {}, {"by_cpu": None, "groups": 3, "cpu": [], "blocked": ["x"]}]
)
def test_evidence_of_any_shape_is_survived(client, alert, document) -> None:
    alert.evidence.update(document=document if document is not None else {})
    for path in (f"/alerts/{alert.pk}/", f"/alerts/{alert.pk}.json"):
        assert client.get(path).status_code == 200


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


def test_the_json_is_the_answer_of_the_api_as_a_file(client, alert) -> None:
    exported = client.get(f"/alerts/{alert.pk}.json")
    assert exported.json() == client.get(f"/api/v1/alerts/{alert.pk}").json()
    assert exported.headers["Content-Disposition"] == f'attachment; filename="alert-{alert.pk}.json"'


# Forms


def test_acknowledging_on_the_page_is_stored_and_shown(client, alert) -> None:
    login(client, "acknowledge_alert")
    response = client.post(f"/alerts/{alert.pk}/acknowledge/", {"note": "mine"}, follow=True)
    assert response.redirect_chain == [(f"/alerts/{alert.pk}/", 302)]
    page = text_of(response)
    assert re.search(r"Acknowledged by <strong>ann</strong>", page)
    assert "mine" in page
    assert 'data-slot="acknowledge"' not in page


def test_a_refused_form_keeps_what_was_typed(client, alert) -> None:
    login(client, "acknowledge_alert")
    response = client.post(f"/alerts/{alert.pk}/note/", {"note": "x" * 1001})
    assert response.status_code == 400
    assert "at most 1000 characters" in text_of(response)
    assert "x" * 1001 in text_of(response)


DEEDS = [
    ("acknowledge", {"note": "x"}),
    ("note", {"note": "x"}),
    ("share", {"days": "7"}),
    ("revoke", {"link": "1"}),
]


@pytest.mark.parametrize(("deed", "data"), DEEDS)
def test_a_deed_needs_a_login_the_permission_a_token_and_this_very_site(client, alert, deed, data) -> None:
    path = f"/alerts/{alert.pk}/{deed}/"
    assert client.post(path, data).headers["Location"].startswith("/login/?next=")
    login(client)
    assert client.post(path, data).status_code == 403
    may = Client(enforce_csrf_checks=True)
    may.force_login(make_user("bob", ["acknowledge_alert"]), backend=BACKEND)
    assert may.post(path, data).status_code == 403
    may.handler.enforce_csrf_checks = False
    assert may.post(path, data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert may.get(path).status_code == 405
    alert.refresh_from_db()
    assert (alert.acknowledged_at, alert.transitions.count(), ShareLink.objects.count()) == (None, 1, 0)


def test_there_are_no_forms_for_who_may_not_use_them(client, alert) -> None:
    assert "<textarea" not in text_of(client.get(f"/alerts/{alert.pk}/"))
    login(client)
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    assert "<textarea" not in page
    assert "may not acknowledge" in page


# Sharing


def shared_link(client, alert, days: str = "7") -> str:
    """Make a link as the page does; return its path."""
    response = client.post(f"/alerts/{alert.pk}/share/", {"days": days})
    assert response.status_code == 201
    return re.search(r'value="http://testserver(/alerts/shared/[^"]+)"', text_of(response))[1]


def test_a_shared_alert_is_read_without_a_login_and_tells_less(client, alert, settings) -> None:
    login(client, "acknowledge_alert", is_staff=True)
    path = shared_link(client, alert)
    settings.LOADMON_PUBLIC = "no"
    response = Client().get(path)
    page = text_of(response)
    assert response.status_code == 200
    assert "did it" in page
    assert "rsync" in page
    assert "1 message: 1 accepted." in page
    for hidden in ("secret-folder", "ops-mail", "250 queued", "<form", "<textarea", "/admin/", "csrf"):
        assert hidden not in page, hidden
    assert EVIL not in page


def test_a_shared_alert_names_neither_people_nor_receivers_nor_the_reports_of_load_tests(
    client, alert, now_ms
) -> None:
    user = login(client, "acknowledge_alert", "run_loadtest")
    test = make_load_test(
        alert.host,
        "finished",
        now_ms - 2 * MINUTE_MS,
        requested_by=user,
        report="mail refused: 550 bob unknown",
    )
    test.receivers.add(make_drill_receiver("ops-pager"))
    actions.acknowledge(alert, user, "on it", timezone.now())
    page = text_of(client.get(shared_link(client, alert)))
    data = json.loads(re.search(r'<script id="alert-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert data["history"]["load_tests"] == [{"started_at": now_ms - 2 * MINUTE_MS, "ended_at": None}]
    assert "on it" in page
    for hidden in ("ops-pager", "550 bob", "by <strong>ann", "by ann", '"ann"'):
        assert hidden not in page, hidden


def test_even_staff_sees_on_a_shared_page_only_what_everybody_sees(client, alert) -> None:
    login(client, "acknowledge_alert", is_staff=True)
    page = text_of(client.get(shared_link(client, alert)))
    assert "secret-folder" not in page
    assert "ops-mail" not in page


def test_a_shared_page_is_kept_from_search_engines_and_from_the_next_site(client, alert) -> None:
    login(client, "acknowledge_alert")
    path = shared_link(client, alert)
    for response in (client.get(path), client.get(path[:-3] + "/")):
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert response.headers["Cache-Control"] == "no-store"
        assert '<meta name="referrer" content="no-referrer">' in text_of(response)


def test_an_expired_or_revoked_or_unknown_link_ends_at_one_calm_page(client, alert) -> None:
    user = login(client, "acknowledge_alert")
    expired = shared_link(client, alert, "1")
    ShareLink.objects.update(expires_at=timezone.now())
    revoked = shared_link(client, alert)
    actions.revoke(alert, ShareLink.objects.latest("id").pk, user, timezone.now())
    pages = [Client().get(path) for path in (expired, revoked, "/alerts/shared/guess/")]
    assert [page.status_code for page in pages] == [410, 410, 404]
    assert len({page.content for page in pages}) == 1
    assert "This link does not lead anywhere any more" in text_of(pages[0])


def test_a_link_is_listed_until_it_is_revoked_on_the_page(client, alert) -> None:
    login(client, "acknowledge_alert")
    path = shared_link(client, alert)
    page = text_of(client.get(f"/alerts/{alert.pk}/"))
    [link] = re.findall(r'name="link" value="(\d+)"', page)
    assert path not in page
    client.post(f"/alerts/{alert.pk}/revoke/", {"link": link})
    assert Client().get(path).status_code == 410
    assert 'name="link"' not in text_of(client.get(f"/alerts/{alert.pk}/"))


@pytest.mark.parametrize("days", ["", "0", "365", "x", "-1"])
def test_a_link_of_another_length_is_refused(client, alert, days) -> None:
    login(client, "acknowledge_alert")
    assert client.post(f"/alerts/{alert.pk}/share/", {"days": days}).status_code == 400


@pytest.mark.parametrize("path", ["/alerts/", "/alerts/1/", "/alerts/1/parts/", "/alerts/1.json"])
def test_who_may_not_look_is_led_to_the_login(client, settings, path) -> None:
    settings.LOADMON_PUBLIC = "no"
    assert client.get(path).headers["Location"].startswith("/login/?next=")
