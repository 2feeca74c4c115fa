"""The panel of a back-test in the admin's form."""

import threading
import time

import pytest
from django.urls import reverse

from monitor.rules.domain.spec import FIELDS
from monitor.rules.models import Rule
from monitor.web import turns
from monitor.web.rules import panel
from tests.factories import make_host, make_rule, make_samples
from tests.stages.rules import panel_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]


def change(rule):
    return reverse("admin:monitor_rule_change", args=[rule.pk])


def test_a_stored_rule_is_tried_where_it_is_edited_and_told_without_scripts(boss, host):
    make_samples(
        host, 300, time.time_ns() // 1_000_000, cpu_percent=[10.0] * 100 + [90.0] * 50 + [10.0] * 150
    )
    response = boss.get(change(make_rule()))
    assert panel_of(response)["answer"]["count"] == 1
    words = response.content.decode().split("<noscript>")[0]
    assert "With these numbers it would have fired once in the last 30 days, for 1 min 50 s." in words
    assert "Fires when the CPU is at least 75 %; clears below 65 % for 60 s." in words


def test_numbers_that_were_refused_do_not_pass_for_the_stored_ones(boss, host):
    rule = make_rule()
    form = {"name": rule.name, "metric": "load1", "severity": "info", "window_seconds": "0", "threshold": "1",
            "clear_threshold": "2", "for_seconds": "0", "hold_seconds": "60", "comparison": "above",
            "statistic": "mean"}  # fmt: skip
    response = boss.post(change(rule), form)
    assert "could never clear" in response.content.decode()
    assert panel_of(response)["rule"]["metric"] == "cpu_percent"


def test_a_new_rule_has_an_empty_panel(boss, host):
    found = panel_of(boss.get(reverse("admin:monitor_rule_add")))
    assert (found["rule"], found["answer"], found["host"]) == (None, None, "db-01")


def test_the_panel_tells_its_script_what_each_field_stands_for_where_it_is_empty(boss, host):
    empty = panel_of(boss.get(reverse("admin:monitor_rule_add")))["fields"]
    assert tuple(empty) == FIELDS
    told = {name: value for name, value in empty.items() if value not in (None, "")}
    assert told == {
        "comparison": "above", "statistic": "mean", "window_seconds": 0, "for_seconds": 0, "hold_seconds": 0,
        "per_core": False,
    }  # fmt: skip


def test_before_the_first_sample_the_panel_says_so(boss):
    response = boss.get(change(make_rule()))
    assert "No host has been sampled yet" in response.content.decode()
    assert (panel_of(response)["host"], panel_of(response)["answer"]) == (None, None)


def test_the_panel_brings_only_files_of_ours(boss, host):
    text = boss.get(reverse("admin:monitor_rule_add")).content.decode()
    assert 'src="/static/monitor/js/rules/backtest/admin.js" type="module"' in text
    assert text.index("chart.umd.min.js") < text.index("rules/backtest/admin.js")


def test_of_several_hosts_the_first_is_tried_unless_this_one_is_among_them(boss, settings):
    make_host("b")
    make_host("a")
    settings.LOADMON_HOST_NAME = "elsewhere"
    assert panel_of(boss.get(change(make_rule())))["host"] == "a"
    settings.LOADMON_HOST_NAME = "b"
    assert panel_of(boss.get(change(make_rule("Other"))))["host"] == "b"


def test_a_crowd_of_back_tests_does_not_keep_the_form_from_opening(boss, host, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(panel.TURN, "_free", threading.Semaphore(0))
    response = boss.get(change(make_rule()))
    assert response.status_code == 200
    assert "Other back-tests are running. Try again in a few seconds." in response.content.decode()


def test_the_silence_of_the_sampler_cannot_be_tried(client, host, boss):
    rule = Rule.objects.get(name="Sampler silent")
    sentence = "This rule cannot be tried on the past: while the sampler is silent nothing is stored"
    assert sentence in client.get(reverse("rule", args=[rule.pk])).content.decode()
    assert sentence in boss.get(change(rule)).content.decode()
    asked = {"metric": "sampler_silent_seconds", "threshold": "30", "clear_threshold": "10"}
    refused = client.get("/api/v1/backtest", asked)
    assert (refused.status_code, refused.json()["error"].startswith(sentence)) == (400, True)
