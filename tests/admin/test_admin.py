"""The admin: alerts to browse and export, rules to edit safely, hosts and load tests to read."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from monitor.admin.alerts import AlertAdmin
from monitor.alerts.models import Alert, Transition
from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest
from monitor.metrics.quantities import span
from monitor.rules.models import Rule
from monitor.web.alerts import summary
from monitor.web.alerts.csv import COLUMNS
from tests.factories import make_user

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIST = "admin:monitor_alert_changelist"


@pytest.fixture
def host() -> Host:
    """A host whose sampler was stopped."""
    return Host.objects.create(
        name="web1", effective_cores=2.0, cores_reason="2 of 2", sampler_stopped_at=START
    )


def make_alert(host: Host, **changes) -> Alert:
    """A resolved CPU alert of two minutes, other than `changes` say."""
    values = {
        "rule": None, "rule_name": "CPU", "metric": "cpu_percent", "severity": "warning", "state": "resolved",
        "started_at": START, "fired_at": START + timedelta(seconds=5), "last_seen_at": START,
        "resolved_at": START + timedelta(seconds=125), "threshold": 75.0, "clear_threshold": 65.0,
        "value": 60.0, "peak": 93.25, **changes,
    }  # fmt: skip
    return Alert.objects.create(host=host, **values)


def text(answer) -> str:
    """The page's words without its tags."""
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def rows(answer) -> list[dict[str, str]]:
    """A streamed CSV, parsed."""
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def listed(client: Client, **query: str) -> set[str]:
    """The rule names of the alerts that the list shows."""
    answer = client.get(reverse(LIST), query)
    assert answer.status_code == 200
    return {alert.rule_name for alert in answer.context["cl"].result_list}


# Alerts


def test_the_list_shows_what_a_person_wants_to_know(boss, host) -> None:
    make_alert(host)
    words = text(boss.get(reverse(LIST)))
    for word in ("CPU", "Resolved", "Warning", "web1", "2 min", "93.25 %", "2026-03-01 12:00:05 UTC"):
        assert word in words


def test_the_list_shows_and_filters_an_alert_that_is_over_by_its_worst_severity(boss, host) -> None:
    make_alert(host, rule_name="Load", worst_severity="critical")
    make_alert(host, rule_name="Disk", worst_severity="critical", resolved_at=None)
    assert "Critical" in text(boss.get(reverse(LIST), {"q": "Load"})).partition("Peak")[2]
    assert listed(boss, severity="critical") == {"Load"}
    assert listed(boss, severity="warning") == {"Disk"}


def test_the_list_costs_the_same_for_one_alert_as_for_fifty(boss, host, django_assert_num_queries) -> None:
    make_alert(host)
    with django_assert_num_queries(12, exact=False) as few:
        boss.get(reverse(LIST))
    for _ in range(49):
        make_alert(host)
    with django_assert_num_queries(len(few.captured_queries)):
        boss.get(reverse(LIST))


@pytest.mark.parametrize(
    "query",
    [
        {"state__exact": "firing"},
        {"severity": "critical"},
        {"host__name": "web2"},
        {"rule_name": "Load"},
        {"is_test__exact": "1"},
        {"fired_at__year": "2025"},
        {"q": "load web2"},
    ],
)
def test_every_filter_leaves_what_matches(boss, host, query: dict[str, str]) -> None:
    make_alert(host)
    other = Host.objects.create(name="web2")
    make_alert(
        other, rule_name="Load", state="firing", resolved_at=None, severity="critical", is_test=True,
        fired_at=START - timedelta(days=365),
    )  # fmt: skip
    if "host__name" in query:
        query = {"host__id__exact": str(other.pk)}
    assert listed(boss, **query) == {"Load"}


@pytest.mark.parametrize(
    ("query", "found"), [("100%", {"100% busy"}), ("a_b", {"a_b"}), ("o'c", {"o'clock"})]
)
def test_a_search_is_literal(boss, host, query: str, found: set[str]) -> None:
    for name in ("100% busy", "1000 busy", "a_b", "axb", "o'clock"):
        make_alert(host, rule_name=name)
    assert listed(boss, q=query) == found


def test_a_search_that_is_too_long_says_so(boss) -> None:
    assert "at most 200 characters" in text(boss.get(reverse(LIST), {"q": "x" * 201}))


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%ED%A0%80", "rule_name=%00", "state__exact=%00", "p=0", "p=-1", "p=999999999999999999999",
        "p=%D9%A1", "o=x.9999999999999", "fired_at__year=10000", "fired_at__year=0", "fired_at__year=x",
        "fired_at__year=2026&fired_at__month=13", "fired_at__gte=10000-01-01", "fired_at__gte=nonsense",
        "host__id__exact=99999999999999999999", "host__id__exact=x", "id__exact=1e400", "is_test__exact=x",
        "peak__gte=nan", "peak__regex=%28a%2B%29%2B%24", "rule__name=x", "host__alert__host__name=x", "e=1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("page", [LIST, "admin:monitor_alert_export"])
def test_a_nonsensical_query_is_no_server_error(boss, host, query: str, page: str) -> None:
    make_alert(host)
    answer = boss.get(f"{reverse(page)}?{query}")
    assert answer.status_code < 500
    if answer.streaming:
        b"".join(answer.streaming_content)


@pytest.mark.parametrize("lookup", ["rule_name__regex", "rule_name__iregex", "host__name__regex"])
def test_a_pattern_is_refused(boss, lookup: str) -> None:
    assert boss.get(reverse(LIST), {lookup: "(a+)+$"}).status_code == 400


def test_an_alert_shows_its_numbers_and_what_happened(boss, host) -> None:
    alert = make_alert(host)
    Transition.objects.create(alert=alert, at=START, change="fired", value=80.5)
    words = text(boss.get(reverse("admin:monitor_alert_change", args=[alert.pk])))
    for word in (
        "View alert",
        "fired at 75 % or above, clears below 65 %",
        "CPU busy (cpu_percent)",
        "80.5 %",
    ):
        assert word in words


def test_a_change_is_told_in_words_and_not_by_its_name(boss, host) -> None:
    alert = make_alert(host)
    Transition.objects.create(alert=alert, at=START, change="stepped_down", value=80.5, severity="warning")
    words = text(boss.get(reverse("admin:monitor_alert_change", args=[alert.pk])))
    assert "Stepped down to warning" in words


def test_an_end_that_nobody_saw_is_told_as_such(boss, host) -> None:
    alert = make_alert(host, end_observed=False, last_seen_at=START + timedelta(seconds=65))
    words = text(boss.get(reverse("admin:monitor_alert_change", args=[alert.pk])))
    assert "Between 2026-03-01 12:01:05 UTC and 2026-03-01 12:02:05 UTC, not observed." in words
    assert "at least 1 min" in words


def test_an_open_alert_is_told_as_open(boss, host) -> None:
    alert = make_alert(host, state="firing", resolved_at=None, fired_at=timezone.now() - timedelta(hours=2))
    assert "2 h, open" in text(boss.get(reverse(LIST)))
    assert "It is still open." in text(boss.get(reverse("admin:monitor_alert_change", args=[alert.pk])))


def test_an_alert_of_a_metric_that_is_gone_is_still_shown(boss, host) -> None:
    alert = make_alert(host, metric="gone")
    assert "93.25" in text(boss.get(reverse("admin:monitor_alert_change", args=[alert.pk])))


@pytest.mark.parametrize("model", ["alert", "loadtest"])
def test_what_loadmon_writes_cannot_be_added_changed_or_deleted(boss, host, model: str) -> None:
    row = make_alert(host) if model == "alert" else LoadTest.objects.create(host=host, seconds=1, workers=1)
    assert boss.get(reverse(f"admin:monitor_{model}_add")).status_code == 403
    assert (
        boss.post(reverse(f"admin:monitor_{model}_change", args=[row.pk]), {"seconds": 9}).status_code == 403
    )
    assert (
        boss.post(reverse(f"admin:monitor_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    )


def test_samples_are_not_in_the_admin(boss) -> None:
    assert "ample" not in text(boss.get(reverse("admin:app_list", args=["monitor"])))


# CSV


def test_the_link_exports_all_that_matches_and_no_more(boss, host) -> None:
    for number in range(60):
        make_alert(host, peak=float(number))
    make_alert(host, worst_severity="critical")
    page = boss.get(reverse(LIST), {"severity": "warning"}).content.decode()
    link = re.search(r'href="([^"]*/export/[^"]*)"', page)
    assert link
    exported = rows(boss.get(link.group(1).replace("&amp;", "&")))
    assert [row["peak"] for row in exported] == [f"{number}.0" for number in reversed(range(60))]


def test_more_than_one_page_is_exported_whole(boss, host, monkeypatch) -> None:
    monkeypatch.setattr("monitor.web.alerts.csv.PAGE", 2)
    ids = [str(make_alert(host).pk) for _ in range(5)]
    assert [row["id"] for row in rows(boss.get(reverse("admin:monitor_alert_export")))] == ids[::-1]


def test_ticked_alerts_are_exported(boss, host) -> None:
    chosen, _ = make_alert(host), make_alert(host)
    form = {"action": "export_selected", "_selected_action": [chosen.pk]}
    assert [row["id"] for row in rows(boss.post(reverse(LIST), form))] == [str(chosen.pk)]


def test_a_row_of_the_export_is_complete(boss, host) -> None:
    make_alert(host)
    (row,) = rows(boss.get(reverse("admin:monitor_alert_export")))
    assert tuple(row) == COLUMNS
    assert (row["host"], row["unit"], row["duration_seconds"], row["test"]) == (
        "web1",
        "percent",
        "120.0",
        "no",
    )
    assert (row["fired_at"], row["resolved_at"]) == ("2026-03-01T12:00:05.000Z", "2026-03-01T12:02:05.000Z")


def test_the_export_tells_of_an_alert_the_length_that_the_list_shows(boss, host) -> None:
    ended = make_alert(host)
    (row,) = rows(boss.get(reverse("admin:monitor_alert_export")))
    told = summary.lasted(ended, timezone.now())
    assert span(float(row["duration_seconds"])) == told
    assert f'<td class="field-duration">{told}</td>' in boss.get(reverse(LIST)).content.decode()


def test_of_an_end_that_nobody_saw_the_export_tells_what_is_known(boss, host) -> None:
    make_alert(host, end_observed=False, last_seen_at=START + timedelta(seconds=45))
    (row,) = rows(boss.get(reverse("admin:monitor_alert_export")))
    assert (row["duration_seconds"], row["end_observed"]) == ("40.0", "no")


def test_the_list_sorts_by_the_length_that_it_shows(boss, host) -> None:
    make_alert(host, rule_name="An end", resolved_at=START + timedelta(seconds=100))
    make_alert(host, rule_name="Unseen", end_observed=False, last_seen_at=START + timedelta(seconds=45))
    column = AlertAdmin.list_display.index("duration") + 1  # the boxes to tick come first
    page = text(boss.get(reverse(LIST), {"o": str(column)}))
    assert page.index("Unseen") < page.index("An end")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "%1"])
def test_text_that_a_spreadsheet_would_run_is_defused(boss, host, name: str) -> None:
    make_alert(host, rule_name=name)
    (row,) = rows(boss.get(reverse("admin:monitor_alert_export")))
    assert row["rule"] == f"'{name}"


def test_a_negative_number_stays_a_number(boss, host) -> None:
    make_alert(host, value=-1.5)
    (row,) = rows(boss.get(reverse("admin:monitor_alert_export")))
    assert row["value"] == "-1.5"


def test_the_export_is_for_those_who_may_see_alerts(client, host) -> None:
    staff = User.objects.create_user("clerk", is_staff=True)
    client.force_login(staff, backend="sesame.backends.ModelBackend")
    assert client.get(reverse("admin:monitor_alert_export")).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_alert"))
    assert client.get(reverse("admin:monitor_alert_export")).status_code == 200


def test_the_export_needs_a_login(client) -> None:
    answer = client.get(reverse("admin:monitor_alert_export"))
    assert answer.status_code == 302
    assert "/login/" in answer.url


def test_a_load_test_marks_its_alerts_in_the_list(boss, host) -> None:
    make_alert(host)
    assert "load test" not in text(boss.get(reverse(LIST)))
    make_alert(host, is_test=True)
    assert "load test" in text(boss.get(reverse(LIST)))


@pytest.mark.django_db(transaction=True)
async def test_under_asgi_the_export_streams_as_it_reads(monkeypatch) -> None:
    monkeypatch.setattr("monitor.web.alerts.csv.PAGE", 1)
    host = await Host.objects.acreate(name="web1")
    for _ in range(2):
        await Alert.objects.acreate(
            host=host, rule_name="CPU", metric="cpu_percent", severity="info", started_at=START,
            fired_at=START, last_seen_at=START, threshold=1, clear_threshold=1, value=1, peak=1,
        )  # fmt: skip
    client = AsyncClient()
    await client.aforce_login(
        await User.objects.acreate_superuser("boss"), backend="sesame.backends.ModelBackend"
    )
    answer = await client.get(reverse("admin:monitor_alert_export"), headers={"accept-encoding": "gzip"})
    assert (
        answer.headers["Content-Encoding"] == "identity"
    )  # browsers read only the first of many gzip members
    assert answer.is_async
    assert len([part async for part in answer.streaming_content]) == 3


# Rules

GOOD = {
    "name": "Mine", "metric": "load1", "severity": "info", "window_seconds": "0", "threshold": "2",
    "clear_threshold": "1", "for_seconds": "30", "hold_seconds": "60", "enabled": "on", "comparison": "above",
    "statistic": "mean",
}  # fmt: skip


def test_a_rule_is_added_and_told_as_a_sentence(boss) -> None:
    answer = boss.post(reverse("admin:monitor_rule_add"), GOOD, follow=True)
    sentence = "Fires when the 1-minute load is at least 2 for 30 s; clears below 1 for 60 s."
    assert sentence in text(answer)
    rule = Rule.objects.get(name="Mine")
    assert sentence in text(boss.get(reverse("admin:monitor_rule_change", args=[rule.pk])))


def test_a_rule_with_every_field_is_told_as_a_sentence(boss) -> None:
    more = {"metric": "cpu_percent", "window_seconds": "600", "statistic": "share", "level": "90", "threshold": "50",
            "clear_threshold": "30", "critical_threshold": "80", "critical_clear_threshold": "60",
            "unless_metric": "load1", "unless_value": "8"}  # fmt: skip
    sentence = (
        "Fires when the CPU is at least 90 % for at least 50 % of 600 s for 30 s, critical at 80 % of 600 s; clears below "
        "30 % of 600 s for 60 s. No alert begins while the mean 1-minute load of 600 s is at least 8."
    )
    assert sentence in text(boss.post(reverse("admin:monitor_rule_add"), GOOD | more, follow=True))


def test_every_shipped_rule_can_be_saved_as_it_is(boss) -> None:
    for rule in Rule.objects.all():
        page = boss.get(reverse("admin:monitor_rule_change", args=[rule.pk]))
        initial = page.context["adminform"].form.initial
        form = {name: value for name, value in initial.items() if value is not None and value is not False}
        answer = boss.post(page.request["PATH_INFO"], form)
        assert answer.status_code == 302, text(answer)


def test_an_edited_rule_is_stored(boss) -> None:
    rule = Rule.objects.get(name="CPU")
    form = {**GOOD, "name": "CPU", "metric": "cpu_percent", "threshold": "80", "clear_threshold": "80"}
    boss.post(reverse("admin:monitor_rule_change", args=[rule.pk]), form)
    rule.refresh_from_db()
    assert (rule.threshold, rule.clear_threshold) == (80.0, 80.0)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("critical_threshold", "3", "Give both critical thresholds, or neither."),
        ("unless_value", "3", "Choose the metric too, or give no value."),
        ("statistic", "share", "A share of time needs a window."),
        ("comparison", "below", "The alert could never clear: 1 lies below the threshold 2."),
        ("critical_metric", "sampler_silent_seconds", "only a rule of its own can judge it"),
        ("clear_threshold", "3", "The alert could never clear: 3 lies above the threshold 2."),
        ("threshold", "nan", "Enter a number."),
        ("threshold", "inf", "Enter a number."),
        ("clear_threshold", "-inf", "Enter a number."),
        ("threshold", "1e300", "is not a usable number."),
        ("window_seconds", "-1", "greater than or equal to 0"),
        ("window_seconds", "3601", "Give at most 3600 seconds."),
        ("hold_seconds", "99999999999999999999", "ensure this value is less than or equal to"),
        ("metric", "nonsense", "Select a valid choice"),
        ("name", "CPU", "Rule with this Name already exists."),
        ("name", "a\0b", "Null characters are not allowed."),
    ],
)
def test_a_rule_that_cannot_work_is_refused_with_a_sentence(
    boss, field: str, value: str, sentence: str
) -> None:
    answer = boss.post(reverse("admin:monitor_rule_add"), {**GOOD, field: value})
    assert sentence.lower() in text(answer).lower()
    assert not Rule.objects.filter(threshold=2, clear_threshold=1).exists()


def test_a_rule_with_an_open_alert_can_be_deleted_and_the_alert_stays(boss, host) -> None:
    rule = Rule.objects.get(name="CPU")
    alert = make_alert(host, rule=rule, state="firing", resolved_at=None)
    answer = boss.post(reverse("admin:monitor_rule_delete", args=[rule.pk]), {"post": "yes"})
    assert answer.status_code == 302
    alert.refresh_from_db()
    assert (alert.rule, alert.rule_name, alert.state) == (None, "CPU", "firing")


# Hosts and load tests


def test_a_host_tells_its_facts_and_leads_to_its_dashboard(boss, host) -> None:
    answer = boss.get(reverse("admin:monitor_host_change", args=[host.pk]))
    assert f'href="{reverse("dashboard")}?host=web1"' in answer.content.decode()
    assert "2 (2 of 2)" in text(answer)


def test_deleting_a_host_is_asked_with_numbers_and_takes_all_of_it(boss, host) -> None:
    Sample.objects.bulk_create(Sample(host=host, taken_at_ms=at, covered_ms=0) for at in range(3))
    Transition.objects.create(alert=make_alert(host), at=START, change="fired", value=1)
    url = reverse("admin:monitor_host_delete", args=[host.pk])
    question = text(boss.get(url))
    assert "samples: 3" in question.lower()
    assert "alerts: 1" in question.lower()
    boss.post(url, {"post": "yes"})
    assert not Host.objects.exists()
    assert not Alert.objects.exists()


def test_a_host_that_is_being_sampled_is_not_deleted(boss) -> None:
    host = Host.objects.create(name="web1")
    now = round(timezone.now().timestamp() * 1000)
    Sample.objects.create(host=host, taken_at_ms=now, covered_ms=0)
    boss.post(reverse("admin:monitor_host_delete", args=[host.pk]), {"post": "yes"})
    form = {"action": "delete_selected", "_selected_action": [host.pk], "post": "yes"}
    boss.post(reverse("admin:monitor_host_changelist"), form)
    assert Host.objects.filter(pk=host.pk).exists()


def test_samples_from_before_the_clock_was_set_back_keep_no_host(boss) -> None:
    host = Host.objects.create(name="web1")
    now = round(timezone.now().timestamp() * 1000)
    for at in (now + 3_600_000, now - 600_000):
        Sample.objects.create(host=host, taken_at_ms=at, covered_ms=0)
    boss.post(reverse("admin:monitor_host_delete", args=[host.pk]), {"post": "yes"})
    assert not Host.objects.exists()


def test_only_a_superuser_deletes_a_host(client, host) -> None:
    staff = User.objects.create_user("clerk", is_staff=True)
    staff.user_permissions.add(*Permission.objects.filter(codename__in=["view_host", "delete_host"]))
    client.force_login(staff, backend="sesame.backends.ModelBackend")
    answer = client.post(reverse("admin:monitor_host_delete", args=[host.pk]), {"post": "yes"})
    assert answer.status_code == 403
    assert Host.objects.exists()


def test_a_load_test_tells_who_when_and_how_long(boss, host) -> None:
    ada = User.objects.create_user("ada")
    LoadTest.objects.create(
        host=host, requested_by=ada, seconds=120, workers=2, state="cancelled", started_at=START,
        ended_at=START + timedelta(seconds=7), report="Never crossed.",
    )  # fmt: skip
    words = text(boss.get(reverse("admin:monitor_loadtest_changelist")))
    for word in ("ada", "Cancelled", "7 s of 2 min", "Never crossed."):
        assert word in words


def test_dates_are_written_in_one_way_with_their_zone(boss, host) -> None:
    row = LoadTest.objects.create(host=host, seconds=120, workers=2, state="finished", started_at=START)
    words = text(boss.get(reverse("admin:monitor_loadtest_change", args=[row.pk])))
    assert "2026-03-01 12:00:00 UTC" in words


# The site


def test_the_admin_is_named_and_leads_back_to_the_dashboard(boss) -> None:
    page = boss.get(reverse("admin:index")).content.decode()
    assert "loadmon" in page
    assert f'<a href="{reverse("dashboard")}">View site</a>' in page


def test_every_admin_page_has_an_icon_so_that_browsers_ask_for_no_other(client, boss) -> None:
    for name in ("admin:index", LIST):
        assert "monitor/icons/ok.svg" in boss.get(reverse(name)).content.decode()
    client.logout()
    assert "monitor/icons/ok.svg" in client.get(reverse("admin:login")).content.decode()


@pytest.mark.parametrize("name", ["alert", "rule", "host", "loadtest"])
def test_no_page_needs_inline_script_or_style(boss, host, name: str) -> None:
    make_alert(host)
    LoadTest.objects.create(host=host, seconds=1, workers=1)
    page = boss.get(reverse(f"admin:monitor_{name}_changelist")).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*(src=|type=\"application/json))", page)


def test_without_login_nothing_is_shown(client, host) -> None:
    make_alert(host)
    assert client.get(reverse(LIST)).status_code == 302


def test_the_login_of_the_admin_tells_of_the_link_that_logs_one_in(client) -> None:
    words = text(client.get(reverse("admin:login")))
    assert "On the server, .venv/bin/python manage.py loginlink prints a link" in words


@pytest.mark.parametrize("path", ["auth/user/?username__regex=(a%2B)%2B$", "auth/group/?name__iregex=(a%2B)%2B$",
                                  "monitor/alert/?fired_at__year=99999999999999"])  # fmt: skip
def test_no_address_makes_a_list_expensive_or_breaks_it(client, path) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/admin/{path}").status_code in (302, 400, 403)
