"""The witness of the demo: whoever the load is made up for is named by the evidence."""

from monitor.demo import machine
from monitor.demo.rhythm import Load, Rhythm
from monitor.demo.witness import Observer, snapshot
from monitor.metrics.reading import Reading
from monitor.rules.domain.evaluator import Evaluator
from tests.factories import MONDAY_NOON
from tests.stages.rules import a_rule

BUSY = Load(basic=0.24, episode=3.6)
CALM = Load(basic=0.24)


def values(load):
    return machine.measured(load, machine.Damped(1.0, 1.0, 1.0), 15.0, 0.0, lambda: 0.5)


def reading(at_ms, load):
    return Reading(at_ms, 15.0, 0.0, values(load))


def test_a_look_names_who_the_load_is_of_and_sees_nearly_all_of_it():
    found = snapshot(MONDAY_NOON, 15.0, values(BUSY), BUSY)
    busiest = max(found.processes, key=lambda one: one.cpu_seconds)
    assert (busiest.name, busiest.details.user) == ("ffmpeg", "ben")
    assert 0.9 * found.machine_cpu_seconds < found.cpu_seconds <= found.machine_cpu_seconds


def test_a_look_of_no_measured_time_knows_no_cpu():
    found = snapshot(MONDAY_NOON, 15.0, values(BUSY) | {"cpu_percent": None}, BUSY)
    assert found.seconds is None


def test_the_nightly_dump_is_what_waits():
    load = Rhythm(1, MONDAY_NOON).at(MONDAY_NOON - 34_200_000)
    found = snapshot(MONDAY_NOON, 15.0, values(load), load)
    assert {one.name for one in found.processes if one.waits_in} == {"pg_dump"}


def test_an_alert_of_the_demo_has_evidence_before_at_and_after_its_peak():
    observer = Observer(
        Evaluator([a_rule(metric="cpu_percent", threshold=75.0, window_seconds=60, hold_seconds=0)])
    )
    loads = [CALM] * 20 + [BUSY] * 20 + [CALM] * 20
    for number, load in enumerate(loads):
        observer.see(reading(MONDAY_NOON + 15_000 * number, load), load)
    moments = [finding.moment for _, findings in observer.noted for finding in findings]
    assert moments == ["onset", "peak", "recovery"]
    onset = next(findings[0] for outcome, findings in observer.noted if outcome is not None)
    assert "mostly ffmpeg" in onset.sentence
    assert onset.document["seconds"] == 60.0
