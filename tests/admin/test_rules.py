"""Rules in the admin: forms that refuse what cannot work."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from monitor.admin.rules import RuleAdmin
from monitor.rules.models import Rule
from tests.admin.pages import make_alert, text

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
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


def test_a_rule_with_an_open_alert_can_be_deleted_and_the_alert_stays(boss, stopped_host) -> None:
    rule = Rule.objects.get(name="CPU")
    alert = make_alert(stopped_host, rule=rule, state="firing", resolved_at=None)
    answer = boss.post(reverse("admin:monitor_rule_delete", args=[rule.pk]), {"post": "yes"})
    assert answer.status_code == 302
    alert.refresh_from_db()
    assert (alert.rule, alert.rule_name, alert.state) == (None, "CPU", "firing")


def test_where_there_are_too_many_rules_the_form_leads_back_to_the_list_with_the_reason(
    boss, monkeypatch
) -> None:
    monkeypatch.setattr(RuleAdmin, "most", Rule.objects.count())
    answer = boss.post("/admin/monitor/rule/add/", {**GOOD, "name": "One more"}, follow=True)
    assert b"rules already: delete one first." in answer.content
    assert not Rule.objects.filter(name="One more").exists()


def test_a_name_is_stored_without_what_deceives_and_one_of_nothing_else_is_refused(boss) -> None:
    boss.post("/admin/monitor/rule/add/", {**GOOD, "name": "Di\u202esk\x1b full"})
    assert Rule.objects.filter(name="Disk full").exists()
    answer = boss.post("/admin/monitor/rule/add/", {**GOOD, "name": "\u202e\u2066"})
    assert "It holds nothing that can be seen." in text(answer)
    answer = boss.post("/admin/monitor/rule/add/", {**GOOD, "name": "Disk\u200b full"})
    assert "Rule with this Name already exists." in text(answer)
