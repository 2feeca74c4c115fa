"""A sampler that is restarted, or reads its rules anew, at any moment stores the very rows of one that ran on."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerts import restoring
from monitor.alerts.models import Alert, Transition
from monitor.history.models import Gap, Sample
from monitor.hosts.models import Host
from monitor.ingest.door import Door
from monitor.metrics.gaps import GapSpec, Kind
from monitor.metrics.reading import Reading
from monitor.metrics.report import Report
from monitor.metrics.times import moment
from monitor.rules import loading
from monitor.rules.domain.spec import FIELDS, RuleSpec
from monitor.rules.models import Rule
from tests.factories import NOW_MS, make_alert, make_host, make_rule
from tests.stages.examples import examples
from tests.stages.pasts import past_of, rule_of
from tests.stages.recorder import recorder

pytestmark = pytest.mark.django_db
MOST_READINGS = 115  # fewer than the tail that a restart reads
COLUMNS = (
    "rule_name", "metric", "severity", "worst_severity", "comparison", "statistic", "state", "started_at", "fired_at",
    "resolved_at", "last_seen_at", "threshold", "clear_threshold", "critical_threshold", "value", "peak", "end_observed",
)  # fmt: skip


def with_gaps(readings):
    """Each reading with the gaps that the sampler would have found between it and the one before."""
    found: list[tuple[Reading, list[GapSpec]]] = [(readings[0], [])]
    for before, after in pairwise(readings):
        start, end = before.taken_at_ms, after.taken_at_ms
        gaps = [GapSpec(start, start + round(1000 * after.gap), Kind.SAMPLER_DOWN)] if after.gap else []
        if abs(end - start - 1000 * (after.covered + after.gap)) > 2000:
            gaps.append(GapSpec(min(start, end), end, Kind.CLOCK_STEPPED))
        found.append((after, gaps))
    return found


def store_rule(spec: RuleSpec) -> None:
    values = {field: getattr(spec, field) for field in ("name", "severity", *FIELDS)}
    Rule.objects.create(**values).full_clean()


def lived(host, readings, interruptions):
    """The rows that these readings lead to; interruptions: by index "restart" or "edit" before that reading."""
    for table in (Alert, Sample, Gap):
        table._default_manager.all().delete()
    door = Door(host, lambda event: None, 1.0)
    for index, (reading, gaps) in enumerate(readings):
        if interruptions.get(index) == "restart":
            door = Door(host, lambda event: None, 1.0)
        elif interruptions.get(index) == "edit":
            door.reload_rules()
        door.accept(Report(reading, tuple(gaps)))
    door.recorder.refresh(door.evaluator)
    changes = Transition.objects.order_by("id").values_list("at", "change", "value", "severity", "note")
    return list(Alert.objects.order_by("id").values_list(*COLUMNS)), list(changes)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**63))
def test_interruptions_change_no_row(seed):
    """Before each reading, each other one or now and then, the sampler is restarted, or reads its rules anew."""
    chance = Random(seed)
    rule, readings = rule_of(chance), with_gaps(past_of(chance, MOST_READINGS))
    Host.objects.all().delete()
    Rule.objects.all().delete()
    host = make_host()
    store_rule(rule)
    indices = range(1, len(readings), chance.choice([1, 1, 2, 7]))
    when = {index: chance.choice(["restart", "edit"]) for index in indices}
    assert lived(host, readings, when) == lived(host, readings, {})
    assert Alert.objects.filter(resolved_at=None).count() <= 1


def test_a_critical_alert_resumes_as_critical_and_steps_down():
    host = make_host()
    Rule.objects.exclude(name="Load").delete()
    door = Door(host, lambda event: None, 1.0)
    at_ms = NOW_MS

    def feed(seconds, load1, load5):
        nonlocal at_ms
        for _ in range(seconds):
            at_ms += 1000
            values = {"load1": load1, "load5": load5, "cpu_effective_cores": 2.0}
            door.accept(Report(Reading(at_ms, 1.0, 0.0, values)))

    feed(31, 3.0, 1.0)
    feed(31, 3.0, 4.0)
    door = Door(host, lambda event: None, 1.0)
    feed(5, 3.0, 4.0)
    alert = Alert.objects.get()
    assert (alert.severity, alert.worst_severity, alert.critical_threshold) == ("critical", "critical", None)
    feed(62, 3.0, 3.0)
    alert.refresh_from_db()
    assert (alert.severity, alert.worst_severity, alert.state) == ("warning", "critical", "firing")
    assert list(Transition.objects.values_list("change", "severity", "note")) == [
        ("fired", "warning", ""),
        ("escalated", "critical", "The 5-minute load is 4, critical at 4 or above."),
        ("stepped_down", "warning", "The 5-minute load is 3, no longer critical."),
    ]


def test_a_critical_level_that_was_unknown_for_a_while_goes_on_waiting_from_the_reading_it_began_with():
    host = make_host()
    Rule.objects.exclude(name="Load").delete()
    unknown = range(5, 25)
    past = [
        {"load1": 3.0, "load5": None if second in unknown else 4.0, "cpu_effective_cores": 2.0}
        for second in range(60)
    ]
    readings = with_gaps([Reading(NOW_MS + 1000 * index, 1.0, 0.0, one) for index, one in enumerate(past)])
    rows = lived(host, readings, {})
    assert [change for _, change, *_ in rows[1]] == ["fired", "escalated"]
    assert lived(host, readings, {35: "restart"}) == rows


def test_the_deeds_of_people_are_no_changes_of_the_rule():
    host = make_host()
    Rule.objects.exclude(name="Load").delete()
    door = Door(host, lambda event: None, 1.0)
    values = {"load1": 3.0, "cpu_effective_cores": 2.0}
    for second in range(41):
        calm = {**values, "load1": 0.1 if second > 30 else 3.0}
        door.accept(Report(Reading(NOW_MS + 1000 * second, 1.0, 0.0, calm)))
    Alert.objects.get().transitions.create(at=moment(NOW_MS + 40_000), change="acknowledged", value=None)
    door = Door(host, lambda event: None, 1.0)
    for second in range(41, 92):
        door.accept(Report(Reading(NOW_MS + 1000 * second, 1.0, 0.0, {**values, "load1": 0.1})))
    assert Alert.objects.get().resolved_at == moment(NOW_MS + 91_000)


def test_a_clock_that_was_set_forward_empties_no_window_at_a_restart():
    host = make_host()
    Rule.objects.exclude(name="Load").delete()
    make_rule(window_seconds=10, hold_seconds=0)
    door = Door(host, lambda event: None, 1.0)
    readings = [Reading(NOW_MS + 1000 * second, 1.0, 0.0, {"cpu_percent": 90.0}) for second in range(6)]
    later = Reading(NOW_MS + 90_006_000, 1.0, 0.0, {"cpu_percent": 90.0})
    for reading, gaps in with_gaps([*readings, later]):
        door.accept(Report(reading, tuple(gaps)))
    assert not Alert.objects.exists()  # 80 % are not there yet
    evaluator = restoring.restore(host, loading.load_rules())
    (outcome,) = evaluator.evaluate(Reading(later.taken_at_ms + 1000, 1.0, 0.0, {"cpu_percent": 90.0}))
    assert (outcome.change, outcome.value) == ("fired", 90.0)


# What is not the sampler's.


def test_an_open_alert_about_silence_is_neither_resumed_nor_ended():
    host = make_host()
    rule = Rule.objects.get(name="Sampler silent")
    make_alert(host, rule=rule, metric="sampler_silent_seconds", severity="critical")
    deleted = make_alert(host, metric="sampler_silent_seconds", severity="critical")
    judged = loading.load_rules()
    assert rule.pk not in {one.id for one in judged}
    assert recorder(host).end_orphans(judged, moment(NOW_MS)) == 0
    evaluator = restoring.restore(host, judged)
    assert not any(status.is_open for status in evaluator.statuses.values())
    deleted.refresh_from_db()
    assert deleted.resolved_at is None


@pytest.mark.parametrize(
    ("edit", "note"),
    [
        ({"metric": "load1"}, "Its rule judges something else now."),
        ({"window_seconds": 60, "statistic": "max"}, "Its rule judges something else now."),
        ({"comparison": "below", "threshold": 5.0}, "Its rule judges something else now."),
        ({"enabled": False}, "Its rule was switched off or deleted."),
        ({"metric": "sampler_silent_seconds"}, "Its rule was switched off or deleted."),
        ({"threshold": 80.0, "clear_threshold": 70.0, "severity": "info"}, ""),
    ],
)
def test_an_alert_ends_where_its_rule_comes_to_judge_something_else(edit, note):
    host, rule = make_host(), make_rule()
    make_alert(host, rule=rule)
    Rule.objects.filter(pk=rule.pk).update(**edit)
    assert recorder(host).end_orphans(loading.load_rules(), moment(NOW_MS)) == bool(note)
    alert = Alert.objects.get()
    assert (alert.note, alert.resolved_at is not None) == (note, bool(note))


def test_an_alert_about_silence_ends_where_its_rule_becomes_the_sampler_s():
    host, rule = make_host(), make_rule()
    make_alert(host, rule=rule, metric="sampler_silent_seconds")
    assert recorder(host).end_orphans(loading.load_rules(), moment(NOW_MS)) == 1


def test_a_rule_with_numbers_that_no_alert_could_live_with_is_left_out():
    rule = make_rule()
    Rule.objects.filter(pk=rule.pk).update(critical_threshold=70.0, critical_clear_threshold=90.0)
    assert rule.pk not in {one.id for one in loading.load_rules()}


def test_what_stands_does_not_fire_again():
    host = make_host()
    Rule.objects.exclude(name="Load").delete()
    values = {"load1": 3.0, "cpu_effective_cores": 2.0}
    first, second = (Door(host, lambda event: None, 1.0) for _ in range(2))
    for index in range(31):
        outcomes = [
            door.evaluator.evaluate(Reading(NOW_MS + 1000 * index, 1.0, 0.0, values))
            for door in (first, second)
        ]
    (fired,), (again,) = outcomes
    assert recorder(host).record(fired) is not None
    assert recorder(host).record(again) is None
    assert Alert.objects.count() == 1
