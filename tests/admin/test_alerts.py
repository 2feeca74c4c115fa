"""Alerts in the admin: the list, its filters and search, and the page of one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitor.alerts.models import Transition
from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest
from tests.admin.pages import make_alert, text

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIST = "admin:monitor_alert_changelist"


def listed(client: Client, **query: str) -> set[str]:
    """The rule names of the alerts that the list shows."""
    answer = client.get(reverse(LIST), query)
    assert answer.status_code == 200
    return {alert.rule_name for alert in answer.context["cl"].result_list}


def test_the_list_shows_what_a_person_wants_to_know(boss, stopped_host) -> None:
    make_alert(stopped_host)
    words = text(boss.get(reverse(LIST)))
    for word in ("CPU", "Resolved", "Warning", "web1", "2 min", "93.25 %", "2026-03-01 12:00:05 UTC"):
        assert word in words


def test_the_list_shows_and_filters_an_alert_that_is_over_by_its_worst_severity(boss, stopped_host) -> None:
    make_alert(stopped_host, rule_name="Load", worst_severity="critical")
    make_alert(stopped_host, rule_name="Disk", worst_severity="critical", resolved_at=None)
    assert "Critical" in text(boss.get(reverse(LIST), {"q": "Load"})).partition("Peak")[2]
    assert listed(boss, severity="critical") == {"Load"}
    assert listed(boss, severity="warning") == {"Disk"}


def test_the_list_costs_the_same_for_one_alert_as_for_fifty(
    boss, stopped_host, django_assert_num_queries
) -> None:
    make_alert(stopped_host)
    with django_assert_num_queries(12, exact=False) as few:
        boss.get(reverse(LIST))
    for _ in range(49):
        make_alert(stopped_host)
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
def test_every_filter_leaves_what_matches(boss, stopped_host, query: dict[str, str]) -> None:
    make_alert(stopped_host)
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
def test_a_search_is_literal(boss, stopped_host, query: str, found: set[str]) -> None:
    for name in ("100% busy", "1000 busy", "a_b", "axb", "o'clock"):
        make_alert(stopped_host, rule_name=name)
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
def test_a_nonsensical_query_is_no_server_error(boss, stopped_host, query: str, page: str) -> None:
    make_alert(stopped_host)
    answer = boss.get(f"{reverse(page)}?{query}")
    assert answer.status_code < 500
    if answer.streaming:
        b"".join(answer.streaming_content)


@pytest.mark.parametrize("lookup", ["rule_name__regex", "rule_name__iregex", "host__name__regex"])
def test_a_pattern_is_refused(boss, lookup: str) -> None:
    assert boss.get(reverse(LIST), {lookup: "(a+)+$"}).status_code == 400


def test_an_alert_shows_its_numbers_and_what_happened(boss, stopped_host) -> None:
    alert = make_alert(stopped_host)
    Transition.objects.create(alert=alert, at=START, change="fired", value=80.5)
    words = text(boss.get(reverse("admin:monitor_alert_change", args=[alert.pk])))
    for word in (
        "View alert",
        "fired at 75 % or above, clears below 65 %",
        "CPU busy (cpu_percent)",
        "80.5 %",
    ):
        assert word in words


def test_a_change_is_told_in_words_and_not_by_its_name(boss, stopped_host) -> None:
    alert = make_alert(stopped_host)
    Transition.objects.create(alert=alert, at=START, change="stepped_down", value=80.5, severity="warning")
    words = text(boss.get(reverse("admin:monitor_alert_change", args=[alert.pk])))
    assert "Stepped down to warning" in words


def test_an_end_that_nobody_saw_is_told_as_such(boss, stopped_host) -> None:
    alert = make_alert(stopped_host, end_observed=False, last_seen_at=START + timedelta(seconds=65))
    words = text(boss.get(reverse("admin:monitor_alert_change", args=[alert.pk])))
    assert "Between 2026-03-01 12:01:05 UTC and 2026-03-01 12:02:05 UTC, not observed." in words
    assert "at least 1 min" in words


def test_an_open_alert_is_told_as_open(boss, stopped_host) -> None:
    alert = make_alert(
        stopped_host, state="firing", resolved_at=None, fired_at=timezone.now() - timedelta(hours=2)
    )
    assert "2 h, open" in text(boss.get(reverse(LIST)))
    assert "It is still open." in text(boss.get(reverse("admin:monitor_alert_change", args=[alert.pk])))


def test_an_alert_of_a_metric_that_is_gone_is_still_shown(boss, stopped_host) -> None:
    alert = make_alert(stopped_host, metric="gone")
    assert "93.25" in text(boss.get(reverse("admin:monitor_alert_change", args=[alert.pk])))


@pytest.mark.parametrize("model", ["alert", "loadtest"])
def test_what_loadmon_writes_cannot_be_added_changed_or_deleted(boss, stopped_host, model: str) -> None:
    row = (
        make_alert(stopped_host)
        if model == "alert"
        else LoadTest.objects.create(host=stopped_host, seconds=1, workers=1)
    )
    assert boss.get(reverse(f"admin:monitor_{model}_add")).status_code == 403
    assert (
        boss.post(reverse(f"admin:monitor_{model}_change", args=[row.pk]), {"seconds": 9}).status_code == 403
    )
    assert (
        boss.post(reverse(f"admin:monitor_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    )


def test_samples_are_not_in_the_admin(boss) -> None:
    assert "ample" not in text(boss.get(reverse("admin:app_list", args=["monitor"])))
