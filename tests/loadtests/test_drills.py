"""Drills as rows: which rule is expected, who is told, how far a message has come, what a browser may say."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from monitor.alerts.models import Alert
from monitor.hosts.models import Host
from monitor.loadtests import drills, requests
from monitor.loadtests.drills import Unfit, Wanted
from monitor.loadtests.models import LoadTest
from monitor.loadtests.requests import NotNow, WrongChoice, WrongNumbers
from monitor.notifications.models import Attempt, NotificationKind, Notifier, Receiver
from monitor.notifications.outbox.audience import audience
from monitor.rules.domain.severity import SEVERITIES
from monitor.rules.models import Rule
from tests.factories import make_alert, make_drill_receiver, make_load_test, make_notification, make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def cpu() -> Rule:
    return Rule.objects.get(name="CPU")


def make_drill(host: Host, rule: Rule, **fields: Any) -> LoadTest:
    """A drill that began ten seconds ago."""
    began = round((time.time() - 10) * 1000)
    return make_load_test(
        host, started_ms=began, expects_alert=True, rule=rule, promised_seconds=98, **fields
    )


def make_fired(host: Host, rule: Rule, **fields: Any) -> Alert:
    """The alert of `rule`, fired just now during a test."""
    return make_alert(host, round(time.time() * 1000), rule=rule, **({"is_test": True} | fields))


def test_a_cpu_drill_expects_the_rule_with_a_mean(cpu: Rule) -> None:
    make_rule("Latest", window_seconds=0)
    assert drills.expected_rule("cpu") == cpu


def test_an_io_drill_expects_a_rule_on_io_pressure() -> None:
    rule = make_rule("Slow disk", metric="pressure_io_some_percent", window_seconds=60)
    Rule.objects.filter(metric="pressure_io_full_percent").delete()
    assert drills.expected_rule("io") == rule


def test_without_such_a_rule_a_name_is_asked_for() -> None:
    Rule.objects.update(enabled=False)
    with pytest.raises(Unfit, match="No rule that judges a mean of the CPU is switched on: name the rule"):
        drills.expected_rule("cpu")


@pytest.mark.parametrize("name", ["Nonsense", "a\0b", "<b>"])
def test_an_unknown_rule_is_named_with_those_there_are(name: str) -> None:
    Rule.objects.exclude(name__in=["CPU", "Load"]).delete()
    with pytest.raises(Unfit, match=r"No rule .* is switched on\. Those that are: CPU, Load\."):
        drills.expected_rule("cpu", name)


def test_a_rule_that_is_switched_off_cannot_be_expected(cpu: Rule) -> None:
    Rule.objects.update(enabled=False)
    with pytest.raises(Unfit, match="No rule 'CPU' is switched on"):
        drills.expected_rule("cpu", "CPU")


def test_everybody_who_wants_drills_is_told_unless_somebody_is_named(host: Host) -> None:
    ops, hook = make_drill_receiver("ops"), make_drill_receiver("hook")
    make_drill_receiver("quiet", wants_drills=False)
    make_drill_receiver("off", enabled=False)
    assert drills.plan(host, "cpu", 2, Wanted()).receivers == [hook, ops]
    assert drills.plan(host, "cpu", 2, Wanted(["ops", "ops"])).receivers == [ops]
    assert drills.plan(host, "cpu", 2, Wanted([])).receivers == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"enabled": False}, "The receiver ops is switched off."),
        ({"wants_drills": False}, "The receiver ops does not want the messages of drills"),
        (
            {"minimum_severity": "critical"},
            "hears of critical alerts and worse only, and the rule Busy fires as warning: whether it",
        ),
    ],
)
def test_a_receiver_that_would_not_be_told_is_refused(host: Host, fields: Any, sentence: str) -> None:
    make_rule(window_seconds=60)
    make_drill_receiver("ops", **fields)
    with pytest.raises(Unfit, match=sentence):
        drills.plan(host, "cpu", 2, Wanted(["ops"], "Busy"))


def test_a_receiver_of_critical_alerts_takes_part_only_where_the_rule_fires_as_critical(host: Host) -> None:
    pager = make_drill_receiver("pager", minimum_severity="critical")
    assert drills.plan(host, "cpu", 2, Wanted()).receivers == []
    Rule.objects.filter(name="CPU").update(severity="critical", critical_threshold=None)
    assert drills.plan(host, "cpu", 2, Wanted()).receivers == [pager]


def test_a_receiver_of_other_rules_is_refused(host: Host) -> None:
    make_drill_receiver("ops", rules=[make_rule("Other")])
    make_drill_receiver("gone", only_chosen_rules=True)
    for name in ("ops", "gone"):
        with pytest.raises(Unfit, match=f"The receiver {name} does not want to hear of the rule CPU"):
            drills.plan(host, "cpu", 2, Wanted([name]))


def test_an_unknown_receiver_is_named_with_those_there_are(host: Host) -> None:
    make_drill_receiver("ops")
    with pytest.raises(Unfit, match=r"There is no receiver 'opps'\. Those that hear of this drill: ops\."):
        drills.plan(host, "cpu", 2, Wanted(["opps"]))


# As requests


def test_a_drill_is_stored_with_its_rule_its_promise_and_its_receivers(host: Host, cpu: Rule) -> None:
    ops = make_drill_receiver("ops")
    test = requests.request(host, wanted=Wanted())
    assert (test.expects_alert, test.rule, test.promised_seconds) == (True, cpu, 98.0)
    assert (list(test.receivers.all()), test.seconds, test.passed) == ([ops], 120, None)


def test_a_drill_of_a_slow_rule_takes_as_long_as_it_needs(host: Host) -> None:
    make_rule(window_seconds=400, threshold=95.0)
    assert requests.request(host, wanted=Wanted(rule="Busy")).seconds == 402


def test_too_short_a_drill_is_refused_with_the_seconds_it_needs(host: Host) -> None:
    with pytest.raises(
        WrongNumbers, match=r"CPU promises to fire within 98\.0 s: give at least 98 seconds, not 97"
    ):
        requests.request(host, 97, wanted=Wanted())
    assert requests.request(host, 98, wanted=Wanted()).seconds == 98


def test_a_rule_that_takes_longer_than_any_test_is_refused(host: Host) -> None:
    make_rule(window_seconds=3600)
    with pytest.raises(
        WrongChoice, match=r"Busy promises to fire only within \d+ s, but a load test takes at most"
    ):
        requests.request(host, wanted=Wanted(rule="Busy"))


def test_the_load_rule_is_refused_on_an_idle_machine(host: Host) -> None:
    with pytest.raises(WrongChoice, match="Load needs 2, but 2 workers bring the 1-minute load towards 2"):
        requests.request(host, wanted=Wanted(rule="Load"))


def test_an_alert_that_stands_cannot_fire(host: Host, cpu: Rule) -> None:
    make_alert(host, rule=cpu)
    with pytest.raises(NotNow, match="The alert CPU stands already"):
        requests.request(host, wanted=Wanted())


def test_a_full_disk_refuses_the_test_that_writes(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "no_room", lambda directory: "Only 0.2 GB are free.")
    with pytest.raises(NotNow, match=r"Only 0\.2 GB are free"):
        requests.request(host, kind="io")
    assert requests.request(host).kind == "cpu"


def test_an_unknown_kind_is_refused(host: Host) -> None:
    with pytest.raises(WrongChoice, match="of the kind cpu or io; 'net' is not possible"):
        requests.request(host, kind="net")


# As it goes on


def test_the_first_message_to_each_receiver_is_followed(host: Host, cpu: Rule) -> None:
    ops, hook, other = make_drill_receiver("ops"), make_drill_receiver("hook"), make_drill_receiver("other")
    test = make_drill(host, cpu)
    test.receivers.set([ops, hook, other])
    alert = make_fired(host, cpu)
    make_notification(alert, ops, "sent", settled_at=alert.fired_at + timedelta(seconds=1.5))
    make_notification(alert, ops, "pending")
    row = make_notification(alert, hook, next_attempt_at=alert.fired_at + timedelta(seconds=61))
    Attempt.objects.create(
        notification=row, started_at=alert.fired_at, duration_ms=5, delivered=False, answer="500 Oops"
    )
    _, told, _ = drills.follow(test, alert.pk, timezone.now())
    assert [(each.receiver, each.state, each.after, each.tries, each.reason) for each in told] == [
        ("hook", "pending", None, 1, ""),
        ("ops", "sent", 1.5, 0, ""),
        ("other", "none", None, 0, ""),
    ]
    assert told[0].next_after == 61.0
    LoadTest.objects.filter(pk=test.pk).update(alert=alert)
    assert drills.answers(LoadTest.objects.get(pk=test.pk)) == ["hook answered: 500 Oops"]


def test_a_drill_takes_those_for_deaf_whom_the_outbox_would_not_tell(host: Host, cpu: Rule) -> None:
    other = make_rule("Other")
    flags = itertools.product([False, True], repeat=3)
    choices = itertools.product(flags, SEVERITIES, [(), (cpu,), (other,)])
    for number, ((enabled, wants, only), severity, rules) in enumerate(choices):
        make_drill_receiver(
            f"r{number}", rules, enabled=enabled, wants_drills=wants, only_chosen_rules=only,
            minimum_severity=severity,
        )  # fmt: skip
    alert = make_alert(host, rule=cpu, severity=cpu.severity, is_test=True)
    told = set(audience(alert, NotificationKind.FIRED))
    receivers = set(Receiver.objects.prefetch_related("rules"))
    assert {each for each in receivers if not drills.deafness(each, cpu)} == told
    assert set() < told < receivers


@pytest.mark.parametrize(("age", "runs"), [(5, True), (40, False), (None, False)])
def test_a_notifier_that_was_seen_lately_runs(host: Host, cpu: Rule, age: float | None, runs: bool) -> None:
    now = timezone.now()
    if age is not None:
        Notifier.objects.update_or_create(pk=1, defaults={"seen_at": now - timedelta(seconds=age)})
    alert = make_alert(host, round(time.time() * 1000), rule=cpu)
    assert drills.follow(make_drill(host, cpu), alert.pk, now)[2] is runs


def test_a_browser_is_noted_once_and_with_the_time_at_which_it_spoke(host: Host, cpu: Rule) -> None:
    test, alert, now = make_drill(host, cpu), make_fired(host, cpu), timezone.now()
    assert drills.note_seen("db-01", alert.pk, now)
    assert not drills.note_seen("db-01", alert.pk, now + timedelta(seconds=1))
    test.refresh_from_db()
    assert test.seen_in_browser_at == now


@pytest.mark.parametrize(
    "fields",
    [
        {"is_test": False},
        {"rule": None},
        {"fired_at": timezone.now() - timedelta(days=1)},
        {"resolved_at": timezone.now()},
    ],
)
def test_no_other_alert_is_noted(host: Host, cpu: Rule, fields: Any) -> None:
    make_drill(host, cpu)
    alert = make_fired(host, cpu)
    Alert.objects.filter(pk=alert.pk).update(**fields)
    assert not drills.note_seen("db-01", alert.pk, timezone.now())


@pytest.mark.parametrize("fields", [{"expects_alert": False}, {"state": "finished"}, {"rule": None}])
def test_nothing_is_noted_where_no_drill_of_the_rule_runs(host: Host, cpu: Rule, fields: Any) -> None:
    test = make_drill(host, cpu)
    LoadTest.objects.filter(pk=test.pk).update(**fields)
    assert not drills.note_seen("db-01", make_fired(host, cpu).pk, timezone.now())


def test_the_viewer_of_another_host_is_not_believed(host: Host, cpu: Rule) -> None:
    make_drill(host, cpu)
    assert not drills.note_seen("other", make_fired(host, cpu).pk, timezone.now())
