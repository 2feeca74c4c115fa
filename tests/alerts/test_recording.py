"""Recording of alerts: what each change of a rule writes, and when nothing is written."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from monitor.alerts import actions, restoring
from monitor.alerts.models import Alert, Transition
from monitor.alerts.recording import nobody
from monitor.history.models import Sample
from monitor.ingest.door import Door
from monitor.loadtests.models import LoadTest
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report
from monitor.metrics.times import moment
from monitor.rules import loading
from monitor.rules.domain.evaluator import Evaluator
from monitor.rules.models import Rule
from tests.factories import make_alert, make_user
from tests.stages.disks import FREED, FULL, START_MS, UNMOUNTED, Disks
from tests.stages.feed import START
from tests.stages.recorder import recorder

pytestmark = pytest.mark.django_db


def test_the_shipped_rules_hold_those_of_the_original():
    rules = {rule.name: rule for rule in Rule.objects.all()}
    assert len(rules) == 10
    assert (rules["CPU"].threshold, rules["CPU"].window_seconds) == (75, 120)
    assert (rules["Load"].threshold, rules["Load"].per_core) == (1, True)


@pytest.mark.parametrize(("severity", "critical"), [("warning", 95.0), ("critical", None)])
def test_a_rule_that_was_made_critical_gets_no_critical_level_with_the_shipped_ones(severity, critical):
    rule = Rule.objects.filter(name="CPU")
    rule.update(severity=severity, critical_threshold=None, critical_clear_threshold=None)
    import_module("monitor.migrations.0007_more_shipped_rules").add_rules(apps, None)
    assert rule.get().critical_threshold == critical
    assert "CPU" in {one.name for one in loading.load_rules()}


def test_an_alert_is_stored_with_the_numbers_it_fired_on(feed):
    feed(31, load1=3.0)
    alert = Alert.objects.get()
    assert (alert.rule_name, alert.state, alert.threshold, alert.clear_threshold) == (
        "Load",
        "firing",
        2.0,
        1.6,
    )
    assert (alert.value, alert.peak, alert.is_test) == (3.0, 3.0, False)
    assert alert.started_at == moment(START + 1000)
    assert alert.fired_at == moment(START + 31_000)


def test_where_it_becomes_critical_is_stored_with_the_metric_that_decides(feed):
    feed(200, load1=3.0, cpu_percent=90.0)
    columns = ("critical_threshold", "critical_metric", "critical_metric_threshold")
    stored = {row[0]: row[1:] for row in Alert.objects.values_list("rule_name", *columns)}
    assert (stored["CPU"], stored["Load"]) == ((95.0, "", None), (None, "load5", 4.0))


def test_every_change_is_a_row(feed):
    feed(31, load1=3.0)
    feed(10, load1=1.0)
    feed(1, load1=1.8)
    feed(62, load1=1.0)
    changes = list(Transition.objects.values_list("change", flat=True))
    assert changes == ["fired", "recovering", "relapsed", "recovering", "resolved"]
    alert = Alert.objects.get()
    assert alert.state == "resolved"
    assert alert.resolved_at == moment(START + (31 + 10 + 1 + 61) * 1000)
    assert alert.end_observed


def test_the_peak_is_kept(feed):
    feed(31, load1=3.0)
    feed(5, load1=9.0)
    feed(5, load1=2.5)
    feed(61, load1=0.1)
    assert Alert.objects.get().peak == 9.0


def test_a_clock_set_back_changes_nothing(feed):
    feed(20, load1=3.0)
    feed.now -= 3_600_000
    feed(10, load1=3.0)
    assert not Alert.objects.exists()
    feed(1, load1=3.0)
    assert Alert.objects.get().state == "firing"


def test_the_database_refuses_a_second_open_alert_of_a_rule(feed, host):
    feed(31, load1=3.0)
    first = Alert.objects.get()
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save()


def test_an_alert_during_a_load_test_is_marked(feed, host):
    LoadTest.objects.create(
        host=host, seconds=120, workers=2, state="running", started_at=moment(START), ended_at=None
    )
    feed(31, load1=3.0)
    assert Alert.objects.get().is_test


def test_an_alert_long_after_a_load_test_is_not_marked(feed, host):
    LoadTest.objects.create(
        host=host, seconds=60, workers=2, state="finished",
        started_at=moment(START - 400_000), ended_at=moment(START - 340_000),
    )  # fmt: skip
    feed(31, load1=3.0)
    assert not Alert.objects.get().is_test


def test_an_alert_whose_rule_is_switched_off_ends_with_a_note(feed, host):
    feed(31, load1=3.0)
    Rule.objects.filter(name="Load").update(enabled=False)
    assert recorder(host).end_orphans(loading.load_rules(), moment(feed.now)) == 1
    assert Alert.objects.get().note == "Its rule was switched off or deleted."


@pytest.mark.parametrize("was", [{"metric": "cpu_percent"}, {"comparison": "below"}, {"statistic": "max"}])
def test_a_rule_that_judges_something_else_now_changes_nothing_of_what_it_left(host, was):
    """It may be edited between the reading that was judged and the one that ends what it left."""
    Rule.objects.exclude(name="Load").delete()
    rule = Rule.objects.get()
    alert = make_alert(host, START, rule=rule, **({"metric": "load1", "value": 80.0} | was))
    evaluator = Evaluator(loading.load_rules(), {rule.pk: restoring.status_of(alert)})
    calm = {"load1": 0.1, "cpu_effective_cores": 2.0}
    [outcome] = evaluator.evaluate(Reading(START + 1000, 1.0, 0.0, calm))
    assert outcome.change == "recovering"
    assert recorder(host).record(outcome) is None
    alert.refresh_from_db()
    assert (alert.state, alert.value, alert.transitions.count()) == ("firing", 80.0, 0)


def test_a_deleted_rule_keeps_its_alerts(feed, host):
    feed(31, load1=3.0)
    Rule.objects.get(name="Load").delete()
    recorder(host).end_orphans(loading.load_rules(), moment(feed.now))
    alert = Alert.objects.get()
    assert (alert.rule, alert.rule_name, alert.state) == (None, "Load", "resolved")


def test_alert_rows_are_a_function_of_the_stored_samples(feed, host):
    """Replaying the samples into an empty database gives the same alerts."""
    for load in (3.0, 1.0, 3.0, 0.2, 2.5):
        feed(70, load1=load)
    expected = list(Alert.objects.order_by("id").values_list("started_at", "fired_at", "resolved_at", "peak"))
    rows = list(Sample.objects.order_by("id"))
    Alert.objects.all().delete()
    Sample.objects.all().delete()
    again = Door(host, lambda event: None, 1.0)
    for row in rows:
        again.accept(Report(Reading(row.taken_at_ms, row.covered_ms / 1000, 0.0, row.values())))
    assert (
        list(Alert.objects.order_by("id").values_list("started_at", "fired_at", "resolved_at", "peak"))
        == expected
    )
    assert len(expected) == 3


def test_an_alert_keeps_which_disk_it_is_of_and_does_not_resolve_while_that_one_is_not_measured(host):
    disks = Disks(host)
    disks(3, FULL)
    assert [(one["name"], one["value"]) for one in disks.alert.members] == [("/data", 95.0)]
    assert disks.alert.unseen == ""
    disks(60, UNMOUNTED)
    assert (disks.alert.state, disks.changes) == ("firing", ["fired", "unseen"])
    assert disks.alert.transitions.last().note == "/data (95 %)"
    assert disks.alert.unseen.startswith("/data is no longer measured")
    assert disks.alert.unseen_since == moment(START_MS + 4000)
    assert disks.alert.value == 95.0


def test_a_disk_that_is_seen_again_calm_ends_its_alert_and_the_alert_still_tells_which_it_was(host):
    disks = Disks(host, hold_seconds=60)
    disks(3, FULL)
    disks(10, UNMOUNTED)
    disks(70, FREED)
    assert disks.changes == ["fired", "unseen", "seen_again", "recovering", "resolved"]
    assert (disks.alert.unseen, disks.alert.unseen_since, disks.alert.end_observed) == ("", None, True)
    assert [one["name"] for one in disks.alert.members] == ["/data"]


def test_an_alert_that_a_person_ended_is_forgotten_and_what_is_full_then_fires_anew(host, monkeypatch):
    monkeypatch.setattr("monitor.ingest.storing.REFRESH_ALERTS_SECONDS", 0.0)
    disks = Disks(host)
    disks(3, FULL)
    disks(10, UNMOUNTED)
    actions.end(disks.alert, make_user("ann", ["acknowledge_alert"]), "", moment(disks.now), nobody)
    disks(3, UNMOUNTED)
    assert Alert.objects.count() == 1
    disks(3, {"/": 99.0})
    assert (Alert.objects.count(), disks.alert.state) == (2, "firing")
    assert [one["name"] for one in disks.alert.members] == ["/"]
