"""The page of one rule."""

import time

import pytest
from django.urls import reverse

from tests.factories import NOW_MS, make_alert, make_host, make_rule, make_samples, make_user
from tests.stages.rules import panel_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
DAY_MS = 86_400_000


def page(rule):
    return reverse("rule", args=[rule.pk])


def change(rule):
    return reverse("admin:monitor_rule_change", args=[rule.pk])


def test_the_page_tells_the_rule_its_back_test_and_its_last_alerts(client, host):
    rule = make_rule(severity="critical", enabled=False)
    now_ms = time.time_ns() // 1_000_000
    make_samples(host, 60, now_ms, cpu_percent=10.0)
    make_alert(host, fired_ms=NOW_MS, resolved_ms=NOW_MS + 90_000, rule=rule, peak=93.25)
    make_alert(
        host, fired_ms=NOW_MS - DAY_MS, resolved_ms=NOW_MS, rule=rule, end_observed=False, is_test=True
    )
    make_alert(host, fired_ms=NOW_MS + DAY_MS)  # of another rule
    text = client.get(page(rule)).content.decode()
    for words in (
        "Rule “Busy”", "critical, switched off", "Fires when the CPU is at least 75 %",
        "With these numbers it would not have fired in the last 30 days. Only 1 min of that time is known.",
        "9 Oct 2025 08:53:20", "9 Oct 2025 08:54:50", "1 min 30 s", "93.25 %", "nobody saw when", "load test",
    ):  # fmt: skip
        assert words in text
    assert text.count('data-label="fired"') == 2


def test_the_page_leads_only_those_to_the_form_who_may_edit(client, host):
    rule = make_rule()
    assert change(rule) not in client.get(page(rule)).content.decode()
    client.force_login(make_user("clerk", ["view_rule"], is_staff=True), backend=BACKEND)
    assert change(rule) not in client.get(page(rule)).content.decode()
    client.force_login(make_user("chief", ["change_rule"], is_staff=True), backend=BACKEND)
    assert change(rule) in client.get(page(rule)).content.decode()


def test_the_page_of_another_host(client, host):
    make_host("web")
    rule = make_rule()
    assert panel_of(client.get(page(rule), {"host": "web"}))["host"] == "web"
    assert client.get(page(rule), {"host": "nowhere"}).status_code == 404


@pytest.mark.parametrize("number", ["0", "999", "9" * 30])
def test_a_rule_that_is_not_there_is_a_404(client, number):
    assert client.get(f"/rules/{number}/").status_code == 404


def test_the_page_is_read_only_and_keeps_to_who_may_look(client, host, settings):
    rule = make_rule()
    assert client.post(page(rule)).status_code == 405
    settings.LOADMON_PUBLIC = "no"
    assert client.get(page(rule)).url.startswith("/login/")


def test_the_page_works_before_the_first_sample(client):
    assert "No host has been sampled yet" in client.get(page(make_rule())).content.decode()


def test_markup_in_a_name_stays_text(client):
    make_host("<b>host</b>")
    text = client.get(page(make_rule("<script>alert(1)</script>"))).content.decode()
    assert "<script>alert" not in text
    assert "<b>host" not in text
