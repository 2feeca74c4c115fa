"""The query of the list of alerts: filters, searches, pages and days, and what of them is refused."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from monitor.alerts.models import Alert
from monitor.metrics.times import moment
from tests.factories import make_alert, make_host
from tests.web.alerts.pages import MINUTE_MS, listed, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public", "no_calendar")]


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
